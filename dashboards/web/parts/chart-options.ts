import type uPlot from "uplot";
import { formatTime } from "../format.ts";
import { type Gap, lonely } from "../gaps.ts";
import type { Language } from "../i18n/messages.ts";

const dayMs = 86_400_000;

interface Frame {
  /** Seconds since the Unix epoch at both ends. */
  readonly range: () => [number, number];
  readonly limits: () => readonly number[];
  /** Times without samples. */
  readonly gaps?: () => readonly Gap[];
}

/** From the lowest to the highest of values and limits, with a tenth to spare; 0 is not passed for that. Pure. */
export function valueRange(values: readonly (number | null)[]): [number, number] {
  const numbers = values.filter((one): one is number => one !== null && Number.isFinite(one));
  if (numbers.length === 0) return [0, 1];
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const spare = (high - low) / 10 || Math.abs(high) / 10 || 1;
  const bottom = low - spare;
  const top = high + spare;
  return [low >= 0 && bottom < 0 ? 0 : bottom, high < 0 && top > 0 ? 0 : top];
}

/** Beyond these, figures are written with a power of ten. */
const [leastPlain, mostPlain] = [1e-6, 1e12];

/** The numbers beside an axis, with as many digits as tell them apart. Pure. */
export function axisTexts(ticks: readonly number[], language: Language): string[] {
  const most = Math.max(0, ...ticks.map(Math.abs));
  const step = Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0)) || most || 1;
  const isPlain = most === 0 || (most >= leastPlain && most < mostPlain);
  const digits = 1 + Math.ceil(-Math.log10(isPlain ? step : step / most));
  const format = new Intl.NumberFormat(language, {
    notation: isPlain ? "standard" : "scientific",
    maximumFractionDigits: Math.max(0, Math.min(digits, 15)),
  });
  return ticks.map((tick) => format.format(tick));
}

/** Pixels that the numbers beside an axis need. Pure. */
export const axisWidth = (texts: readonly string[] | null): number =>
  Math.max(56, 14 + 7 * Math.max(0, ...(texts ?? []).map(({ length }) => length)));

/** How a chart looks; colours come from the style sheet, so that they follow light and dark. */
export function chartOptions(place: HTMLElement, language: Language, frame: Frame): uPlot.Options {
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
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    padding: [8, 28, 0, 0],
    scales: {
      x: { time: true, range: frame.range },
      y: { range: (_chart, low, high) => valueRange([low, high, ...frame.limits()]) },
    },
    hooks: {
      drawClear: [
        (chart) => shadeGaps(chart, frame.gaps?.() ?? [], [colour("--ember"), colour("--line")]),
      ],
      draw: [(chart) => drawLimits(chart, frame.limits(), colour("--ember"))],
    },
    axes: [
      {
        ...axis,
        space: 72,
        size: 28,
        values: (_chart, ticks) => {
          const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
          return ticks.map((seconds) => timeText(seconds, step));
        },
      },
      {
        ...axis,
        size: (_chart, texts) => axisWidth(texts),
        space: 34,
        values: (_chart, ticks) => axisTexts(ticks, language),
      },
    ],
    series: [
      {},
      {
        stroke: colour("--signal"),
        fill: colour("--signal-fill"),
        width: 1.5,
        points: { show: false, size: 5, filter: (chart, at) => lonely(chart.data[at] ?? []) },
      },
    ],
  };
}

function drawLimits(chart: uPlot, limits: readonly number[], colour: string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio * 1.5;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const limit of limits) {
    const y = chart.valToPos(limit, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

/** Behind the curve: what is lost for good in one colour, every other gap in the other. */
function shadeGaps(chart: uPlot, gaps: readonly Gap[], [lost, other]: readonly string[]): void {
  const { ctx, bbox } = chart;
  ctx.save();
  for (const { from, to, cause } of gaps) {
    const left = Math.max(bbox.left, chart.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(to, "x", true));
    if (right <= left) continue;
    ctx.fillStyle = (cause?.cause === "lost" ? lost : other) ?? "";
    ctx.globalAlpha = cause?.cause === "lost" ? 0.3 : 0.7;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}
