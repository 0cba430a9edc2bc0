import { X509Certificate } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";
import { enrolmentOf, type GatewayCredential } from "@firebreak/kit/credentials.ts";
import type { Refusal } from "../broker/audit.ts";
import type { GatewayCredentials } from "../broker/gateway-credentials.ts";
import type { Authority } from "./authority.ts";
import type { CertificateBook } from "./certificate-book.ts";
import { type ClientIdentity, checkClient } from "./check-client.ts";

/** Whether the bearer of a certificate comes in. `detail` is for people, at the gateway too. */
export type GateVerdict =
  | {
      readonly isAdmitted: true;
      readonly credential: GatewayCredential;
      readonly identity: ClientIdentity;
    }
  | { readonly isAdmitted: false; readonly what: Refusal; readonly detail: string };

export interface GatewayGate {
  /** `certificate`: DER, of a peer that has proven to hold its key. Asks the allow-list anew each time. */
  judge(certificate: Uint8Array): Promise<GateVerdict>;
}

export interface GatewayGateOptions {
  readonly authority: Pick<Authority, "certificate">;
  readonly book: CertificateBook;
  readonly credentials: Pick<GatewayCredentials, "find">;
  readonly clock: Clock;
}

/** Certificate, time, allow-list and revocation, in this order; the hub's own clock counts. */
export function createGatewayGate(options: GatewayGateOptions): GatewayGate {
  const { book, credentials, clock } = options;
  const authority = new X509Certificate(options.authority.certificate);
  return {
    async judge(certificate) {
      const checked = checkClient(certificate, authority, clock.nowMs());
      if (checked.status === "damaged")
        return refused("certificate-damaged", "it is no certificate of a gateway");
      if (checked.status === "other-authority")
        return refused("certificate-other-authority", "the certificate is of another authority");
      const { gatewayId, serial, notAfterMs } = checked;
      const credential = await credentials.find(gatewayId);
      if (credential?.revoked)
        return refused(
          "revoked",
          `certificate revoked by ${credential.revoked.by} at ${credential.revoked.at}`,
        );
      if (checked.status === "expired")
        return refused("certificate-expired", `the certificate ended on ${iso(notAfterMs)}`);
      if (checked.status === "not-yet-valid")
        return refused(
          "certificate-not-yet-valid",
          `the certificate begins on ${iso(checked.notBeforeMs)}; it is ${iso(clock.nowMs())} here`,
        );
      const record = book.of(gatewayId);
      const isKnown =
        credential !== undefined &&
        record?.enrolment === enrolmentOf(credential) &&
        record.issued.some((issued) => issued.serial === serial);
      if (!isKnown)
        return refused(
          "certificate-unknown",
          credential === undefined
            ? `${gatewayId} is not enrolled`
            : "the certificate was replaced or its enrolment ended",
        );
      return { isAdmitted: true, credential, identity: { gatewayId, serial, notAfterMs } };
    },
  };
}

const refused = (what: Refusal, detail: string) => ({ isAdmitted: false, what, detail }) as const;
const iso = (ms: number) => new Date(ms).toISOString();
