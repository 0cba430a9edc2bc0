import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { ApiError, get, path } from "../api-client.ts";
import { inLanguage, language, t } from "../i18n/language.ts";
import { onLive } from "../live/live-events.ts";
import { serverNowMs } from "../live/now.ts";
import { appendSample, type ChartColumns, toColumns } from "../signals.ts";
import type { Series, SignalNow } from "../types.ts";
import { chartOptions } from "./chart-options.ts";
import { Problem } from "./problem.tsx";

interface Props {
  readonly machineId: string;
  /** The newest sample, from the live values. */
  readonly now: SignalNow;
  /** How far back it reaches. */
  readonly seconds: number;
  /** Drawn as lines across. */
  readonly limits: readonly number[];
}

const mostPoints = 2_000;
/** About; a chart need not be drawn more often than its curve moves by one. */
const pixelsWide = 1_000;

/** A stored series that goes on with the live values. Gaps stay gaps: a value that is not good draws nothing. */
export function SignalChart({ machineId, now, seconds, limits }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const columns = useRef<ChartColumns>({ t: [], value: [] });
  const chart = useRef<uPlot>(undefined);
  const [state, setState] = useState<{ error?: ApiError; isEmpty: boolean }>({ isEmpty: false });
  const { name } = now;
  const shown = useRef({ seconds, limits });
  shown.current = { seconds, limits };

  useEffect(() => {
    const abort = new AbortController();
    const load = () => {
      const toMs = Math.round(serverNowMs.peek()) + 1_000;
      const query = new URLSearchParams({
        signal: name,
        from: String(toMs - seconds * 1000),
        to: String(toMs),
        points: String(mostPoints),
      });
      get<Series>(`${path`/machines/${machineId}/series`}?${query}`, abort.signal).then(
        (series) => {
          columns.current = toColumns(series);
          draw(chart.current, columns.current);
          setState({ isEmpty: series.t.length === 0 });
        },
        (error: unknown) => {
          if (error instanceof ApiError) setState({ error, isEmpty: false });
        },
      );
    };
    load();
    const stop = onLive("resync", load);
    return () => {
      stop();
      abort.abort();
    };
  }, [machineId, name, seconds]);

  useEffect(() => {
    const before = columns.current;
    const after = appendSample(before, now, serverNowMs.peek() / 1000 - seconds);
    if (after === before) return;
    columns.current = after;
    draw(chart.current, after);
    setState((old) => (old.isEmpty ? { isEmpty: false } : old));
  }, [now, seconds]);

  // Every chart of a page ends now and moves on with the clock, whenever its own last sample came.
  const beat = Math.floor(serverNowMs.value / 1000 / Math.max(1, seconds / pixelsWide));
  const limitText = limits.join();
  useEffect(() => draw(chart.current, columns.current), [beat, seconds, limitText]);

  const inUse = language.value;
  useEffect(() => {
    const place = box.current;
    if (!place) return;
    let isGone = false;
    const make = () =>
      void import("uplot").then(({ default: Chart }) => {
        if (isGone) return;
        chart.current?.destroy();
        const options = chartOptions(place, inUse, {
          range: () => {
            const to = serverNowMs.peek() / 1000;
            return [to - shown.current.seconds, to];
          },
          limits: () => shown.current.limits,
        });
        chart.current = new Chart(options, dataOf(columns.current), place);
      });
    make();
    const observer = new ResizeObserver(() => {
      chart.current?.setSize({ width: place.clientWidth, height: place.clientHeight });
    });
    observer.observe(place);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    return () => {
      isGone = true;
      observer.disconnect();
      scheme.removeEventListener("change", make);
      chart.current?.destroy();
      chart.current = undefined;
    };
  }, [inUse]);

  return (
    <>
      <div ref={box} class="chart" role="img" aria-label={inLanguage(now.title)} />
      {state.isEmpty && <p class="faint">{t("noSamples")}</p>}
      <Problem error={state.error} />
    </>
  );
}

const dataOf = ({ t: times, value }: ChartColumns): uPlot.AlignedData => [times, value];

function draw(chart: uPlot | undefined, columns: ChartColumns): void {
  chart?.setData(dataOf(columns));
}
