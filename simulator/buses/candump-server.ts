import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";

/** A slow reader may fall this far behind before it is cut off; a bus does not wait either. */
const maxBufferedBytes = 1 << 20;

/** A CAN bus as text over TCP: what `candump -L can0 | nc -l` gives. Only ever listens on loopback. */
export interface CandumpServer {
  readonly url: string;
  /** Sends lines to everybody who listens. */
  send(lines: string): void;
  close(): Promise<void>;
}

export async function startCandumpServer(): Promise<CandumpServer> {
  const readers = new Set<Socket>();
  const server: Server = createServer((socket) => {
    readers.add(socket);
    socket.on("close", () => readers.delete(socket));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(0, "127.0.0.1", listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `tcp://127.0.0.1:${port}`,
    send(lines) {
      for (const socket of readers) {
        socket.write(lines);
        if (socket.writableLength > maxBufferedBytes) socket.destroy();
      }
    },
    close: () =>
      new Promise((closed) => {
        for (const socket of readers) socket.destroy();
        server.close(() => closed());
      }),
  };
}
