import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServerIdentity } from "../certificates/server-identity.ts";

export interface TlsListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly identity: Pick<ServerIdentity, "key" | "chain">;
  /** PEM; named to clients so that they know which certificate to show. */
  readonly authority: string;
  /** Whoever has come to the port, before the handshake; calls `take` when it is its turn. */
  readonly onConnection: (socket: Socket, take: () => void) => void;
  readonly onMqtt: (socket: TLSSocket) => void;
  /** Connections that asked for `http/1.1` by ALPN. */
  readonly onHttp: (socket: TLSSocket) => void;
  /** A handshake that failed, such as a client that does not trust this server. */
  readonly onFailure: (remote: string, reason: string) => void;
}

export interface TlsListener {
  readonly port: number;
  /** What listens, before TLS. */
  readonly server: Server;
  /** For connections from now on. */
  show(identity: Pick<ServerIdentity, "key" | "chain">): void;
  /** No new connections; those that are there are the taker's. */
  close(): Promise<void>;
}

/**
 * One TLS port for two protocols. Certificates of clients are asked for and not judged here: whoever shows a bad one
 * must be told why, and a broken handshake tells nothing.
 * @throws CodedError BROKER_LISTEN
 */
export async function listenTls(options: TlsListenerOptions): Promise<TlsListener> {
  const context = ({ key, chain }: Pick<ServerIdentity, "key" | "chain">) => ({
    key,
    cert: chain,
    ca: options.authority,
    minVersion: "TLSv1.2" as const,
  });
  const server = createServer(
    {
      ...context(options.identity),
      requestCert: true,
      rejectUnauthorized: false,
      ALPNProtocols: ["mqtt", "http/1.1"],
      handshakeTimeout: 20_000,
    },
    (socket) => {
      // Whoever takes it adds a listener of its own; until then a broken line must not end the process.
      socket.on("error", () => socket.destroy());
      if (socket.alpnProtocol === "http/1.1") options.onHttp(socket);
      else options.onMqtt(socket);
    },
  );
  server.on("tlsClientError", (error, socket) =>
    options.onFailure(socket.remoteAddress ?? "", error.message),
  );
  // A handshake is the dearest part of a connection: it begins only when the connection has been let in.
  const front = createTcpServer({ noDelay: true }, (socket) =>
    options.onConnection(socket, () => server.emit("connection", socket)),
  );
  await new Promise<void>((resolve, reject) => {
    front.once("error", (cause) =>
      reject(new CodedError("BROKER_LISTEN", "the MQTT TLS port cannot be opened", { cause })),
    );
    front.listen(options.port, options.host, resolve);
  });
  const address = front.address();
  return {
    port: address && typeof address === "object" ? address.port : options.port,
    server: front,
    show: (identity) => server.setSecureContext(context(identity)),
    close: () => new Promise((resolve) => front.close(() => resolve())),
  };
}
