import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { Command, CommanderError } from "commander";
import { exitCodes } from "./exit-codes.ts";

/** Every command: its one-line description and where it lives. Only the one that was asked for is loaded. */
const commands: Record<string, { about: string; load: () => Promise<{ create(): Command }> }> = {
  up: {
    about: "run the whole product on embedded stores, with a simulated fleet",
    load: () => import("./commands/up.ts"),
  },
  hub: {
    about: "run the hub: ingest, rules, tickets and pages",
    load: () => import("./commands/hub.ts"),
  },
  gateway: {
    about: "read the buses of machines and deliver to a hub",
    load: () => import("./commands/gateway.ts"),
  },
  replay: {
    about: "send a CAN recording through a real gateway",
    load: () => import("./commands/replay.ts"),
  },
  simulate: {
    about: "let a machine live that is not there, or load a hub with thousands of gateways",
    load: () => import("./commands/simulate.ts"),
  },
  decode: {
    about: "print the samples and trouble codes of a CAN recording as NDJSON",
    load: () => import("./commands/decode.ts"),
  },
  score: {
    about: "find what is unusual in a series, row by row",
    load: () => import("./commands/score.ts"),
  },
  trend: {
    about: "when signals will pass their limits",
    load: () => import("./commands/trend.ts"),
  },
  prognose: {
    about: "how long units will last, learned from histories that ran to failure",
    load: () => import("./commands/prognose.ts"),
  },
  backtest: {
    about: "which tickets a plan would have opened on stored history",
    load: () => import("./commands/backtest.ts"),
  },
  plan: {
    about: "check service plans, run their test cases, say what they mean in a place",
    load: () => import("./commands/plan.ts"),
  },
  config: {
    about: "check a configuration for gateways, roll it out from the hub",
    load: () => import("./commands/config.ts"),
  },
  doctor: {
    about: "find what is wrong with a gateway's installation, and what to do",
    load: () => import("./commands/doctor.ts"),
  },
  enroll: {
    about: "give a gateway its machines, and a password or a claim to a certificate",
    load: () => import("./commands/enroll.ts"),
  },
  revoke: {
    about: "lock a gateway out and cut its connection",
    load: () => import("./commands/revoke.ts"),
  },
  token: {
    about: "print an API token of a hub",
    load: () => import("./commands/token.ts"),
  },
  aemp: {
    about: "let programs of others read machines over ISO 15143-3",
    load: () => import("./commands/aemp.ts"),
  },
  "migrate-store": {
    about: "copy telemetry from one store into another",
    load: () => import("./commands/migrate-store.ts"),
  },
  backup: {
    about: "copy a hub's state while it runs",
    load: () => import("./commands/backup.ts"),
  },
  restore: {
    about: "make a hub's data folder of a backup",
    load: () => import("./commands/restore.ts"),
  },
  bench: {
    about: "measure Firebreak on this machine",
    load: () => import("./commands/bench.ts"),
  },
};

if (process.env.FIREBREAK_TIED && process.connected) {
  delete process.env.FIREBREAK_TIED;
  process.on("disconnect", () => process.exit(exitCodes.failed));
  process.channel?.unref();
}

// npm and npx pass a signal to their shell only, which dies without passing it on: then this process has lost its
// parent, and ends as if it had been told to itself.
if (process.env.npm_command) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
  }, 500).unref();
}

// Whoever reads may have read enough (`--help | head`): that is no error, and a service goes on without being heard.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error) => {
    const isHeard = stream.listenerCount("error") > 1;
    if (!isHeard && errorCode(error) !== "EPIPE") throw error;
  });

const asked = process.argv[2] ?? "";
const program = new Command("firebreak")
  .description("Fire prevention for construction machinery.")
  .showHelpAfterError("(see firebreak --help)")
  .exitOverride();

for (const [name, { about, load }] of Object.entries(commands)) {
  const command = name === asked ? (await load()).create() : new Command(name);
  program.addCommand(command.name(name).description(about).exitOverride());
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else if (error instanceof CodedError) {
    process.stderr.write(`firebreak ${asked}: ${error.message}\n`);
    process.exitCode =
      error.code === "BAD_CONFIGURATION" ? exitCodes.badConfiguration : exitCodes.failed;
  } else if (isOfSystem(error)) {
    process.stderr.write(`firebreak ${asked}: ${error.message}\n`);
    process.exitCode = exitCodes.failed;
  } else throw error;
}

/** A full disk, a missing right, a path that is not there: the message says what and where, a stack says no more. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && "errno" in error;
}
