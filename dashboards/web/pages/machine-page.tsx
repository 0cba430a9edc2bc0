import { useSignal } from "@preact/signals";
import { useCallback, useEffect, useMemo } from "preact/hooks";
import { signalsInTrouble } from "../active-findings.ts";
import { path } from "../api-client.ts";
import { whenText } from "../gateway-text.ts";
import { t, word } from "../i18n/language.ts";
import { onLive, watchMachine } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { usePageTitle } from "../page-title.ts";
import { BackFillsCard } from "../parts/back-fills-card.tsx";
import { Ago, Health, Link, Silence } from "../parts/badges.tsx";
import { CapturesCard } from "../parts/captures-card.tsx";
import { CodeTable } from "../parts/code-table.tsx";
import { ControllersCard } from "../parts/controllers-card.tsx";
import { FaultyRules } from "../parts/faulty-rules.tsx";
import { FreezeFrames } from "../parts/freeze-frames.tsx";
import { GatewayCard } from "../parts/gateway-card.tsx";
import { HealthCard } from "../parts/health-card.tsx";
import { ImportedCard } from "../parts/imported-card.tsx";
import { LedgerCard } from "../parts/ledger-card.tsx";
import { LiveTable } from "../parts/live-table.tsx";
import { machineType } from "../parts/machine-type.ts";
import { OnTrial } from "../parts/on-trial.tsx";
import { Problem } from "../parts/problem.tsx";
import { ShelvingCard } from "../parts/shelving-card.tsx";
import { SignalCharts } from "../parts/signal-charts.tsx";
import { TicketRows } from "../parts/ticket-rows.tsx";
import { mergeSignals, signalKey } from "../signals.ts";
import { finalStates } from "../ticket-order.ts";
import type { LedgerCounts, ListOf, MachineRow, SignalNow, Ticket, TroubleCode } from "../types.ts";

const mostCharts = 6;
/** Charts do not wait longer to know what the open tickets are about. */
const ticketsWaitMs = 3_000;

