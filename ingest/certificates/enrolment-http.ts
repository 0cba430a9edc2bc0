import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  type CertificateState,
  enrolmentPaths,
  type RedeemRequest,
  type RenewRequest,
} from "@firebreak/wire/enrolment.ts";
import { Type } from "typebox";
import { Check } from "typebox/value";
import { createAttemptLimit } from "../broker/attempt-limit.ts";
import type { Audit } from "../broker/audit.ts";
import type { Enrolment } from "./enrolment.ts";
import type { GatewayGate } from "./gateway-gate.ts";

export interface EnrolmentHttpOptions {
  readonly enrolment: Enrolment;
  readonly gate: GatewayGate;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
}

const bounded = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const renewFields = { publicKey: bounded(1_000), proof: bounded(1_000) };
const RenewSchema = Type.Object(renewFields);
const RedeemSchema = Type.Object({
  ...renewFields,
  claimId: bounded(100),
  secret: bounded(200),
  serialNumber: bounded(128),
});
const maxBodyBytes = 8_192;
const statusOf: Record<string, number> = { BAD_REQUEST: 400, BAD_KEY: 400, TOO_MANY_ATTEMPTS: 429 };

/** An HTTP server without a port of its own: hand it TLS connections by `emit("connection", socket)`. */
export function createEnrolmentHttp(options: EnrolmentHttpOptions): Server {
  const { audit, clock, log } = options;
  const perAddress = createAttemptLimit(clock, { failures: 20, windowMs: 60_000 });

  const answer = async (request: IncomingMessage, reply: ServerResponse) => {
    const remote = request.socket.remoteAddress ?? "";
    try {
      if (!perAddress.take(remote))
        throw new CodedError("TOO_MANY_ATTEMPTS", "too many attempts; wait a minute");
      const body = await serve(options, request);
      perAddress.giveBack(remote);
      send(reply, 200, body);
    } catch (error) {
      if (!(error instanceof CodedError)) {
        log.error({ err: error }, "a certificate could not be given out");
        send(reply, 500, { code: "FAILED", message: "the hub could not do it; its log says why" });
        return;
      }
      const { code, message } = error;
      audit.refuse("enrolment", "", remote, `${code}: ${message}`);
      log.warn({ code, remote }, "a gateway was refused a certificate");
      send(reply, statusOf[code] ?? 403, { code, message });
    }
  };
  const server = createServer((request, reply) => void answer(request, reply));
  server.keepAliveTimeout = 1_000;
  server.maxRequestsPerSocket = 4;
  return server;
}

async function serve(
  { enrolment, gate }: EnrolmentHttpOptions,
  request: IncomingMessage,
): Promise<unknown> {
  const route = `${request.method} ${request.url}`;
  if (route === `GET ${enrolmentPaths.state}`) {
    const verdict = await gate.judge(certificateOf(request));
    const detail = verdict.isAdmitted ? "" : verdict.detail;
    return { isAccepted: verdict.isAdmitted, detail } satisfies CertificateState;
  }
  if (route === `POST ${enrolmentPaths.redeem}`) {
    const body = await readBody(request);
    if (!Check(RedeemSchema, body)) throw badRequest("fields are missing");
    return enrolment.redeem(body satisfies RedeemRequest);
  }
  if (route === `POST ${enrolmentPaths.renew}`) {
    const body = await readBody(request);
    if (!Check(RenewSchema, body)) throw badRequest("fields are missing");
    return enrolment.renew(certificateOf(request), body satisfies RenewRequest);
  }
  throw badRequest("there is nothing here");
}

function certificateOf({ socket }: IncomingMessage): Uint8Array {
  const certificate = (socket as TLSSocket).getPeerX509Certificate?.();
  if (certificate === undefined)
    throw new CodedError("CERTIFICATE_REFUSED", "no certificate was shown");
  return certificate.raw;
}

/** Cut at its bound before it is kept. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw badRequest("the request is too long");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    throw badRequest("it is not JSON", error);
  }
}

function send(reply: ServerResponse, status: number, body: unknown): void {
  reply.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  reply.end(JSON.stringify(body));
}

const badRequest = (message: string, cause?: unknown) =>
  new CodedError("BAD_REQUEST", message, { cause });
