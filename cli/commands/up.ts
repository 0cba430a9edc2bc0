import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import { createLogger, type Logger } from "@firebreak/kit/logger.ts";
import { demoFaultAfterSeconds } from "@firebreak/simulator/fleet/demo-fleet.ts";
import { demoMachines, smallFleet } from "@firebreak/simulator/fleet/demo-machines.ts";
import { Command, InvalidArgumentError, Option } from "commander";
import { type DemoBook, openDemoBook } from "../demo/demo-record.ts";
import { seedOrganisation, seedTickets } from "../demo/seed-demo.ts";
import { seedHistory } from "../demo/seed-history.ts";
import { showSeeding } from "../demo/show-seeding.ts";
import type { Hub } from "../hub/hub-options.ts";
import { startHub } from "../hub/start-hub.ts";
import { untilToldToEnd } from "../until-told-to-end.ts";
import { announce, type HubArguments, toHubOptions, withHubOptions } from "./hub.ts";
import { type FleetOptions, startFleet } from "./up/start-fleet.ts";

type UpArguments = HubArguments & {
  readonly simulator: boolean;
  readonly fleet: "demo" | "small";
  readonly faultAfter: number;
};

/** `firebreak up`: a hub and a simulated fleet in one process; the demo, and the product for a small fleet. */
export function create(): Command {
  return withHubOptions(new Command("up"))
    .option("--no-simulator", "without the simulated machines")
    .addOption(
      new Option(
        "--fleet <which>",
        "demo: 24 machines with customers, tickets and stock, in a data folder that was empty; small: three machines",
      )
        .choices(["demo", "small"])
        .default("demo"),
    )
    .option(
      "--fault-after <seconds>",
      "when PUMP-002 begins to fail, counted from the start",
      parseSeconds,
      demoFaultAfterSeconds,
    )
    .addHelpText("after", about)
    .action(run);
}

const about = `
The simulated machines speak J1939, CANopen and Modbus TCP, each to a gateway of its own; most are off shift and silent.
PUMP-002 develops a fault within two minutes. All firms, people and tickets of the demonstration are invented; a data
folder that was begun without it has the three machines only.`;

async function run(args: UpArguments): Promise<void> {
  const log = createLogger(process.env.FIREBREAK_LOG ?? "warn");
  const book =
    args.simulator && args.fleet === "demo" ? openDemoBook(args.data, Date.now()) : undefined;
  const hub = await startHub({ ...toHubOptions(args, log), isSimulated: args.simulator });
  const endings: Ending[] = [() => hub.stop()];
  const fleet: FleetOptions = {
    hub,
    broker: toHubOptions(args, log).broker,
    log,
    faultAfterSeconds: args.faultAfter,
  };
  if (args.simulator) endings.push(await startFleet(smallFleet, fleet));
  // Whoever waits for its word may tell it to end as soon as that is out.
  const end = untilToldToEnd();
  announce(hub);
  if (book) endings.push(fillDemo(hub, book, { fleet, log }));
  await end;
  await endAll(endings);
}

/** Text carries its own times: the buses of the others need not be looked at all the time. */
const othersTickMs = 200;
const historyDays = 180;

/** Goes on behind the pages, which are open already; gives the way to end it. */
function fillDemo(
  hub: Hub,
  book: DemoBook,
  { fleet, log }: { readonly fleet: FleetOptions; readonly log: Logger },
): Ending {
  const stopping = new AbortController();
  const { signal } = stopping;
  const seed = { workshop: hub.workshop, book, view: showSeeding(), log, signal };
  // Who went off line at the first start stays so.
  const isLater = book.isDone("history");
  const fill = async (): Promise<Ending> => {
    await seedOrganisation(seed);
    const others = demoMachines.filter(
      (machine) => !smallFleet.includes(machine) && !(machine.duty === "offline" && isLater),
    );
    const ending = await startFleet(others, { ...fleet, tickMs: othersTickMs, signal });
    try {
      await seedTickets(seed);
      const startMs = performance.now();
      const hours = await seedHistory(seed, { machines: demoMachines, days: historyDays });
      const seconds = Math.round((performance.now() - startMs) / 1000);
      log.info({ hours, seconds }, "the demonstration has its history");
    } catch (err) {
      log.error({ err }, "the demonstration's past is not complete");
    }
    return ending;
  };
  const filled = fill().catch((err: unknown) => {
    log.error({ err }, "the demonstration is not complete; the next start goes on with it");
  });
  return async () => {
    stopping.abort();
    await (await filled)?.();
  };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !Number.isFinite(seconds) || seconds < 0)
    throw new InvalidArgumentError("It is a number of seconds, 0 or more.");
  return seconds;
}
