import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";

/** Connections in all. */
const mostConnections = 4_000;
/** Of one address, that have not yet said all that they want; a browser has six. */
const mostUnfinished = 200;

/**
 * Nobody takes the place of others by asking slowly: of an address with many requests begun and not finished, the
 * oldest is cut for each new one. When connections run short, those that only wait for a next request are closed.
 */
export function limitUnfinished(
  server: Server,
  { most = mostUnfinished, connections = mostConnections } = {},
): void {
  server.maxConnections = connections;
  const unfinished = new Map<string, Set<Socket>>();
  const forget = (address: string, socket: Socket) => {
    const own = unfinished.get(address);
    own?.delete(socket);
    if (own?.size === 0) unfinished.delete(address);
  };
  const note = (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const own = unfinished.get(address) ?? new Set();
    unfinished.set(address, own.add(socket));
    if (own.size <= most) return;
    const [oldest] = own;
    if (!oldest) return;
    forget(address, oldest);
    oldest.destroy();
  };
  let open = 0;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    note(socket);
    if (++open > connections * 0.9) server.closeIdleConnections();
    socket.once("close", () => {
      open--;
      forget(address, socket);
    });
  });
  server.on("request", (request: IncomingMessage) => {
    const { socket } = request;
    const finished = () => forget(socket.remoteAddress ?? "", socket);
    const { "content-length": length, "transfer-encoding": encoding } = request.headers;
    if (encoding === undefined && (length === undefined || length === "0")) return finished();
    if (!socket.destroyed) note(socket);
    request.once("end", finished);
  });
}
