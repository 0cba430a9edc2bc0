/** The batches a window chooses from, by ordinal; see `SpoolIndex`. */
export interface SendQueue {
  /** Lowest ordinal there is. */
  readonly first: number;
  isPending(ordinal: number): boolean;
  /** Pending, but not to be sent yet; `lookFrom` says when it may be. */
  isWaiting(ordinal: number): boolean;
  isAlarm(ordinal: number): boolean;
  bytes(ordinal: number): number;
}

export interface WindowOptions {
  /** Bounds of what is sent and not yet acknowledged. */
  readonly maxBytes: number;
  readonly maxBatches: number;
  /** Share of `maxBytes` that backlog may fill, so that live data always finds room beside it. */
  readonly backlogShare: number;
  /** A backlog up to so many bytes is over in a moment: it counts as live data, and nothing overtakes anything. */
  readonly smallBacklogBytes: number;
  /** Without any progress of the acknowledgement for so long, what is in flight counts as lost on the way. */
  readonly stallMs: number;
  /** Where `maxBytes` begins on a link that is not known yet; default: at once. */
  readonly startBytes?: number;
  /** So long an acknowledgement may take before the window is made smaller, ms; default: as long as it likes. */
  readonly targetMs?: number;
}

export interface ChosenBatch {
  readonly ordinal: number;
  /** Made before this session began: it goes out as history, not as live data. */
  readonly isHistorical: boolean;
}

interface InFlight {
  readonly sentMs: number;
  readonly bytes: number;
  readonly isBacklog: boolean;
}

/** Repeating the whole window ever faster would only load a hub that is slow. */
const maxStallMs = 60_000;
/** Room for the next batch while the one before is under way, on the slowest of links. */
const leastBytes = 16 * 1024;

/**
 * Decides which batch goes out next and what must go out again. Pure: it neither sends nor reads a clock.
 * What was made since the session began goes first, in its order, then the backlog: its trouble codes, then the rest,
 * oldest first. Only where the link is too slow for live data do trouble codes overtake them: rules judge samples in
 * the order of arrival, so overtaking is not free. A backlog that is small goes in its order before everything else.
 */
export class SendingWindow {
  readonly #queue: SendQueue;
  readonly #options: WindowOptions;
  /** In the order of sending. */
  readonly #inFlight = new Map<number, InFlight>();
  #bytes = 0;
  #backlogBytes = 0;
  /** First ordinal of the live lane. */
  #liveFrom = 0;
  #alarmAt = 0;
  #liveAt = 0;
  #backlogAt = 0;
  #lastProgressMs = 0;
  #stalls = 0;
  /** What `maxBytes` is on this link now. */
  #limitBytes: number;
  #cutMs = Number.NEGATIVE_INFINITY;

