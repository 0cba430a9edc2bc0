import { connect, createServer, type Server, type Socket } from "node:net";

/** What a link is like; change it while it runs. */
export interface LinkManners {
  /** Each way; Infinity: as fast as it goes. */
  bytesPerSecond: number;
  /** One way, ms. */
  delayMs: number;
  jitterMs: number;
  /** Share of segments that are lost and sent again by TCP, so that all behind them wait. */
  lossShare: number;
  random: () => number;
}

const segmentBytes = 1_400;
/** @see RFC 6298: the first repetition comes after at least this, each further one after twice as long. */
const repetitionMs = 200;
/** As much as a modem on the way keeps; then the sender feels it. */
const queueBytes = 32 * 1024;

/** A TCP proxy that makes a link slow, late, lossy or dead. */
export class BadLink {
  readonly manners: LinkManners = {
    bytesPerSecond: Number.POSITIVE_INFINITY,
    delayMs: 0,
    jitterMs: 0,
    lossShare: 0,
    random: Math.random,
  };
  /** Connections since the start. */
  connections = 0;
  /** Payload bytes passed towards the target. */
  upBytes = 0;
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;

  private constructor(target: () => number) {
    this.#server = createServer((near) => {
      this.connections++;
      const far = connect({ port: target(), host: "127.0.0.1", noDelay: true });
      const pair: Pair = { sockets: [near, far], isSwallowing: false };
      this.#pairs.add(pair);
      this.#carry(pair, near, far, (bytes) => {
        this.upBytes += bytes;
      });
      this.#carry(pair, far, near, () => {});
      const end = () => {
        if (pair.isSwallowing) return;
        near.destroy();
        far.destroy();
        this.#pairs.delete(pair);
      };
      for (const socket of pair.sockets) socket.on("error", end).on("close", end);
    });
  }

  static async start(target: () => number): Promise<BadLink> {
    const link = new BadLink(target);
    await new Promise<void>((resolve) => link.#server.listen(0, "127.0.0.1", resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** From now on nothing gets through on what is open, and nobody is told; new connections work. */
  swallow(): void {
    for (const pair of this.#pairs) pair.isSwallowing = true;
  }

  cut(): void {
    for (const { sockets } of this.#pairs) for (const socket of sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) pair.isSwallowing = false;
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #carry(pair: Pair, from: Socket, to: Socket, onPassed: (bytes: number) => void): void {
    let freeAtMs = 0;
    let queued = 0;
    const waiting: Buffer[] = [];
    let lastDueMs = 0;
    const pass = (segment: Buffer) => {
      const { bytesPerSecond, delayMs, jitterMs, lossShare, random } = this.manners;
      const nowMs = performance.now();
      freeAtMs = Math.max(freeAtMs, nowMs) + (segment.length / bytesPerSecond) * 1_000;
      let lateMs = delayMs + (random() * 2 - 1) * jitterMs;
      for (let wait = repetitionMs; random() < lossShare && wait < 5_000; wait *= 2) lateMs += wait;
      // TCP keeps the order: nothing overtakes what is late.
      lastDueMs = Math.max(lastDueMs, freeAtMs + lateMs);
      queued += segment.length;
      waiting.push(segment);
      if (queued > queueBytes) from.pause();
      setTimeout(() => {
        // The first in line, whichever timer it was: equal times may fire in any order.
        const next = waiting.shift() ?? segment;
        queued -= next.length;
        if (queued <= queueBytes / 2) from.resume();
        if (pair.isSwallowing || to.destroyed) return;
        onPassed(next.length);
        to.write(next);
      }, lastDueMs - nowMs);
    };
    from.on("data", (bytes) => {
      for (let at = 0; at < bytes.length; at += segmentBytes)
        pass(bytes.subarray(at, at + segmentBytes));
    });
  }
}

interface Pair {
  readonly sockets: readonly [Socket, Socket];
  isSwallowing: boolean;
}
