import { useSignal } from "@preact/signals";
import { formatNumber, formatUnit } from "../format.ts";
import { inLanguage, language, t } from "../i18n/language.ts";
import { signalKey } from "../signals.ts";
import type { SignalNow } from "../types.ts";
import { SignalChart } from "./signal-chart.tsx";

const ranges = [
  { text: "range5m", seconds: 300 },
  { text: "range1h", seconds: 3_600 },
  { text: "range24h", seconds: 86_400 },
  { text: "range90d", seconds: 90 * 86_400 },
] as const;

const noLimits: readonly number[] = [];

interface Props {
  readonly machineId: string;
  readonly rows: readonly SignalNow[];
  readonly chosen: readonly string[];
  /** What findings say must not be passed, per signal. */
  readonly limits: ReadonlyMap<string, readonly number[]>;
}

/** One chart below the other, each with its own scale and all over the same time. */
export function SignalCharts({ machineId, rows, chosen, limits }: Props) {
  const seconds = useSignal<number>(300);
  const drawn = rows.filter((row) => chosen.includes(signalKey(row)));
  return (
    <section class="card">
      <div class="card-head">
        <h2>{t("charts")}</h2>
        <fieldset class="switch">
          <legend class="unseen">{t("timeRange")}</legend>
          {ranges.map((range) => (
            <button
              key={range.text}
              type="button"
              aria-pressed={seconds.value === range.seconds}
              onClick={() => {
                seconds.value = range.seconds;
              }}
            >
              {t(range.text)}
            </button>
          ))}
        </fieldset>
      </div>
      {drawn.length === 0 && <p class="empty">{t("chooseSignals")}</p>}
      {drawn.map((row) => {
        const lines = limits.get(row.name) ?? noLimits;
        return (
          <figure key={signalKey(row)} data-chart={row.name}>
            <figcaption>
              {inLanguage(row.title)} <span class="unit">{formatUnit(row.unit)}</span>{" "}
              {row.derivedFrom && <span class="faint">{t("derivedSignal")}</span>}
              {lines.map((limit) => (
                <span key={limit} class="limit">
                  {t("limitIs", { limit: formatNumber(limit, language.value) })}
                </span>
              ))}
            </figcaption>
            <SignalChart machineId={machineId} now={row} seconds={seconds.value} limits={lines} />
          </figure>
        );
      })}
    </section>
  );
}
