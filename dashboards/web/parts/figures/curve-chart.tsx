import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { language } from "../../i18n/language.ts";
import { chartOptions } from "../chart-options.ts";

export interface CurveWeek {
  readonly week: string;
  readonly quantity: number;
  readonly forecast: number | null;
}

/** Pieces per week with the forecast beside it. */
export function CurveChart({ weeks, label }: { weeks: readonly CurveWeek[]; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const inUse = language.value;
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    let chart: uPlot | undefined;
    let isGone = false;
    const t = weeks.map(({ week }) => Date.parse(week) / 1000);
    const data: uPlot.AlignedData = [
      t,
      weeks.map(({ quantity }) => quantity),
      weeks.map(({ forecast }) => forecast),
    ];
    void import("uplot").then(({ default: Chart }) => {
      if (isGone) return;
      const range = (): [number, number] => [t[0] ?? 0, t.at(-1) ?? 1];
      const options = chartOptions(place, inUse, { range, limits: () => [0] });
      const stroke = getComputedStyle(place).getPropertyValue("--ink-soft").trim();
      const forecast = { stroke, width: 1.5, dash: [6, 4], points: { show: false } };
      chart = new Chart({ ...options, series: [...options.series, forecast] }, data, place);
    });
    return () => {
      isGone = true;
      chart?.destroy();
    };
  }, [weeks, inUse]);
  return <div ref={box} class="chart" role="img" aria-label={label} data-chart={label} />;
}
