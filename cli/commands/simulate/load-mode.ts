import { readFileSync } from "node:fs";
import { loadDictionary } from "@firebreak/simulator/load/load-dictionary.ts";
import { isAllWell } from "@firebreak/simulator/load/load-report.ts";
import { runLoad } from "@firebreak/simulator/load/run-load.ts";
import { type Command, Option } from "commander";
import { exitCodes } from "../../exit-codes.ts";
import { untilToldToEnd } from "../../until-told-to-end.ts";
import { findAccess } from "./load-access.ts";
import { type LoadArguments, readLoadOptions, type SystemLimits } from "./load-options.ts";
import { showLoad } from "./load-progress.ts";
import { reportText } from "./load-text.ts";
import type { SimulateMode } from "./simulate-mode.ts";

const options = [
  new Option("--gateways <count>", "drive so many gateways, one machine each, against a hub"),
  new Option("--signals <count>", "signals of each machine").default("30"),
  new Option("--interval <time>", "how often each signal is sampled").default("5s"),
  new Option("--batch <time>", "how much time goes into one batch (default: the interval)"),
  new Option("--duration <time>", "for how long (default: until told to end)"),
  new Option("--ramp <time>", "switch the gateways on over so long (default: 200 a second)"),
  new Option("--lose <share/time>", "lose connections all the time: 5%/60s is 5 % of all a minute"),
  new Option("--storm <at...>", "lose many at one moment: 60s, 60s/1000 or 60s/10%"),
  new Option("--settle <time>", "wait so long for the last acknowledgements").default("60s"),
  new Option("--processes <count>", "how many processes drive them").default("2"),
  new Option("--mtls", "come in by certificates instead of a password"),
  new Option("--data <folder>", "data folder of the hub, on this computer").default(
    "./firebreak-data",
  ),
  new Option("--hub <url...>", "a hub elsewhere: mqtt(s)://host:port, several for many ports"),
  new Option("--credentials <file>", "what --enroll has made"),
  new Option("--enroll <file>", "enrol the gateways, write their credentials there, and end"),
  new Option("--name <name>", "first part of all ids").default("load"),
  new Option("--seed <number>", "of values and of who is cut off").default("1"),
  new Option("--report <form>", "text or json").default("text"),
];

const help = `
Times have their unit: 500ms, 5s, 2m, 1h. The fleet sends real batches of the concrete pump truck's plan: its machines
(LOAD-00001 and on) stay in the hub's lists, so take a hub of its own for it.
  firebreak simulate --gateways 10000 --signals 30 --interval 5s --duration 2m --storm 60s/1000
Ends with 1 when anything was lost or not acknowledged, or a gateway never came in.`;

/** Many real gateways against a running hub. */
export const loadMode: SimulateMode = { askedBy: "gateways", options, help, run };

async function run(command: Command): Promise<void> {
  const args = command.opts<LoadArguments>();
  const signals = loadDictionary().signals.length;
  const read = readLoadOptions(args, { signals, system: systemLimits() });
  if ("problems" in read) {
    const lines = read.problems.map(({ option, message }) => `  ${option}: ${message}\n`);
    process.stderr.write(`firebreak simulate: this cannot be done:\n${lines.join("")}`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const { order, course } = read.options;
  const screen = showLoad(process.stderr, order.gateways);
  const { data, name, mtls = false, hub, credentials, enroll } = args;
  const { urls, access, ...file } = await findAccess({
    ...{ data, name, mtls, gateways: order.gateways, say: screen.say },
    ...(hub ? { hub } : {}),
    ...(credentials === undefined ? {} : { credentials }),
    ...(enroll === undefined ? {} : { enroll }),
  });
  if (enroll !== undefined) {
    screen.say(`${enroll} holds the credentials of ${file.gateways} gateways: keep it as a key`);
    return;
  }
  try {
    const report = await runLoad({ ...order, name: file.name, urls, access }, course, {
      onProgress: screen.progress,
      until: untilToldToEnd(),
    });
    screen.end();
    process.stdout.write(
      args.report === "json" ? `${JSON.stringify(report, null, 2)}\n` : reportText(report),
    );
    if (!isAllWell(report)) process.exitCode = exitCodes.failed;
  } finally {
    screen.end();
  }
}

/** @see proc(5): /proc/pid/limits; ip(7): ip_local_port_range */
function systemLimits(): SystemLimits {
  const files = /^Max open files +(\d+)/m.exec(textOf("/proc/self/limits"))?.[1];
  const [, first, last] =
    /^(\d+)\s+(\d+)/.exec(textOf("/proc/sys/net/ipv4/ip_local_port_range")) ?? [];
  return {
    openFiles: files === undefined ? undefined : Number(files),
    ports: last === undefined ? undefined : Number(last) - Number(first) + 1,
  };
}

/** Empty where there is no such file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
