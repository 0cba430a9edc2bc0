import { curveOf } from "../../field/curve.ts";
import type { DrawnSeries } from "../../field/field-types.ts";
import { formatNumber, formatTime, formatUnit } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";

const { t } = textsOf(texts);

/** What a signal did around the evidence, from the work order alone: no line is needed to see it. */
export function EvidenceChart({ series }: { series: DrawnSeries }) {
  const { signal, title, unit, from, to, limit } = series;
  const curve = curveOf(series);
  const inUse = language.value;
  const amount = (value: number) => `${formatNumber(value, inUse)} ${formatUnit(unit)}`.trim();
  const name = inLanguage(title);
  const span = { from: formatTime(from, inUse, "minute"), to: formatTime(to, inUse, "minute") };
  return (
    <figure class="field-chart" data-chart={signal}>
      <figcaption>
        <b>{name}</b>
        <span class="faint">
          {curve ? `${amount(curve.low)} … ${amount(curve.high)}` : t("noReading")}
          {limit !== null && <span class="limit"> {t("limit", { value: amount(limit) })}</span>}
        </span>
      </figcaption>
      {curve && (
        <svg
          viewBox="0 0 300 100"
          preserveAspectRatio="none"
          role="img"
          aria-label={t("chart", { signal: name, ...span })}
        >
          {curve.limitY !== undefined && (
            <line class="limit" x1="0" x2="300" y1={curve.limitY} y2={curve.limitY} />
          )}
          {curve.paths.map((path) => (
            <path key={path} class="curve" d={path} />
          ))}
        </svg>
      )}
      <div class="chart-span faint">
        <span>{span.from}</span>
        <span>{span.to}</span>
      </div>
    </figure>
  );
}
