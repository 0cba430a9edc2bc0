import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readGatewayConfig } from "@firebreak/gateway/config.ts";
import { startDryRun } from "@firebreak/gateway/local/dry-run.ts";
import type { Language } from "@firebreak/gateway/local/finding-texts.ts";
import { Inspector, type Report } from "@firebreak/gateway/local/inspector.ts";
import { reportText } from "@firebreak/gateway/local/report-text.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { holderOfFolder } from "@firebreak/kit/file-lock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { Command, InvalidArgumentError, Option } from "commander";
import { exitCodes } from "../exit-codes.ts";

interface Arguments {
  readonly config: string;
  readonly json?: boolean;
  readonly seconds: number;
  readonly language: Language;
  readonly look: boolean;
}

const help = `
While the gateway runs and has its local page, this shows what that page shows. Else it reads the buses itself for some
seconds, keeps and sends nothing, and asks Modbus devices more closely: one register to either side of each value, and
the usual unit ids of a silent device. Exit codes: 0 nothing to mend, 1 something is, 78 bad configuration.
`;

/** `firebreak doctor`: finds what is wrong with a gateway's installation and says what to do. */
export function create(): Command {
  return new Command("doctor")
    .requiredOption("--config <file>", "the gateway's configuration, YAML")
    .option("--json", "one JSON document instead of lines")
    .option("--seconds <number>", "how long to listen", secondsOf, 15)
    .option("--no-look", "ask no device for more than its values")
    .addOption(
      new Option("--language <tag>", "en or zh-CN")
        .choices(["en", "zh-CN"])
        .default(/^zh/i.test(process.env.LANG ?? "") ? "zh-CN" : "en"),
    )
    .addHelpText("after", help)
    .action(async (given: Arguments) => {
      const config = readGatewayConfig(given.config);
      const report = (config.local && (await runningReport(config.local))) ?? (await listen(given));
      process.stdout.write(
        given.json ? `${JSON.stringify(report)}\n` : reportText(report, given.language),
      );
      if (report.findings.some(({ severity }) => severity === "fault"))
        process.exitCode = exitCodes.failed;
    });
}

/** What the page of the gateway that runs here says; undefined when none answers. */
async function runningReport({
  address,
  port,
}: {
  readonly address: string;
  readonly port: number;
}): Promise<Report | undefined> {
  const host = address === "0.0.0.0" || address === "::" ? "127.0.0.1" : address;
  try {
    const answer = await fetch(
      `http://${host.includes(":") ? `[${host}]` : host}:${port}/report.json`,
      {
        signal: AbortSignal.timeout(3_000),
      },
    );
    return answer.ok ? ((await answer.json()) as Report) : undefined;
  } catch {
    // Nobody there: the buses are free.
    return undefined;
  }
}

async function listen({ config: file, seconds, look }: Arguments): Promise<Report> {
  const { gatewayId, machines, hub, spoolFolder } = readGatewayConfig(file);
  // Two readers of one serial port get half of the bytes each.
  const pid = holderOfFolder(join(spoolFolder, "log"));
  if (pid !== undefined)
    throw new CodedError(
      "GATEWAY_RUNS",
      `the gateway runs as process ${pid} and has the buses; write a section \x60local\x60 into ${file}, or stop it`,
    );
  const run = await startDryRun({
    gatewayId,
    machines,
    hubUrls: urlsOf(hub),
    spoolFolder,
    ...("identityFolder" in hub ? { identityFolder: hub.identityFolder } : {}),
    clock: systemClock,
    log: silentLogger,
  });
  try {
    const inspector = new Inspector({ gateway: () => run, clock: systemClock });
    for (let second = 0; second < seconds; second++) {
      await pause(1_000);
      inspector.tick();
    }
    if (look) await inspector.lookCloser();
    return inspector.report();
  } finally {
    run.stop();
  }
}

function urlsOf(hub: ReturnType<typeof readGatewayConfig>["hub"]): string[] {
  if (typeof hub === "function") return [];
  return "urls" in hub ? [...(hub.urls as readonly string[])] : [hub.url];
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600)
    throw new InvalidArgumentError("1 to 600");
  return seconds;
}
