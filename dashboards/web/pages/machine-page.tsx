import { useSignal } from "@preact/signals";
import { useCallback, useEffect } from "preact/hooks";
import { path } from "../api-client.ts";
import { inLanguage, t } from "../i18n/language.ts";
import { onLive, watchMachine } from "../live/live-events.ts";
import { useResource } from "../live/use-resource.ts";
import { Ago, Health, Link } from "../parts/badges.tsx";
import { CodeTable } from "../parts/code-table.tsx";
import { LedgerCard } from "../parts/ledger-card.tsx";
import { LiveTable } from "../parts/live-table.tsx";
import { Problem } from "../parts/problem.tsx";
import { SignalCharts } from "../parts/signal-charts.tsx";
import { TicketRows } from "../parts/ticket-rows.tsx";
import { mergeSignals, signalKey } from "../signals.ts";
import type { LedgerCounts, ListOf, MachineRow, SignalNow, Ticket, TroubleCode } from "../types.ts";

const mostCharts = 6;

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
  const shown = chosen.value ?? firstGood(rows ?? []);
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
            {row && <span>{row.planTitle ? inLanguage(row.planTitle) : row.plan}</span>}
            {row && <Link online={row.online} lastContact={row.lastContact} />}
            {row && (
              <span>
                {t("lastContact")} <Ago at={row.lastContact} />
              </span>
            )}
          </p>
        </div>
        {row && <Health row={row} />}
      </header>
      <Problem error={machine.error ?? signals.error} />
      <div class="columns">
        <div>
          <section class="card">
            <h2>{t("activeCodes")}</h2>
            <CodeTable codes={codes.data?.items} />
          </section>
          <section class="card">
            <h2>{t("tickets")}</h2>
            <TicketRows tickets={tickets.data?.items} />
          </section>
          <SignalCharts machineId={machineId} rows={rows ?? []} chosen={shown} />
          <LedgerCard ledger={ledger.data} />
        </div>
        <div>
          <section class="card">
            <h2>{t("liveValues")}</h2>
            <LiveTable rows={rows} chosen={shown} onToggle={toggle} />
          </section>
        </div>
      </div>
    </section>
  );
}

/** What is drawn before anybody chose: the first two signals with a number. */
const firstGood = (rows: readonly SignalNow[]): string[] =>
  rows
    .filter(({ quality }) => quality === "good")
    .slice(0, 2)
    .map(signalKey);
