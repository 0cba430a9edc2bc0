import { existsSync } from "node:fs";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import {
  createCredential,
  createKeylessCredential,
  credentialPath,
} from "@firebreak/kit/credentials.ts";
import { checkId } from "@firebreak/wire/topics.ts";
import { Command, InvalidArgumentError } from "commander";
import { requireHubFolder } from "../hub/hub-files.ts";
import { type ClaimOptions, checkClaimOptions, makeClaim } from "./enroll/make-claim.ts";

interface Options extends ClaimOptions {
  readonly machine: string[];
  readonly renew?: boolean;
  readonly claim?: boolean;
  readonly qr?: boolean;
}

const help = `
With --claim the gateway gets a certificate of its own, over the hub's --mqtts-port:
  firebreak enroll pump-gateway-7 --machine PUMP-7 --claim > claim     on the hub
  firebreak gateway --claim claim --config gateway.yaml                on the gateway
A claim works once, for one device, and ends after --hours. Who holds it can become that gateway: treat it as a key.

Without --claim the password is shown once and stored nowhere; put it into the file that the configuration names:
  firebreak enroll pump-gateway-7 --machine PUMP-7 > password && chmod 600 password

Both work while a hub runs on the folder. \`firebreak revoke <gateway>\` locks a gateway out.`;

/** `firebreak enroll`: gives a gateway its machines; prints nothing but its password or its claim. */
export function create(): Command {
  return new Command("enroll")
    .argument("<gateway>", "id of the gateway, as in its configuration")
    .requiredOption("--machine <id...>", "machines it may speak for")
    .option("--data <folder>", "the hub's data folder", "./firebreak-data")
    .option("--renew", "enrol a gateway anew; what it was enrolled with before ends")
    .option("--claim", "make a claim to a certificate instead of a password")
    .option("--qr", "with --claim: show it as a QR code as well, on stderr")
    .option("--serial <number>", "with --claim: the only device that may use it")
    .option("--hours <hours>", "with --claim: how long it may be used", toHours, 24)
    .option("--url <url...>", "with --claim: mqtts://host:port as gateways reach the hub")
    .addHelpText("after", help)
    .action(async (gateway: string, options: Options) => {
      const { data, machine, renew } = options;
      for (const id of [gateway, ...machine]) {
        const problem = checkId(id);
        if (problem) throw new CodedError("BAD_ID", `"${id}" ${problem}`);
      }
      requireHubFolder(data);
      if (options.claim) checkClaimOptions(gateway, options);
      if (!renew && existsSync(credentialPath(data, gateway)))
        throw new CodedError(
          "ALREADY_ENROLLED",
          `${gateway} is enrolled already; --renew enrols it anew, and what it had before ends`,
        );
      if (options.claim) {
        const { enrolment } = createKeylessCredential(data, gateway, machine);
        const text = await makeClaim(gateway, enrolment, options);
        if (options.qr) await showQr(text);
        process.stdout.write(`${text}\n`);
        return;
      }
      const { password } = await createCredential(data, gateway, machine);
      process.stdout.write(`${password}\n`);
    });
}

async function showQr(text: string): Promise<void> {
  const { renderUnicodeCompact } = await import("uqr");
  process.stderr.write(`${renderUnicodeCompact(text, { ecc: "L" })}\n`);
}

function toHours(text: string): number {
  const hours = Number(text);
  if (!/^\d{1,4}$/.test(text) || hours < 1)
    throw new InvalidArgumentError("must be whole hours, at least 1");
  return hours;
}
