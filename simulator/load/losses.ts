import type { LoadSums, StormReport } from "./load-report.ts";

export interface PlannedLosses {
  readonly gateways: number;
  /** This share of them within each `everyMs`, one after the other. */
  readonly losses?: { readonly share: number; readonly everyMs: number };
  /** So many at one moment. */
  readonly storms: readonly { readonly atMs: number; readonly gateways: number }[];
}

/** Gateways, by number, whose connections are to be cut now. */
export interface DueLoss {
  readonly isStorm: boolean;
  readonly numbers: readonly number[];
}

/**
 * Says each time what has come due since the last call. `passedMs`: since data began, never less than before;
 * `random` gives numbers in [0, 1).
 */
export function scheduleLosses({ gateways, losses, storms }: PlannedLosses) {
  const waiting = storms.toSorted((one, other) => one.atMs - other.atMs);
  let lost = 0;
  return (passedMs: number, random: () => number): readonly DueLoss[] => {
    const due: DueLoss[] = [];
    while (waiting[0] && waiting[0].atMs <= passedMs) {
      const count = waiting.shift()?.gateways ?? 0;
      due.push({ isStorm: true, numbers: chosen(gateways, count, random) });
    }
    const soFar = losses ? Math.floor((passedMs / losses.everyMs) * losses.share * gateways) : 0;
    const numbers = Array.from({ length: soFar - lost }, () => Math.floor(random() * gateways));
    lost = soFar;
    if (numbers.length > 0) due.push({ isStorm: false, numbers });
    return due;
  };
}

/** `count` different numbers below `from`, or all there are. */
function chosen(from: number, count: number, random: () => number): number[] {
  const numbers = Array.from({ length: from }, (_, at) => at);
  const most = Math.min(from, count);
  for (let at = 0; at < most; at++) {
    const other = at + Math.floor(random() * (from - at));
    [numbers[at], numbers[other]] = [numbers[other] ?? 0, numbers[at] ?? 0];
  }
  return numbers.slice(0, most);
}

interface Watched {
  readonly atSeconds: number;
  readonly gateways: number;
  readonly connectedBefore: number;
  hasDropped: boolean;
  backAfterSeconds: number | null;
}

/** Sees how long a fleet takes to be back after each storm; `nowMs` in all calls by one clock. */
export class StormWatch {
  readonly #startMs: number;
  readonly #storms: Watched[] = [];

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  begin(nowMs: number, gateways: number, connectedBefore: number): void {
    const atSeconds = (nowMs - this.#startMs) / 1_000;
    const fresh = { hasDropped: false, backAfterSeconds: null };
    this.#storms.push({ atSeconds, gateways, connectedBefore, ...fresh });
  }

  /** A storm begins to be over once it was seen: nobody is back within a second, and figures come twice in one. */
  look(nowMs: number, { connected }: Pick<LoadSums, "connected">): void {
    for (const storm of this.#storms) {
      if (connected < storm.connectedBefore) storm.hasDropped = true;
      else if (storm.hasDropped)
        storm.backAfterSeconds ??= (nowMs - this.#startMs) / 1_000 - storm.atSeconds;
    }
  }

  get reports(): readonly StormReport[] {
    return this.#storms.map(({ atSeconds, gateways, backAfterSeconds }) => ({
      atSeconds,
      gateways,
      backAfterSeconds,
    }));
  }
}
