import { createServer, type Server, type Socket } from "node:net";
import type { CanFrame } from "../can/can-frame.ts";
import type { CanOutput } from "./can-output.ts";
import { CandumpText } from "./candump-text.ts";

/** A slow reader may fall this far behind before it is cut off; a bus does not wait either. */
const maxBufferedBytes = 1 << 20;

/** CAN buses as text over TCP: what `candump -L can0 | nc -l` gives. Only ever listens on loopback; nobody can ask here. */
export class CandumpServer implements CanOutput {
  dropped = 0;
  readonly #server: Server;
  readonly #readers = new Set<Socket>();
  readonly #text = new CandumpText();

  constructor() {
    this.#server = createServer((socket) => {
      this.#readers.add(socket);
      socket.on("close", () => this.#readers.delete(socket));
      socket.on("error", () => socket.destroy());
    });
  }

  /** Listens on a free port. */
  async start(): Promise<this> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return this;
  }

  get url(): string {
    const address = this.#server.address();
    const port = address && typeof address === "object" ? address.port : 0;
    return `tcp://127.0.0.1:${port}`;
  }

  write(bus: string, frame: CanFrame, stampMs: number): void {
    if (this.#readers.size > 0) this.#text.append(bus, frame, stampMs);
  }

  flush(): void {
    if (this.#text.length === 0) return;
    const bytes = Buffer.from(this.#text.bytes);
    this.#text.clear();
    for (const socket of this.#readers) {
      socket.write(bytes);
      if (socket.writableLength <= maxBufferedBytes) continue;
      this.dropped++;
      socket.destroy();
    }
  }

  close(): Promise<void> {
    return new Promise((closed) => {
      for (const socket of this.#readers) socket.destroy();
      this.#server.close(() => closed());
    });
  }
}