/** Everything about one machine: what it says now, what is wrong, what is being done about it. */
export function MachinePage({ machineId }: { machineId: string }) {
  const machine = useResource<MachineRow>(path`/machines/${machineId}`, 5_000);
  const signals = useResource<ListOf<SignalNow>>(path`/machines/${machineId}/signals`, 30_000);
  const codes = useResource<ListOf<TroubleCode>>(path`/machines/${machineId}/codes`, 5_000);
  const tickets = useResource<ListOf<Ticket>>(path`/tickets?machine=${machineId}&limit=20`);
  const ledger = useResource<LedgerCounts>(path`/machines/${machineId}/ledger`, 5_000);
  const chosen = useSignal<readonly string[] | undefined>(undefined);

  useEffect(() => {
    watchMachine(machineId);
    const stops = [
      onLive("signals", (news) => {
        if (news.machineId !== machineId) return;
        signals.replace((before) => ({ ...before, items: mergeSignals(before.items, news.items) }));
      }),
      onLive("machine", (row) => {
        if (row.machineId !== machineId) return;
        machine.replace(() => row);
        codes.reload();
      }),
      onLive("ticket", (news) => {
        if (news.machineId === machineId) tickets.reload();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      watchMachine(undefined);
    };
  }, [machineId, signals.replace, machine.replace, codes.reload, tickets.reload]);

  const rows = signals.data?.items;
  const trouble = useMemo(() => troubleOf(tickets.data?.items ?? []), [tickets.data]);
  const isReady = useAfter(
    ticketsWaitMs,
    tickets.data !== undefined || tickets.error !== undefined,
  );
  const shown = chosen.value ?? (isReady ? firstShown(rows ?? [], trouble.signals) : []);
  usePageTitle(machine.data?.title ?? machineId);
  const toggle = useCallback(
    (key: string) => {
      const before = chosen.value ?? shown;
      chosen.value = before.includes(key)
        ? before.filter((one) => one !== key)
        : [...before, key].slice(-mostCharts);
    },
    [chosen, shown],
  );

  if (machine.error?.code === "UNKNOWN_MACHINE") return <Problem error={machine.error} />;
  const row = machine.data;
  return (
    <section class="page machine" data-machine-id={machineId} aria-busy={row === undefined}>
      <header class="title-row">
        <div>
          <h1>{row?.title ?? machineId}</h1>
          <p class="under-title">
            {row && row.title !== machineId && <span class="id">{machineId}</span>}
            {row && <span>{machineType(row)}</span>}
            {row?.origin === null && <Link online={row.online} lastContact={row.lastContact} />}
            {row && (
              <span>
                {t("lastContact")} <Ago at={row.lastContact} />
              </span>
            )}
            {row && <Silence of={row.silence} />}
          </p>
        </div>
        {row && <Health row={row} />}
      </header>
      <Problem error={machine.error ?? signals.error} />
      {row?.silence && <SilenceLine silence={row.silence} />}
      <FaultyRules rules={row?.faultyRules ?? []} />
      <div class="columns">
        <div>
          <HealthCard machineId={machineId} />
          <section class={codes.data?.items.length === 0 ? "card one-line" : "card"}>
            <h2>{t("activeCodes")}</h2>
            <Problem error={codes.error} />
            <CodeTable codes={codes.data?.items} />
            <FreezeFrames machineId={machineId} codes={codes.data?.items ?? []} />
          </section>
          <section class={tickets.data?.items.length === 0 ? "card one-line" : "card"}>
            <h2>{t("tickets")}</h2>
            <Problem error={tickets.error} />
            <TicketRows tickets={tickets.data?.items} isOfOneMachine />
          </section>
          <ShelvingCard machineId={machineId} />
          <BackFillsCard machineId={machineId} signals={rows ?? []} />
          <OnTrial found={row?.onTrial ?? []} signals={rows ?? []} />
          <CapturesCard machineId={machineId} />
          <SignalCharts
            machineId={machineId}
            rows={rows ?? []}
            chosen={shown}
            limits={trouble.limits}
          />
          {row?.origin === null && <GatewayCard machineId={machineId} />}
          <ControllersCard machineId={machineId} />
          <ImportedCard machineId={machineId} />
          <LedgerCard machineId={machineId} ledger={ledger.data} />
        </div>
        <div>
          <section class="card">
            <h2>{t("liveValues")}</h2>
            <LiveTable rows={rows} chosen={shown} troubled={trouble.active} onToggle={toggle} />
          </section>
        </div>
      </div>
    </section>
  );
}

/** True once something has come, or that time has passed. */
function useAfter(ms: number, hasCome: boolean): boolean {
  const isLate = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      isLate.value = true;
    }, ms);
    return () => clearTimeout(timer);
  }, [ms, isLate]);
  return hasCome || isLate.value;
}

/** Why it is silent, in a sentence with what to do. */
function SilenceLine({ silence }: { silence: MachineRow["silence"] & {} }) {
  const { cause, detail, since, status, isUsual } = silence;
  return (
    <p class="lead" data-testid="silence" data-cause={cause}>
      <b>{t(status === "offline" ? "silentForDay" : "silentSince", { at: whenText(since) })}</b>{" "}
      {isUsual ? t("silentAsUsual") : word("silenceSays", cause)}
      {detail !== "" && <small> {word("silenceDetail", detail)}</small>}
    </p>
  );
}

/** What the open tickets of the machine say of its signals. */
function troubleOf(tickets: readonly Ticket[]) {
  const found = signalsInTrouble(tickets.filter(({ state }) => !finalStates.includes(state)));
  const limits = new Map<string, number[]>();
  for (const { signal, limit } of found) {
    const known = limits.get(signal) ?? [];
    if (limit !== null && !known.includes(limit)) limits.set(signal, [...known, limit]);
  }
  return {
    limits,
    signals: new Set(found.map(({ signal }) => signal)),
    active: new Set(found.filter(({ isActive }) => isActive).map(({ signal }) => signal)),
  };
}

/** What is drawn before anybody chose: what the open tickets speak of, else the first two signals with a number. */
function firstShown(rows: readonly SignalNow[], inTickets: ReadonlySet<string>): string[] {
  const good = rows.filter(({ quality }) => quality === "good").slice(0, 2);
  const spokenOf = rows.filter(({ name }) => inTickets.has(name)).slice(0, mostCharts);
  return (spokenOf.length > 0 ? spokenOf : good).map(signalKey);
}
