/** What the index keeps of one batch in the log. */
export interface SpoolEntry {
  /** Where its record begins in the log. */
  readonly position: number;
  /** What its record takes on disk. */
  readonly bytes: number;
  /** Places in the spool's lists of epochs, machines and dictionaries. */
  readonly epoch: number;
  readonly machine: number;
  readonly dictionary: number;
  readonly number: number;
  readonly isAlarm: boolean;
  readonly isTombstone: boolean;
}

const alarmFlag = 1;
const tombstoneFlag = 2;
/** Acknowledged: stays until its space is needed. */
const settledFlag = 4;
/** No longer there: moved, replaced by a tombstone, unreadable. */
const goneFlag = 8;
/** The disk does not take it at present, and nothing that is not on disk may be sent. */
const waitingFlag = 16;

/**
 * Batches in the order of the log, by ordinal: 0 is the first one ever indexed by this process, ordinals are never
 * used twice. 27 bytes per batch, so that a million small ones cost no more than a few large ones.
 */
export class SpoolIndex {
  /** Lowest ordinal still in the log. */
  first = 0;
  /** One above the highest ordinal. */
  end = 0;
  /** Bytes of the batches that are neither settled nor gone. */
  pendingBytes = 0;
  #pendingBatches = 0;
  /** Nothing below it is pending, so that nobody has to look through what the hub has had. */
  #pendingFrom = 0;
  /** By machine. */
  readonly #pending: number[] = [];
  #base = 0;
  #position = new Float64Array(1024);
  #number = new Float64Array(1024);
  #bytes = new Uint32Array(1024);
  #epoch = new Uint16Array(1024);
  #machine = new Uint16Array(1024);
  #dictionary = new Uint16Array(1024);
  #flags = new Uint8Array(1024);

  push(entry: SpoolEntry): number {
    if (this.end - this.#base === this.#flags.length) this.#makeRoom();
    const at = this.end - this.#base;
    this.#position[at] = entry.position;
    this.#number[at] = entry.number;
    this.#bytes[at] = entry.bytes;
    this.#epoch[at] = entry.epoch;
    this.#machine[at] = entry.machine;
    this.#dictionary[at] = entry.dictionary;
    this.#flags[at] = (entry.isAlarm ? alarmFlag : 0) | (entry.isTombstone ? tombstoneFlag : 0);
    this.#countPending(this.end, 1);
    return this.end++;
  }

  /** Batches that are neither settled nor gone; counted as they change, for a status may be asked for every second. */
  get pendingBatches(): number {
    return this.#pendingBatches;
  }
  /** The same of one machine. */
  pendingOf(machine: number): number {
    return this.#pending[machine] ?? 0;
  }

  position = (ordinal: number): number => this.#position[ordinal - this.#base] ?? 0;
  number = (ordinal: number): number => this.#number[ordinal - this.#base] ?? 0;
  bytes = (ordinal: number): number => this.#bytes[ordinal - this.#base] ?? 0;
  epoch = (ordinal: number): number => this.#epoch[ordinal - this.#base] ?? 0;
  machine = (ordinal: number): number => this.#machine[ordinal - this.#base] ?? 0;
  dictionary = (ordinal: number): number => this.#dictionary[ordinal - this.#base] ?? 0;
  isAlarm = (ordinal: number): boolean => this.#has(ordinal, alarmFlag);
  isTombstone = (ordinal: number): boolean => this.#has(ordinal, tombstoneFlag);
  /** Still there, acknowledged or not. */
  isHeld = (ordinal: number): boolean =>
    ordinal >= this.first && ordinal < this.end && !this.#has(ordinal, goneFlag);
  /** Still there and not acknowledged. */
  isPending = (ordinal: number): boolean =>
    ordinal >= this.first &&
    ordinal < this.end &&
    !this.#has(ordinal, goneFlag) &&
    !this.#has(ordinal, settledFlag);

  /** Lowest ordinal that is pending, `end` if none is. */
  firstPending(): number {
    let ordinal = Math.max(this.#pendingFrom, this.first);
    while (ordinal < this.end && !this.isPending(ordinal)) ordinal++;
    this.#pendingFrom = ordinal;
    return ordinal;
  }

  /** Pending, but not to be sent yet. */
  isWaiting = (ordinal: number): boolean => this.#has(ordinal, waitingFlag);

  setWaiting(ordinal: number, isWaiting: boolean): void {
    const at = ordinal - this.#base;
    const others = (this.#flags[at] ?? 0) & ~waitingFlag;
    this.#flags[at] = isWaiting ? others | waitingFlag : others;
  }

  /** False says that nothing changed. */
  setSettled(ordinal: number, isSettled: boolean): boolean {
    if (!this.isHeld(ordinal) || this.#has(ordinal, settledFlag) === isSettled) return false;
    const at = ordinal - this.#base;
    this.#flags[at] = (this.#flags[at] ?? 0) ^ settledFlag;
    this.#countPending(ordinal, isSettled ? -1 : 1);
    if (!isSettled) this.#pendingFrom = Math.min(this.#pendingFrom, ordinal);
    return true;
  }

  setGone(ordinal: number): void {
    if (this.isPending(ordinal)) this.#countPending(ordinal, -1);
    const at = ordinal - this.#base;
    this.#flags[at] = (this.#flags[at] ?? 0) | goneFlag;
  }

  /** Forgets every batch whose record begins before a position. */
  trimBefore(position: number): void {
    while (this.first < this.end && this.position(this.first) < position) {
      this.setGone(this.first);
      this.first++;
    }
  }

  #countPending(ordinal: number, change: 1 | -1): void {
    const machine = this.machine(ordinal);
    this.pendingBytes += change * this.bytes(ordinal);
    this.#pendingBatches += change;
    this.#pending[machine] = this.pendingOf(machine) + change;
  }

  #has(ordinal: number, flag: number): boolean {
    return ((this.#flags[ordinal - this.#base] ?? goneFlag) & flag) !== 0;
  }

  /** Drops what was trimmed and doubles what is left if that is not enough. */
  #makeRoom(): void {
    const from = this.first - this.#base;
    const count = this.end - this.first;
    const capacity = count > this.#flags.length / 2 ? this.#flags.length * 2 : this.#flags.length;
    this.#position = moved(this.#position, new Float64Array(capacity), from);
    this.#number = moved(this.#number, new Float64Array(capacity), from);
    this.#bytes = moved(this.#bytes, new Uint32Array(capacity), from);
    this.#epoch = moved(this.#epoch, new Uint16Array(capacity), from);
    this.#machine = moved(this.#machine, new Uint16Array(capacity), from);
    this.#dictionary = moved(this.#dictionary, new Uint16Array(capacity), from);
    this.#flags = moved(this.#flags, new Uint8Array(capacity), from);
    this.#base = this.first;
  }
}

function moved<Column extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  old: Column,
  into: Column,
  from: number,
): Column {
  into.set(old.subarray(from));
  return into;
}
