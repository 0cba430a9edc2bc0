import { connect, createServer, type Socket } from "node:net";

/** How often bytes are let through. */
const stepMs = 20;

/** A TCP proxy that lets through so many bytes a second towards the target, as a mobile link does; answers go freely. */
export class SlowLink {
  bytesPerSecond: number;
  readonly #pairs = new Set<{ near: Socket; far: Socket; waiting: Buffer[] }>();
  readonly #timer: NodeJS.Timeout;
  readonly #server;
  #credit = 0;

  private constructor(targetPort: number, bytesPerSecond: number) {
    this.bytesPerSecond = bytesPerSecond;
    this.#server = createServer((near) => this.#join(near, connect(targetPort, "127.0.0.1")));
    this.#timer = setInterval(() => this.#step(), stepMs);
  }

  static async start(targetPort: number, bytesPerSecond: number): Promise<SlowLink> {
    const link = new SlowLink(targetPort, bytesPerSecond);
    await new Promise<void>((resolve) => link.#server.listen(0, "127.0.0.1", resolve));
    return link;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    this.#server.close();
  }

  #join(near: Socket, far: Socket): void {
    const pair = { near, far, waiting: [] as Buffer[] };
    this.#pairs.add(pair);
    near.on("data", (bytes) => {
      pair.waiting.push(bytes);
      // One piece at a time: what is not read here fills the sender's window, as on a real link.
      near.pause();
    });
    far.on("data", (bytes) => near.write(bytes));
    const end = () => {
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on("close", end).on("error", end);
  }

  #step(): void {
    this.#credit = Math.min(
      this.#credit + (this.bytesPerSecond * stepMs) / 1_000,
      Math.max(this.bytesPerSecond / 4, 64 * 1024),
    );
    for (const pair of this.#pairs) {
      const [first] = pair.waiting;
      if (first === undefined) continue;
      const part = first.subarray(0, Math.max(0, Math.floor(this.#credit)));
      this.#credit -= part.length;
      if (part.length > 0) pair.far.write(part);
      if (part.length < first.length) pair.waiting[0] = first.subarray(part.length);
      else {
        pair.waiting.shift();
        pair.near.resume();
      }
    }
  }
}
