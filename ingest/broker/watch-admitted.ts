import { enrolmentOf, type GatewayCredential } from "@firebreak/kit/credentials.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { GatewayGate } from "../certificates/gateway-gate.ts";
import type { Refusal } from "./audit.ts";
import type { GatewayCredentials } from "./gateway-credentials.ts";

/** A connection that was let in, and by what right. */
export interface Admitted {
  readonly credential: GatewayCredential;
  /** DER, when it came in by one. */
  readonly certificate?: Uint8Array;
}

export interface WatchOptions<Client> {
  readonly admitted: ReadonlyMap<Client, Admitted>;
  readonly credentials: Pick<GatewayCredentials, "find">;
  readonly gate: GatewayGate | undefined;
  readonly intervalMs: number;
  /** The right has ended: close it. */
  readonly onEnded: (client: Client, what: Refusal, detail: string) => void;
  readonly log: Logger;
}

/**
 * Looks again and again whether those who are in may still be: revoked, removed from the allow-list, enrolled anew, or
 * with a certificate that has run out meanwhile.
 */
export function watchAdmitted<Client>(options: WatchOptions<Client>): { stop(): void } {
  const { admitted, credentials, gate, intervalMs, onEnded, log } = options;
  let isStopped = false;

  const look = async (client: Client, { credential, certificate }: Admitted) => {
    const now = await credentials.find(credential.gatewayId);
    if (now === undefined) return onEnded(client, "revoked", "no longer enrolled");
    if (now.revoked)
      return onEnded(client, "revoked", `revoked by ${now.revoked.by} at ${now.revoked.at}`);
    if (enrolmentOf(now) !== enrolmentOf(credential))
      return onEnded(client, "revoked", "enrolled anew");
    if (certificate === undefined || gate === undefined) return undefined;
    const verdict = await gate.judge(certificate);
    if (!verdict.isAdmitted) onEnded(client, verdict.what, verdict.detail);
    return undefined;
  };

  const lookAtAll = async () => {
    for (const [client, right] of [...admitted]) {
      if (isStopped) return;
      await look(client, right);
    }
  };
  const again = () => {
    if (isStopped) return;
    timer = setTimeout(() => {
      lookAtAll()
        .catch((error: unknown) => log.error({ err: error }, "rights cannot be looked at"))
        .finally(again);
    }, intervalMs);
    timer.unref();
  };
  let timer: NodeJS.Timeout | undefined;
  again();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
