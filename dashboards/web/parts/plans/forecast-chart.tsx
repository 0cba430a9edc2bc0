import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { path } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import type { Language } from "../../i18n/messages.ts";
import { texts } from "../../i18n/pages/plans-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { ListOf } from "../../types.ts";
import { Problem } from "../problem.tsx";
import { type PartMonth, type PlanLine, withPlan } from "./plan-data.ts";

const { t } = textsOf(texts);

/** What a part was used month by month, and what plans expected: bars, a line and the upper demand above it. */
export function ForecastChart({ line, title }: { line: PlanLine; title: string }) {
  const box = useRef<HTMLDivElement>(null);
  const query = new URLSearchParams({ region: line.regionId, months: "12" });
  const found = useResource<ListOf<PartMonth>>(
    `${path`/forecast/parts/${line.partNo}/months`}?${query}`,
  );
  const months = withPlan(found.data?.items ?? [], line);
  const drawn = JSON.stringify(months);
  const inUse = language.value;
  useEffect(() => {
    const place = box.current;
    if (!place || months.length === 0) return;
    let chart: uPlot | undefined;
    let isGone = false;
    const make = () =>
      void import("uplot").then(({ default: Chart }) => {
        if (isGone) return;
        chart?.destroy();
        const bars = Chart.paths.bars?.({ size: [0.6, 40] });
        chart = new Chart(optionsOf(place, inUse, { months, bars }), columnsOf(months), place);
      });
    make();
    const observer = new ResizeObserver(() =>
      chart?.setSize({ width: place.clientWidth, height: place.clientHeight }),
    );
    observer.observe(place);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    return () => {
      isGone = true;
      observer.disconnect();
      scheme.removeEventListener("change", make);
      chart?.destroy();
    };
  }, [drawn, inUse]);
  return (
    <section class="card" data-testid="forecast" data-chart={line.partNo}>
      <h2>{title}</h2>
      <p class="lead">{t("history")}</p>
      <Problem error={found.error} />
      <div ref={box} class="forecast-chart" role="img" aria-label={title} />
      <p class="forecast-key" aria-hidden="true">
        <span class="used">
          <i />
          {t("used")}
        </span>
        <span class="expected">
          <i />
          {t("expectedKey")}
        </span>
        <span class="upper">
          <i />
          {t("upperKey")}
        </span>
      </p>
    </section>
  );
}

/** Month numbers, and what is drawn above them. */
const columnsOf = (months: readonly PartMonth[]): uPlot.AlignedData => [
  months.map((_, index) => index),
  months.map(({ used }) => used),
  months.map(({ expected }) => expected),
  months.map(({ upper }) => upper),
];

interface Drawing {
  readonly months: readonly PartMonth[];
  readonly bars: uPlot.Series.PathBuilder | undefined;
}

function optionsOf(place: HTMLElement, inUse: Language, { months, bars }: Drawing): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--ink-faint"),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const monthName = (index: number): string => {
    const month = months[index]?.month;
    if (month === undefined || !Number.isInteger(index)) return "";
    const at = new Date(`${month}-15T00:00:00Z`);
    return new Intl.DateTimeFormat(inUse, { month: "short", timeZone: "UTC" }).format(at);
  };
  const most = Math.max(1, ...months.flatMap(({ used, upper }) => [used, upper ?? 0]));
  const points = { show: true, size: 8 };
  return {
    width: place.clientWidth,
    height: place.clientHeight,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    padding: [8, 12, 0, 0],
    scales: {
      x: { time: false, range: () => [-0.6, months.length - 0.4] },
      y: { range: () => [0, most * 1.1] },
    },
    axes: [
      {
        ...axis,
        space: 44,
        size: 28,
        incrs: [1, 2, 3, 6],
        values: (_chart, at) => at.map(monthName),
      },
      {
        ...axis,
        size: 48,
        space: 34,
        values: (_chart, at) => at.map((value) => formatNumber(value, inUse)),
      },
    ],
    series: [
      {},
      {
        fill: `${colour("--accent")}73`,
        stroke: colour("--accent"),
        width: 0,
        points: { show: false },
        ...(bars ? { paths: bars } : {}),
      },
      { stroke: colour("--accent"), width: 2.5, points, spanGaps: false },
      { stroke: colour("--ember"), width: 2.5, dash: [6, 4], points, spanGaps: false },
    ],
  };
}
