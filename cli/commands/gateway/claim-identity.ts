import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { redeemClaim } from "@firebreak/gateway/identity/redeem-claim.ts";
import { deviceSerialNumber } from "@firebreak/gateway/identity/serial-number.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import type { Claim } from "@firebreak/wire/claim.ts";
import { starterConfig } from "./starter-config.ts";

export interface ClaimArguments {
  readonly claim: string;
  readonly config: string;
  readonly serial?: string;
}

/**
 * Exchanges a claim and leaves everything in place for `gateway --config`: the identity beside the configuration, and
 * a configuration to fill in where there is none. Returns what to tell the installer; no secret is in it.
 */
export async function claimIdentity({ claim, config, serial }: ClaimArguments): Promise<string> {
  const folder = join(dirname(resolve(config)), "identity");
  const serialNumber = serial ?? deviceSerialNumber();
  if (serialNumber === undefined)
    throw new CodedError(
      "NO_SERIAL_NUMBER",
      "This device has no serial number that can be read; say the one on its plate by --serial.",
    );
  const redeemed = await redeemClaim({ claim: textOf(claim), folder, serialNumber });
  const { gatewayId } = redeemed;
  const lines = [`${gatewayId} has its certificate, as the device ${serialNumber}: ${folder}`];
  const hub = hubLines(redeemed, relative(dirname(resolve(config)), folder));
  if (existsSync(config))
    lines.push(`See that ${config} says:`, `gatewayId: ${JSON.stringify(gatewayId)}`, ...hub);
  else {
    writeFileDurably(config, starterConfig(redeemed, hub, config));
    lines.push(
      `Now choose in ${config} the plan and the buses of each machine, then look:`,
      `npx firebreak doctor --config ${config}`,
    );
  }
  return lines.join("\n");
}

/** The claim itself, or the file it lies in. */
function textOf(claim: string): string {
  if (claim.startsWith("firebreak-claim:")) return claim;
  try {
    return readFileSync(claim, "utf8");
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause: unknown) =>
  new CodedError(
    "BAD_CLAIM",
    `--claim: neither a claim nor a file that can be read (${errorCode(cause)}).`,
    { cause },
  );

function hubLines({ urls }: Claim, identity: string): string[] {
  const addresses = urls.map((url) => `    - ${JSON.stringify(url)}`);
  return ["hub:", "  url:", ...addresses, `  identity: ${JSON.stringify(identity)}`];
}
