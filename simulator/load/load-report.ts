import { type Latency, LatencyHistogram } from "./latency-histogram.ts";
import {
  type Amount,
  addCounts,
  type LinkCounts,
  type LoadFigures,
  noAmount,
  noLinks,
} from "./load-figures.ts";
import type { LoadData, LoadOrder } from "./load-order.ts";

/** The figures of all processes together. */
export interface LoadSums {
  readonly connected: number;
  readonly everConnected: number;
  readonly links: LinkCounts;
  readonly made: Amount;
  readonly acknowledged: Amount;
  readonly lost: Amount;
  readonly inFlight: Amount;
  /** Batches that went out more than once. */
  readonly sentAgain: number;
  readonly within: Latency;
  readonly across: Latency;
  readonly lateMs: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly lastTrouble: string;
}

/** One storm: when, how many, and how long until everybody who was connected before was so again. */
export interface StormReport {
  readonly atSeconds: number;
  readonly gateways: number;
  /** Null: not before the end. */
  readonly backAfterSeconds: number | null;
}

/**
 * What came of a load; made = acknowledged + lost + inFlight. Counts are of the whole run, latencies, processor and
 * memory of the time in which data were made.
 */
export interface LoadReport {
  readonly gateways: number;
  /** Null: they were only connected. */
  readonly data: LoadData | null;
  /** How long the gateways took to connect, and data were made. */
  readonly connectSeconds: number;
  readonly seconds: number;
  /** Gateways that had no session at all, and why the newest connection that failed did so; empty: none did. */
  readonly neverConnected: number;
  readonly lastTrouble: string;
  readonly batches: Verdict & { readonly sentAgain: number };
  readonly samples: Verdict;
  readonly madePerSecond: { readonly batches: number; readonly samples: number };
  /** From making a batch to its acknowledgement, ms, within one session. */
  readonly acknowledgedMs: Latency;
  /** The same where a connection was lost in between, or there was none when it was made. */
  readonly acknowledgedAcrossLossesMs: Latency;
  readonly links: LinkCounts;
  readonly storms: readonly StormReport[];
  /** Of the load's own processes together. */
  readonly own: {
    readonly processes: number;
    readonly cores: number;
    readonly peakMb: number;
    /** How late a batch was made at most, ms: much says that this computer is too slow for the load. */
    readonly lateMs: number;
  };
}

interface Verdict {
  readonly made: number;
  readonly acknowledged: number;
  readonly lost: number;
  /** Not acknowledged at the end. */
  readonly inFlight: number;
}

/** True when all gateways came in and everything made is acknowledged. */
export const isAllWell = ({ neverConnected, batches }: LoadReport): boolean =>
  neverConnected === 0 && batches.lost === 0 && batches.inFlight === 0;

/** Adds up what the processes counted; those that have told nothing yet count nothing. */
export function sumFigures(all: readonly (LoadFigures | undefined)[]): LoadSums {
  const within = new LatencyHistogram();
  const across = new LatencyHistogram();
  const links = noLinks();
  const [made, acknowledged, lost, inFlight] = [noAmount(), noAmount(), noAmount(), noAmount()];
  const sum = { connected: 0, everConnected: 0, sentAgain: 0, cpuSeconds: 0, rssBytes: 0 };
  let lateMs = 0;
  let lastTrouble = "";
  for (const figures of all) {
    if (!figures) continue;
    within.add(figures.within);
    across.add(figures.across);
    addCounts(links, figures.links);
    addCounts(made, figures.made);
    addCounts(acknowledged, figures.acknowledged);
    addCounts(lost, figures.lost);
    addCounts(inFlight, figures.inFlight);
    addCounts(sum, figures);
    lateMs = Math.max(lateMs, figures.lateMs);
    lastTrouble = figures.lastTrouble || lastTrouble;
  }
  return {
    ...sum,
    links,
    ...{ made, acknowledged, lost, inFlight },
    within: within.latency(),
    across: across.latency(),
    lateMs,
    lastTrouble,
  };
}

export interface RunTimes {
  readonly connectSeconds: number;
  readonly seconds: number;
  /** Of all processes and whoever started them, during `seconds`. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly storms: readonly StormReport[];
}

export function toReport(order: LoadOrder, sums: LoadSums, times: RunTimes): LoadReport {
  const { made, acknowledged, lost, inFlight } = sums;
  const verdict = (of: keyof Amount): Verdict => ({
    made: made[of],
    acknowledged: acknowledged[of],
    lost: lost[of],
    inFlight: inFlight[of],
  });
  const { seconds } = times;
  // Told to end before data began, nothing was measured.
  const perSecond = (count: number) => (seconds >= 0.1 ? count / seconds : 0);
  return {
    gateways: order.gateways,
    data: order.data ?? null,
    connectSeconds: times.connectSeconds,
    seconds,
    neverConnected: order.gateways - sums.everConnected,
    lastTrouble: sums.lastTrouble,
    batches: { ...verdict("batches"), sentAgain: sums.sentAgain },
    samples: verdict("samples"),
    madePerSecond: { batches: perSecond(made.batches), samples: perSecond(made.samples) },
    acknowledgedMs: sums.within,
    acknowledgedAcrossLossesMs: sums.across,
    links: sums.links,
    storms: times.storms,
    own: {
      processes: order.processes,
      cores: perSecond(times.cpuSeconds),
      peakMb: times.peakBytes / 1e6,
      lateMs: sums.lateMs,
    },
  };
}
