import { createServer, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { GatewayGate } from "../certificates/gateway-gate.ts";
import type { ServerIdentity } from "../certificates/server-identity.ts";
import type { Audit } from "./audit.ts";
import { createConnectionQueue } from "./connection-queue.ts";
import { guardPackets } from "./packet-guard.ts";
import { listenTls, type TlsListener } from "./tls-listener.ts";

export interface BrokerTls {
  readonly port: number;
  readonly identity: Pick<ServerIdentity, "key" | "chain">;
  /** PEM. */
  readonly authority: string;
  readonly gate: GatewayGate;
  readonly onHttp: (socket: TLSSocket) => void;
}

export interface DoorOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: BrokerTls;
  readonly maxPacketBytes: number;
  readonly maxConnections: number;
  readonly connectionsPerSecond: number;
  readonly audit: Audit;
  readonly clock: Clock;
  /** A connection that has been let in; packets beyond the limit cut it. */
  readonly onMqtt: (socket: Socket) => void;
}

export interface Door {
  readonly port: number;
  readonly tls: TlsListener | undefined;
  readonly connections: number;
  readonly waiting: number;
  stopListening(): Promise<void>;
  cut(): void;
}

/** So long the last of those who wait may have to: well below the patience of any client. */
const longestWaitSeconds = 12;
const remotes = new WeakMap<object, string>();

/** `address:port` of a connection that came through a door. */
export const remoteOfSocket = (socket: object): string => remotes.get(socket) ?? "";

/** The ports of the broker: how many may come, how fast, and with how much. @throws {CodedError} `BROKER_LISTEN`. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { audit, clock, connectionsPerSecond, tls } = options;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };
  const queue = createConnectionQueue({
    clock,
    perSecond: connectionsPerSecond,
    maxWaiting: connectionsPerSecond * longestWaitSeconds,
    onRefused: (address) => audit.refuse("connection-storm", "", address),
  });
  const accept = (socket: Socket) => {
    keep(socket);
    const remote = `${socket.remoteAddress}:${socket.remotePort}`;
    remotes.set(socket, remote);
    guardPackets(socket, options.maxPacketBytes, (length) => {
      const { client } = socket as Socket & { client?: { readonly id?: string } };
      audit.refuse("oversize-packet", client?.id ?? "", remote, `${length} bytes`);
    });
    options.onMqtt(socket);
  };
  const server = createServer({ noDelay: true }, (socket) =>
    queue.enter(socket, () => accept(socket)),
  );
  const port = await listen(server, options).catch((error: unknown) => {
    queue.close();
    throw error;
  });
  const secured = tls
    ? await listenTls({
        ...tls,
        host: options.host,
        onConnection: (socket, take) => queue.enter(socket, take),
        onMqtt: accept,
        onHttp(socket) {
          keep(socket);
          tls.onHttp(socket);
        },
        onFailure: (remote, reason) => audit.refuse("protocol-error", "", remote, reason),
      }).catch((error: unknown) => {
        queue.close();
        server.close();
        throw error;
      })
    : undefined;
  for (const one of [server, ...(secured ? [secured.server] : [])]) {
    one.maxConnections = options.maxConnections;
    one.on("drop", (dropped) =>
      audit.refuse("too-many-connections", "", dropped?.remoteAddress ?? ""),
    );
  }
  return {
    port,
    tls: secured,
    get connections() {
      return sockets.size;
    },
    get waiting() {
      return queue.waiting;
    },
    async stopListening() {
      queue.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([closed, secured?.close()]);
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listen(server: Server, { host, port }: DoorOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new CodedError("BROKER_LISTEN", "the MQTT port cannot be opened", { cause })),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return address && typeof address === "object" ? address.port : port;
}
