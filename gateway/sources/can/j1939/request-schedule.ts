/** A message that control units only send when asked for it. */
export interface RequestedGroup {
  readonly pgn: number;
  /** 255: everybody, so that long answers come as broadcasts that a listener can read. */
  readonly da: number;
  readonly everyMs: number;
}

/** Never more often than this, whatever a plan asks for. */
const apartMs = 1_000;
/** Nothing is asked in the first moments, when control units claim their addresses. */
const firstAfterMs = 5_000;

/**
 * What to ask a bus for next: every group in its turn, at most one a second, and nothing more for good once somebody
 * else was heard at the address we ask from. Pure; `nowMs` is a clock that only grows.
 */
export class RequestSchedule {
  readonly #groups: readonly RequestedGroup[];
  readonly #dueMs: number[];
  #nextMs: number;
  #isAddressTaken = false;
  asked = 0;

  constructor(groups: readonly RequestedGroup[], startMs: number) {
    this.#groups = groups;
    this.#nextMs = startMs + firstAfterMs;
    this.#dueMs = groups.map(() => this.#nextMs);
  }

  /** True once another sender was heard at our address. */
  get isAddressTaken(): boolean {
    return this.#isAddressTaken;
  }

  addressIsTaken(): void {
    this.#isAddressTaken = true;
  }

  /** The group to ask for now, if any; of several that are due the one that has waited longest. */
  next(nowMs: number): RequestedGroup | undefined {
    if (this.#isAddressTaken || nowMs < this.#nextMs) return undefined;
    let at = -1;
    for (const [index, dueMs] of this.#dueMs.entries())
      if (dueMs <= nowMs && (at < 0 || dueMs < (this.#dueMs[at] ?? 0))) at = index;
    const group = this.#groups[at];
    if (group === undefined) return undefined;
    this.#dueMs[at] = nowMs + group.everyMs;
    this.#nextMs = nowMs + apartMs;
    this.asked++;
    return group;
  }
}
