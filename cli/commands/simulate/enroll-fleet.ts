import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { askHub, fetchAuthority } from "@firebreak/gateway/identity/hub-requests.ts";
import { proveKey } from "@firebreak/gateway/identity/identity-files.ts";
import { openAuthority } from "@firebreak/ingest/certificates/authority.ts";
import { withClaim } from "@firebreak/ingest/certificates/claims.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import {
  createFleetCredentials,
  credentialPath,
  enrolmentOf,
  type GatewayCredential,
} from "@firebreak/kit/credentials.ts";
import {
  gatewayName,
  type LoadCertificate,
  machineName,
} from "@firebreak/simulator/load/load-order.ts";
import { type CertificateReply, enrolmentPaths } from "@firebreak/wire/enrolment.ts";
import type { HubFile } from "../../hub/hub-files.ts";
import type { AccessFile } from "./load-access-file.ts";

export interface FleetEnrolment {
  /** Data folder of the hub. */
  readonly data: string;
  readonly hub: HubFile;
  readonly name: string;
  readonly gateways: number;
  readonly kind: "password" | "certificate";
  /** Certificates so far. */
  readonly onProgress: (done: number) => void;
}

/** As many as the hub makes at once without refusing others; of one address it takes 20 attempts a minute that fail. */
const atOnce = 8;
/** The longest that one exchange of a claim may take, ms. */
const claimMs = 10 * 60_000;

/**
 * Gives every gateway of a simulated fleet its one machine and a right to come in: one random password for all, or a
 * certificate for each, by a claim as real gateways have them.
 * @throws CodedError NAME_TAKEN, NO_TLS_PORT, and those of the exchange
 */
export async function enrollFleet(enrolment: FleetEnrolment): Promise<AccessFile> {
  const { data, hub, name, gateways, kind } = enrolment;
  const fleet = fleetOf(name, gateways);
  refuseStrangers(data, fleet);
  const isKeyless = kind === "certificate";
  const { mqtts } = hub;
  if (isKeyless && mqtts === undefined) throw noTlsPort(data);
  const made = await createFleetCredentials(data, fleet, { isKeyless });
  const shared = { version: 1, name, gateways, enrolment: made.enrolment } as const;
  if (!isKeyless || mqtts === undefined) {
    const { password } = made;
    const access = { ...caOf(data), ...(password === undefined ? {} : { password }) };
    return { ...shared, urls: [hub.mqtt], access };
  }
  const { fingerprint } = await openAuthority(data);
  const ca = await fetchAuthority(mqtts, fingerprint);
  const certificates = await inTurns(gateways, enrolment.onProgress, (at) =>
    redeem({ data, url: mqtts, ca, gatewayId: gatewayName(name, at), enrolment: made.enrolment }),
  );
  return { ...shared, urls: [mqtts], access: { ca, certificates } };
}

/** Whether the hub of a data folder still lets the first `gateways` of a fleet in by what a file says. */
export function isStillEnrolled(
  data: string,
  { name, enrolment }: AccessFile,
  gateways: number,
): boolean {
  return fleetOf(name, gateways).every(({ gatewayId }) => {
    const credential = readCredential(data, gatewayId);
    return credential && !credential.revoked && enrolmentOf(credential) === enrolment;
  });
}

const fleetOf = (name: string, gateways: number) =>
  Array.from({ length: gateways }, (_, at) => ({
    gatewayId: gatewayName(name, at),
    machines: [machineName(name, at)],
  }));

/** A real gateway that happens to have such an id keeps its credential. */
function refuseStrangers(
  data: string,
  fleet: readonly Pick<GatewayCredential, "gatewayId" | "machines">[],
): void {
  for (const { gatewayId, machines } of fleet) {
    const known = readCredential(data, gatewayId);
    if (known && known.machines.join() !== machines.join())
      throw new CodedError(
        "NAME_TAKEN",
        `${gatewayId} is enrolled for ${known.machines.join(", ")}: it is no gateway of a load. Choose another --name.`,
      );
  }
}

function readCredential(data: string, gatewayId: string): GatewayCredential | undefined {
  try {
    return JSON.parse(readFileSync(credentialPath(data, gatewayId), "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** So that the fleet may come over TLS with its password, too. */
function caOf(data: string): { readonly ca?: string } {
  const path = join(data, "ca", "ca.pem");
  return existsSync(path) ? { ca: readFileSync(path, "utf8") } : {};
}

async function redeem(options: {
  readonly data: string;
  readonly url: string;
  readonly ca: string;
  readonly gatewayId: string;
  readonly enrolment: string;
}): Promise<LoadCertificate> {
  const { data, url, ca, gatewayId, enrolment } = options;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const serialNumber = `simulated-${gatewayId}`;
  const expiresMs = Date.now() + claimMs;
  const request = { gatewayId, enrolment, serialNumber, expiresMs };
  return withClaim(data, request, async ({ claimId, secret }) => {
    const offered = proveKey(key, `redeem ${claimId}`);
    const { certificate } = await askHub<CertificateReply>(url, enrolmentPaths.redeem, {
      material: { ca },
      body: { claimId, secret, serialNumber, ...offered },
    });
    return { certificate, key };
  });
}

/** Results in the order of their numbers, some at a time. */
async function inTurns<Result>(
  count: number,
  onProgress: (done: number) => void,
  make: (at: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < count; from += atOnce) {
    const turn = Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => make(from + at));
    results.push(...(await Promise.all(turn)));
    onProgress(results.length);
  }
  return results;
}

const noTlsPort = (data: string) =>
  new CodedError(
    "NO_TLS_PORT",
    `--mtls: the hub on ${data} has no TLS port; start it with --mqtts-port 8883.`,
  );
