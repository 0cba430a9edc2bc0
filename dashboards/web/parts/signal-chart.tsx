import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { type ApiError, get, path } from "../api-client.ts";
import { broken, type Gap, gapsOf, longestStep } from "../gaps.ts";
import { inLanguage, language, t } from "../i18n/language.ts";
import { onLive } from "../live/live-events.ts";
import { serverNowMs } from "../live/now.ts";
import { coded, retryAfter } from "../live/retry.ts";
import { useResource } from "../live/use-resource.ts";
import { appendSample, type ChartColumns, toColumns } from "../signals.ts";
import type { Interruption, ListOf, Series, SignalNow } from "../types.ts";
import { chartOptions } from "./chart-options.ts";
import { GapList } from "./gap-list.tsx";
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
const interruptionsEveryMs = 30_000;
const derivedEveryMs = 10_000;
/** Of a long range, a reckoned curve moves on in steps of a hundredth: reckoning it costs more than reading. */
const stepsWide = 100;
const nothing: readonly Interruption[] = [];
/** About; a chart need not be drawn more often than its curve moves by one. */
const pixelsWide = 1_000;

/** A stored series that goes on with the live values. Gaps stay gaps: a value that is not good draws nothing. */
export function SignalChart({ machineId, now, seconds, limits }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const columns = useRef<ChartColumns>({ t: [], value: [] });
  const chart = useRef<uPlot>(undefined);
  const [state, setState] = useState<{ error?: ApiError; isEmpty: boolean }>({ isEmpty: false });
  const { name } = now;
  const isDerived = now.derivedFrom !== undefined;
  const step = longestStep(now.staleAfterSeconds, seconds);
  const causes = useInterruptions(machineId, name, seconds);
  const shown = useRef({ seconds, limits, step, gaps: [] as readonly Gap[] });
  const to = serverNowMs.value / 1000;
  const gaps = gapsOf(columns.current, { from: to - seconds, to, step }, causes);
  shown.current = { seconds, limits, step, gaps };

  useEffect(() => {
    const abort = new AbortController();
    let stopRetry = () => {};
    const load = () => {
      stopRetry();
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
          draw(chart.current, columns.current, shown.current.step);
          setState({ isEmpty: series.t.length === 0 });
        },
        (error: unknown) => {
          if (abort.signal.aborted) return;
          setState({ error: coded(error), isEmpty: false });
          stopRetry = retryAfter(coded(error), load);
        },
      );
    };
    load();
    const stop = onLive("resync", load);
    // What is reckoned from others has no live values of its own.
    const everyMs = Math.max(derivedEveryMs, (seconds * 1_000) / stepsWide);
    const timer = isDerived ? setInterval(load, everyMs) : undefined;
    return () => {
      stop();
      clearInterval(timer);
      stopRetry();
      abort.abort();
    };
  }, [machineId, name, isDerived, seconds]);

  useEffect(() => {
    const before = columns.current;
    const after = appendSample(before, now, serverNowMs.peek() / 1000 - seconds);
    if (after === before) return;
    columns.current = after;
    draw(chart.current, after, shown.current.step);
    setState((old) => (old.isEmpty ? { isEmpty: false } : old));
  }, [now, seconds]);

  // Every chart of a page ends now and moves on with the clock, whenever its own last sample came.
  const beat = Math.floor(serverNowMs.value / 1000 / Math.max(1, seconds / pixelsWide));
  const limitText = limits.join();
  useEffect(
    () => draw(chart.current, columns.current, step),
    [beat, seconds, limitText, step, gaps.length, causes],
  );

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
          gaps: () => shown.current.gaps,
        });
        chart.current = new Chart(options, dataOf(columns.current, shown.current.step), place);
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
      <GapList gaps={gaps} />
      {state.isEmpty && <p class="faint">{t("noSamples")}</p>}
      <Problem error={state.error} />
    </>
  );
}

/** Why samples may be missing, asked anew twice a minute. */
function useInterruptions(machineId: string, signal: string, seconds: number) {
  const minute = Math.floor(serverNowMs.value / interruptionsEveryMs) * interruptionsEveryMs;
  const from = String(minute - seconds * 1_000);
  const query = new URLSearchParams({ signal, from, to: String(minute + interruptionsEveryMs) });
  const found = useResource<ListOf<Interruption>>(
    `${path`/machines/${machineId}/interruptions`}?${query}`,
  );
  return found.data?.items ?? nothing;
}

function dataOf(columns: ChartColumns, step: number): uPlot.AlignedData {
  const { t: times, value } = broken(columns, step);
  return [times, value];
}

function draw(chart: uPlot | undefined, columns: ChartColumns, step: number): void {
  chart?.setData(dataOf(columns, step));
}
