import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Audit } from "../broker/audit.ts";
import type { BrokerTls } from "../broker/door.ts";
import type { GatewayCredentials } from "../broker/gateway-credentials.ts";
import type { TlsListener } from "../broker/tls-listener.ts";
import { openAuthority } from "./authority.ts";
import { type CertificateBook, openCertificateBook } from "./certificate-book.ts";
import { createEnrolment } from "./enrolment.ts";
import { createEnrolmentHttp } from "./enrolment-http.ts";
import { createGatewayGate } from "./gateway-gate.ts";
import { namesOfThisMachine, openServerIdentity } from "./server-identity.ts";

/** The TLS port of a hub. */
export interface HubTlsOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Names and addresses that gateways reach the hub by; default: those of this machine. */
  readonly names?: readonly string[];
  /** Life of gateways' certificates, ms; default a year. */
  readonly lifeMs?: number;
}

export interface HubTls {
  readonly brokerTls: BrokerTls;
  readonly book: CertificateBook;
  /** Renews the server's certificate in time, for new connections. */
  keepFresh(listener: Pick<TlsListener, "show">): void;
  close(): void;
}

const defaultCertificateMs = 365 * 24 * 3_600_000;
const longestRequestMs = 60_000;
const lookAtServerMs = 3_600_000;

/** Authority, server certificate, gate and enrolment of one hub. @throws CodedError BAD_AUTHORITY, BAD_CERTIFICATE_RECORD */
export async function openHubTls(parts: {
  readonly dataFolder: string;
  readonly tls: HubTlsOptions;
  readonly credentials: GatewayCredentials;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<HubTls> {
  const { dataFolder, tls, credentials, clock, log, audit } = parts;
  const authority = await openAuthority(dataFolder, clock.nowMs());
  const book = openCertificateBook(dataFolder);
  const gate = createGatewayGate({ authority, book, credentials, clock });
  const lifeMs = tls.lifeMs ?? defaultCertificateMs;
  const common = { dataFolder, authority, book, credentials, gate, lifeMs, clock, log };
  const http = createEnrolmentHttp({
    enrolment: createEnrolment(common),
    gate,
    audit,
    clock,
    log,
  });
  const names = tls.names ?? namesOfThisMachine();
  const open = () => openServerIdentity(dataFolder, { authority, names, nowMs: clock.nowMs() });
  let identity = await open();
  let timer: NodeJS.Timeout | undefined;
  return {
    book,
    brokerTls: {
      port: tls.port,
      identity,
      authority: authority.certificate,
      gate,
      onHttp(socket) {
        // A server that listens on no port of its own does not watch for connections that dawdle.
        const deadline = setTimeout(() => socket.destroy(), longestRequestMs);
        socket.on("close", () => clearTimeout(deadline));
        http.emit("connection", socket);
      },
    },
    keepFresh(listener) {
      const look = async () => {
        if (identity.renewAtMs > clock.nowMs()) return;
        identity = await open();
        listener.show(identity);
        log.info({ names }, "the hub's TLS certificate was renewed");
      };
      timer = setInterval(() => {
        look().catch((error: unknown) =>
          log.error({ err: error }, "the hub's TLS certificate cannot be renewed"),
        );
      }, lookAtServerMs);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      http.closeAllConnections();
    },
  };
}
