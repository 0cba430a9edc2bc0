import type { SmartWorkOrder } from "@firebreak/tickets/field/work-order.ts";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { formatUnit } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { chartOptions } from "../chart-options.ts";

const { t } = textsOf(texts);
type Drawn = SmartWorkOrder["series"][number];

/** Lowest and highest of each stretch, one after the other, so that no extreme is lost. Pure. */
export function columnsOf({ t, min, max }: Drawn): [number[], (number | null)[]] {
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const [index, stamp] of t.entries()) {
    const at = Date.parse(stamp) / 1000;
    const [low = null, high = null] = [min[index], max[index]];
    times.push(at);
    values.push(low);
    if (high === low) continue;
    times.push(at + 0.001);
    values.push(high);
  }
  return [times, values];
}

/** What a signal did around the evidence, with the limit that it passed. */
export function EvidenceChart({ series }: { readonly series: Drawn }) {
  const box = useRef<HTMLDivElement>(null);
  const inUse = language.value;
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    let chart: uPlot | undefined;
    let isGone = false;
    void import("uplot").then(({ default: Chart }) => {
      if (isGone) return;
      const options = chartOptions(place, inUse, {
        range: () => [Date.parse(series.from) / 1000, Date.parse(series.to) / 1000],
        limits: () => (series.limit === null ? [] : [series.limit]),
      });
      chart = new Chart(options, columnsOf(series), place);
    });
    const observer = new ResizeObserver(() => {
      chart?.setSize({ width: place.clientWidth, height: place.clientHeight });
    });
    observer.observe(place);
    return () => {
      isGone = true;
      observer.disconnect();
      chart?.destroy();
    };
  }, [inUse, series]);
  const unit = formatUnit(series.unit);
  const isEmpty = series.max.every((value) => value === null);
  if (isEmpty)
    return (
      <p data-chart={series.signal}>
        {inLanguage(series.title)} <span class="faint">{t("noValues")}</span>
      </p>
    );
  return (
    <figure data-chart={series.signal}>
      <figcaption>
        {inLanguage(series.title)} {unit !== "" && <span class="unit">{unit}</span>}
      </figcaption>
      <div ref={box} class="chart" role="img" aria-label={inLanguage(series.title)} />
    </figure>
  );
}
