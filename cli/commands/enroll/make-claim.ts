import { isCertifiableId, openAuthority } from "@firebreak/ingest/certificates/authority.ts";
import { createClaim } from "@firebreak/ingest/certificates/claims.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { encodeClaim } from "@firebreak/wire/claim.ts";
import { readHubFile } from "../../hub/hub-files.ts";

export interface ClaimOptions {
  readonly data: string;
  readonly machine: readonly string[];
  readonly serial?: string;
  readonly hours: number;
  readonly url?: readonly string[];
}

/** Before anything is written. @throws CodedError BAD_ID, BAD_CONFIGURATION */
export function checkClaimOptions(gateway: string, options: ClaimOptions): void {
  if (!isCertifiableId(gateway))
    throw new CodedError(
      "BAD_ID",
      `"${gateway}" cannot stand in a certificate; use letters, digits and . _ : @ - only`,
    );
  for (const url of urlsOf(options))
    if (!URL.canParse(url) || new URL(url).protocol !== "mqtts:" || new URL(url).username !== "")
      throw new CodedError("BAD_CONFIGURATION", `--url ${url}: write mqtts://host:port`);
}

/** The text of a new claim. It holds its secret: print it, log it never. */
export async function makeClaim(
  gatewayId: string,
  enrolment: string,
  options: ClaimOptions,
): Promise<string> {
  const { data, machine, serial = null, hours } = options;
  const urls = urlsOf(options);
  const { fingerprint } = await openAuthority(data);
  const expiresMs = Date.now() + hours * 3_600_000;
  const request = { gatewayId, enrolment, serialNumber: serial, expiresMs };
  const claim = createClaim(data, request);
  return encodeClaim({ ...claim, urls, gatewayId, fingerprint, expiresMs, machines: machine });
}

function urlsOf({ url, data }: ClaimOptions): readonly string[] {
  if (url) return url;
  const { mqtts } = readHubFile(data) ?? {};
  if (mqtts !== undefined) return [mqtts];
  throw new CodedError(
    "BAD_CONFIGURATION",
    "no hub with --mqtts-port runs on this folder; say by --url mqtts://host:port how gateways reach it",
  );
}
