/** A stamp that leaves its neighbours by more than this is looked at; clocks of recorders jitter by less. */
const jumpNs = 1_000_000_000n;
/** Frames that are looked at before a jump is believed. */
const lookahead = 8;

/**
 * Gives each frame of a recording a plausible time that never goes back, so that a replay can keep the spacing. Real
 * recorders write single absurd stamps; a stamp is only believed where what follows agrees with it:
 * - ahead by more than a second, and one of the next 8 frames lies nearer to the time before than to it (or all of
 *   them lie before it): an outlier, it takes the time before; else it is a gap and stays;
 * - back by more than a second with all of the next 8 frames: the clock was set, times go on from where they were with
 *   the spacing of the file; else an outlier, it takes the time before;
 * - missing: it takes the time before.
 * Items come out in order through `emit`, up to 8 later than they went in; `end` brings out the rest.
 */
export function createPlausibleTimes<Item>(emit: (item: Item, timeNs: bigint) => void) {
  const waiting: { readonly item: Item; readonly stampNs: bigint | undefined }[] = [];
  /** Time of the last item that came out, and what its stamp was moved by. */
  let previousNs: bigint | undefined;
  let shiftNs = 0n;
  /** Only items without a stamp have come out: the first stamp then continues at their time. */
  let isUnanchored = false;

  function timeOf(stampNs: bigint | undefined): bigint {
    if (stampNs === undefined) return previousNs ?? firstWaitingStamp();
    if (previousNs === undefined) return stampNs;
    if (isUnanchored) {
      isUnanchored = false;
      shiftNs = previousNs - stampNs;
    }
    const before = previousNs;
    const timeNs = stampNs + shiftNs;
    if (timeNs > before + jumpNs) return isForwardOutlier(timeNs, before) ? before : timeNs;
    if (timeNs > before) return timeNs;
    const isBack = timeNs < before - jumpNs && followers().length > 0;
    if (isBack && followers().every((next) => next < before - jumpNs)) shiftNs += before - timeNs;
    return before;
  }

  const followers = (): bigint[] =>
    waiting.flatMap(({ stampNs }) => (stampNs === undefined ? [] : [stampNs + shiftNs]));

  function isForwardOutlier(timeNs: bigint, before: bigint): boolean {
    const middle = before + (timeNs - before) / 2n;
    const next = followers();
    return (
      next.some((follower) => follower >= before - jumpNs && follower < middle) ||
      (next.length > 0 && next.every((follower) => follower < middle))
    );
  }

  /** Before any stamp there is no time to take: the next one in sight, or zero. */
  function firstWaitingStamp(): bigint {
    const stampNs = waiting.find((entry) => entry.stampNs !== undefined)?.stampNs;
    isUnanchored = stampNs === undefined;
    return stampNs ?? 0n;
  }

  function release(): void {
    const entry = waiting.shift();
    if (entry === undefined) return;
    const timeNs = timeOf(entry.stampNs);
    previousNs = timeNs;
    emit(entry.item, timeNs);
  }

  return {
    /** `stampNs`: time in the file, undefined where it has none. */
    push(item: Item, stampNs: bigint | undefined): void {
      waiting.push({ item, stampNs });
      if (waiting.length > lookahead) release();
    },
    end(): void {
      while (waiting.length > 0) release();
    },
  };
}
