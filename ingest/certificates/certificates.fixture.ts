import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import { createKeylessCredential } from "@firebreak/kit/credentials.ts";
import { encodeClaim } from "@firebreak/wire/claim.ts";
import { openAuthority } from "./authority.ts";
import { createClaim } from "./claims.ts";

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "firebreak-certificates-"));

/** A wall clock that a test turns; what runs on monotonic time is not touched. */
export class TurnableClock implements Clock {
  aheadMs = 0;
  nowMs = (): number => Date.now() + this.aheadMs;
  monotonicMs = (): number => performance.now();
}

/** Enrols a gateway with a claim, as `firebreak enroll --claim` does. */
export async function claimFor(
  dataFolder: string,
  gatewayId: string,
  options: {
    readonly urls: readonly string[];
    readonly machines?: readonly string[];
    readonly serialNumber?: string;
    readonly expiresMs?: number;
  },
): Promise<string> {
  const { urls, machines = ["M1"], serialNumber = null } = options;
  const { expiresMs = Date.now() + 3_600_000 } = options;
  const { enrolment } = createKeylessCredential(dataFolder, gatewayId, machines);
  const { fingerprint } = await openAuthority(dataFolder);
  const claim = createClaim(dataFolder, { gatewayId, enrolment, serialNumber, expiresMs });
  return encodeClaim({ ...claim, urls, gatewayId, fingerprint, expiresMs, machines });
}
