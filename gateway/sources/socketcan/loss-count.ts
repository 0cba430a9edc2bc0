/**
 * How many frames an interface received that its reader never got. A sample of the interface's own count is compared
 * with what was read of the frames that had come by then, once a later one is read or nothing more comes: so what waits
 * in the socket's buffer is not lost, and never more is told than was.
 */
export class LossCount {
  #base = 0;
  #newest = 0;
  #lostBefore = 0;
  #sample: { readonly received: number; readonly atUs: number } | undefined;
  /** By the interface's count: what comes after has the time of its arrival. */
  #stampedFrom = Number.POSITIVE_INFINITY;
  lost = 0;

  /**
   * A socket was opened. The kernel stamps arrivals only once one frame was read; those that wait by then get the time
   * at which they are read, which says nothing of what came before them.
   */
  open(received: number, read: number): void {
    this.#stampedFrom = Number.POSITIVE_INFINITY;
    this.restart(received, read);
  }

  /** A frame was read a while ago: whatever comes after these `received` is stamped on arrival. */
  stampedAfter(received: number): void {
    this.#stampedFrom = Math.min(this.#stampedFrom, received);
  }

  /** The interface is another one, or counts from another start. */
  restart(received: number, read: number): void {
    this.#lostBefore = this.lost;
    if (this.#stampedFrom < Number.POSITIVE_INFINITY) this.#stampedFrom = received;
    this.#base = received - read;
    this.#newest = received;
    this.#sample = undefined;
  }

  /** True while a sample waits for frames that came before it. */
  get isWaiting(): boolean {
    return this.#sample !== undefined;
  }

  /** `received` of the interface, by a time not before it was read there, microseconds of the frames' clock. */
  sample(received: number, atUs: number, read: number): void {
    if (received < this.#newest) this.restart(received, read);
    this.#newest = received;
    this.#sample = { received, atUs };
  }

  /** A frame that came at `atUs` is about to be read; `read` were before. */
  noteFrame(atUs: number, read: number): void {
    if (this.#sample === undefined || atUs <= this.#sample.atUs) return;
    if (read + this.#base >= this.#stampedFrom) this.settle(read);
  }

  /** All frames that came before the sample are among the `read`. */
  settle(read: number): void {
    if (this.#sample === undefined) return;
    const missing = this.#sample.received - read - this.#base;
    this.#sample = undefined;
    this.lost = Math.max(this.lost, this.#lostBefore + missing);
  }

  /** The clock of the frames was set; the sample says nothing any more. */
  dropSample(): void {
    this.#sample = undefined;
  }
}