  constructor(queue: SendQueue, options: WindowOptions) {
    this.#queue = queue;
    this.#options = options;
    this.#limitBytes = Math.min(options.maxBytes, options.startBytes ?? options.maxBytes);
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** Ordinals sent and not yet acknowledged, in the order of sending. */
  get inFlight(): readonly number[] {
    return [...this.#inFlight.keys()];
  }

  /** Nothing waits for room, and what is under way is little: something of lower rank may go. */
  get isIdle(): boolean {
    const { backlogShare } = this.#options;
    const isHeldBack = this.#backlogBytes >= this.#limitBytes * backlogShare;
    return this.#hasRoom(1) && !isHeldBack && this.#bytes < leastBytes;
  }

  /** Stalls since the last progress. */
  get stalls(): number {
    return this.#stalls;
  }

  /** A new session: nothing of an earlier one is under way; `liveFrom` is the first ordinal that counts as live. */
  start(liveFrom: number, nowMs: number): void {
    this.#liveFrom = this.#isSmallBacklog(liveFrom) ? this.#queue.first : liveFrom;
    this.#stalls = 0;
    this.rewind(nowMs);
  }

  /** Looks at everything again from the beginning: what is pending goes out (again). */
  rewind(nowMs: number): void {
    this.#inFlight.clear();
    this.#bytes = 0;
    this.#backlogBytes = 0;
    this.#alarmAt = this.#queue.first;
    this.#backlogAt = this.#queue.first;
    this.#liveAt = this.#liveFrom;
    this.#lastProgressMs = nowMs;
  }

  /** Batches from `ordinal` on that were passed over may be sent now. */
  lookFrom(ordinal: number): void {
    this.#alarmAt = Math.min(this.#alarmAt, ordinal);
    this.#backlogAt = Math.min(this.#backlogAt, ordinal);
    this.#liveAt = Math.min(this.#liveAt, Math.max(ordinal, this.#liveFrom));
  }

  /** The next batch to send, marked as in flight; undefined if there is none or the window is full. */
  next(end: number, nowMs: number): ChosenBatch | undefined {
    if (this.#hasRoom(1)) {
      const live = this.#seekLive(end);
      if (live !== undefined) return this.#send(live, nowMs);
    }
    // Trouble codes may use twice the room, so that a full window never holds one back.
    if (!this.#hasRoom(2)) return undefined;
    const alarm = this.#seekAlarm(end);
    if (alarm !== undefined) return this.#send(alarm, nowMs);
    if (!this.#hasRoom(1)) return undefined;
    if (this.#backlogBytes >= this.#limitBytes * this.#options.backlogShare) return undefined;
    const backlog = this.#seekBacklog(end);
    return backlog === undefined ? undefined : this.#send(backlog, nowMs);
  }

  /** Call after an acknowledgement was taken over: what is no longer pending has arrived. */
  settle(nowMs: number): void {
    let newestArrived: InFlight | undefined;
    const before = this.#bytes;
    for (const [ordinal, sent] of this.#inFlight) {
      if (this.#queue.isPending(ordinal)) continue;
      this.#land(ordinal, sent);
      newestArrived = sent;
    }
    if (newestArrived === undefined) return;
    this.#fitToLink(newestArrived, before, nowMs);
    this.#lastProgressMs = nowMs;
    this.#stalls = 0;
    this.#reviveOvertaken(newestArrived, nowMs);
  }

  /** True if the acknowledgement has stood still for too long; everything in flight is then sent again. */
  checkStall(nowMs: number): boolean {
    const [oldest] = this.#inFlight.values();
    if (oldest === undefined) return false;
    const sinceMs = nowMs - Math.max(this.#lastProgressMs, oldest.sentMs);
    const limitMs = Math.min(maxStallMs, this.#options.stallMs * 2 ** this.#stalls);
    if (sinceMs < limitMs) return false;
    this.rewind(nowMs);
    this.#shrink(1 / 2, nowMs);
    this.#stalls++;
    return true;
  }

  #isSmallBacklog(liveFrom: number): boolean {
    let bytes = 0;
    for (let ordinal = this.#queue.first; ordinal < liveFrom; ordinal++) {
      if (this.#queue.isPending(ordinal)) bytes += this.#queue.bytes(ordinal);
      if (bytes > this.#options.smallBacklogBytes) return false;
    }
    return true;
  }

  #hasRoom(factor: number): boolean {
    const { maxBatches } = this.#options;
    return this.#bytes < this.#limitBytes * factor && this.#inFlight.size < maxBatches * factor;
  }

  /**
   * Holds about as much in flight as the link delivers in `targetMs`: more would only stand in buffers on the way,
   * where live data, pings and acknowledgements wait behind it. Grows while it is used up and answers come in time;
   * shrinks at most once for what was sent at one size.
   */
  #fitToLink(arrived: InFlight, bytesBefore: number, nowMs: number): void {
    const { maxBytes, targetMs = Number.POSITIVE_INFINITY } = this.#options;
    const tookMs = nowMs - arrived.sentMs;
    if (tookMs > targetMs) {
      if (arrived.sentMs > this.#cutMs) this.#shrink(Math.max(1 / 4, targetMs / tookMs), nowMs);
      return;
    }
    if (bytesBefore < this.#limitBytes / 2) return;
    this.#limitBytes = Math.min(maxBytes, this.#limitBytes + bytesBefore - this.#bytes);
  }

  #shrink(share: number, nowMs: number): void {
    if (this.#options.targetMs === undefined) return;
    const least = Math.min(leastBytes, this.#options.maxBytes);
    this.#limitBytes = Math.max(least, this.#limitBytes * share);
    this.#cutMs = nowMs;
  }

  #isSendable(ordinal: number): boolean {
    return (
      this.#queue.isPending(ordinal) &&
      !this.#queue.isWaiting(ordinal) &&
      !this.#inFlight.has(ordinal)
    );
  }

  #seekAlarm(end: number): number | undefined {
    this.#alarmAt = Math.max(this.#alarmAt, this.#queue.first);
    for (; this.#alarmAt < end; this.#alarmAt++)
      if (this.#queue.isAlarm(this.#alarmAt) && this.#isSendable(this.#alarmAt))
        return this.#alarmAt++;
    return undefined;
  }

  #seekLive(end: number): number | undefined {
    this.#liveAt = Math.max(this.#liveAt, this.#queue.first);
    for (; this.#liveAt < end; this.#liveAt++)
      if (this.#isSendable(this.#liveAt)) return this.#liveAt++;
    return undefined;
  }

  #seekBacklog(end: number): number | undefined {
    this.#backlogAt = Math.max(this.#backlogAt, this.#queue.first);
    for (; this.#backlogAt < Math.min(end, this.#liveFrom); this.#backlogAt++)
      if (this.#isSendable(this.#backlogAt)) return this.#backlogAt++;
    return undefined;
  }

  #send(ordinal: number, nowMs: number): ChosenBatch {
    const bytes = this.#queue.bytes(ordinal);
    const isHistorical = ordinal < this.#liveFrom;
    this.#inFlight.set(ordinal, { sentMs: nowMs, bytes, isBacklog: isHistorical });
    this.#bytes += bytes;
    if (isHistorical) this.#backlogBytes += bytes;
    return { ordinal, isHistorical };
  }

  #land(ordinal: number, { bytes, isBacklog }: InFlight): void {
    this.#inFlight.delete(ordinal);
    this.#bytes -= bytes;
    if (isBacklog) this.#backlogBytes -= bytes;
  }

  /** One connection keeps its order, so what was sent long before something that has arrived was lost on the way. */
  #reviveOvertaken(arrived: InFlight, nowMs: number): void {
    for (const [ordinal, sent] of this.#inFlight) {
      const isOvertaken =
        sent.sentMs < arrived.sentMs && nowMs - sent.sentMs >= this.#options.stallMs;
      if (!isOvertaken) continue;
      this.#land(ordinal, sent);
      this.#alarmAt = Math.min(this.#alarmAt, ordinal);
      if (ordinal < this.#liveFrom) this.#backlogAt = Math.min(this.#backlogAt, ordinal);
      else this.#liveAt = Math.min(this.#liveAt, ordinal);
    }
  }
}
