import type uPlot from "uplot";
import { formatNumber, formatTime } from "../format.ts";
import type { Language } from "../i18n/messages.ts";

const dayMs = 86_400_000;

/** How a chart looks; colours come from the style sheet, so that they follow light and dark. */
export function chartOptions(place: HTMLElement, language: Language): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const axis = {
    stroke: colour("--ink-faint"),
    font,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const timeText = (seconds: number, stepSeconds: number): string => {
    const iso = new Date(seconds * 1000).toISOString();
    if (stepSeconds * 1000 >= dayMs)
      return new Intl.DateTimeFormat(language, { month: "short", day: "numeric" }).format(
        seconds * 1000,
      );
    return formatTime(iso, language, stepSeconds < 60 ? "second" : "minute");
  };
  return {
    width: place.clientWidth,
    height: place.clientHeight,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false } },
    padding: [8, 8, 0, 0],
    scales: { x: { time: true } },
    axes: [
      {
        ...axis,
        space: 90,
        size: 28,
        values: (_chart, ticks) => {
          const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
          return ticks.map((seconds) => timeText(seconds, step));
        },
      },
      {
        ...axis,
        size: 56,
        space: 34,
        values: (_chart, ticks) => ticks.map((value) => formatNumber(value, language)),
      },
    ],
    series: [
      {},
      {
        stroke: colour("--signal"),
        fill: colour("--signal-fill"),
        width: 1.5,
        points: { show: false },
      },
    ],
  };
}
