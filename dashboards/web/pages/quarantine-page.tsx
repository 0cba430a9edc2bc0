import { formatTime } from "../format.ts";
import { language, t, word } from "../i18n/language.ts";
import { useResource } from "../live/use-resource.ts";
import { Problem } from "../parts/problem.tsx";
import { QuarantineTable } from "../parts/quarantine-table.tsx";
import { RefusedSamples } from "../parts/refused-samples.tsx";
import type { Alarm, ListOf, QuarantineItem, RefusalRow } from "../types.ts";

export function QuarantinePage() {
  const list = useResource<ListOf<QuarantineItem>>("/quarantine?limit=200", 15_000);
  const alarms = useResource<ListOf<Alarm>>("/alarms", 15_000);
  const refusals = useResource<ListOf<RefusalRow>>("/refusals", 15_000);
  return (
    <section class="page">
      <h1>{t("quarantine")}</h1>
      <p class="lead">{t("quarantineAbout")}</p>
      <Problem error={list.error ?? alarms.error ?? refusals.error} />
      {alarms.data && alarms.data.items.length > 0 && (
        <ul class="plain alarms" data-testid="alarms">
          {alarms.data.items.map((alarm) => (
            <AlarmCard key={alarmKey(alarm)} alarm={alarm} />
          ))}
        </ul>
      )}
      {refusals.data && refusals.data.items.length > 0 && (
        <RefusalList items={refusals.data.items} />
      )}
      <QuarantineTable items={list.data?.items} onChanged={list.reload} />
      <RefusedSamples />
    </section>
  );
}

/** Security events of the broker: each names who tried, and from where. */
function RefusalList({ items }: { readonly items: readonly RefusalRow[] }) {
  return (
    <>
      <h2>{t("refusals")}</h2>
      <ul class="plain alarms" data-testid="refusals">
        {items.map(({ what, who, remote, detail, lastAt, count }) => (
          <li key={`${what} ${who} ${remote}`} class="card" data-refusal={what}>
            <b>{word("refusal", what)}</b>
            <span class="faint">
              {[who, remote, detail, formatTime(lastAt, language.value), `× ${count}`]
                .filter((text) => text !== "")
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

const alarmKey = ({ kind, gatewayId, machineId, site }: Alarm): string =>
  `${kind} ${site?.siteId} ${gatewayId} ${machineId}`;

function AlarmCard({ alarm }: { alarm: Alarm }) {
  const { kind, gatewayId, machineId, site, machines, lastAt, count } = alarm;
  const facts = [
    site?.name,
    machines !== undefined && machines > 1 ? t("machinesSilent", { count: machines }) : null,
    gatewayId,
    machineId,
    alarm.detail ? word("silenceDetail", alarm.detail) : null,
    formatTime(lastAt, language.value),
    `× ${count}`,
  ];
  return (
    <li class="card" data-alarm={kind}>
      <b>{word("alarm", kind)}</b>
      <span class="faint">{facts.filter((text) => text != null).join(" · ")}</span>
    </li>
  );
}
