/**
 * The program of one process of a load: takes {@link WorkerCommand}s by IPC, tells {@link WorkerMessage}s. Ends when it
 * is told to leave, or when whoever started it is gone.
 */
import { LoadFleet } from "./load-fleet.ts";
import type { WorkerCommand, WorkerMessage } from "./load-order.ts";

const reportEveryMs = 500;
const linksEveryMs = 100;

let fleet: LoadFleet | undefined;

const tell = (message: WorkerMessage) =>
  new Promise((told) => process.send?.(message, undefined, undefined, told));

async function tellFigures(): Promise<void> {
  if (fleet) await tell({ kind: "figures", figures: fleet.figures() });
}

function tellLinks(): void {
  const events = fleet?.counts.takeLinkEvents() ?? [];
  if (events.length > 0) void tell({ kind: "links", events });
}

async function obey(command: WorkerCommand): Promise<void> {
  switch (command.kind) {
    case "order":
      fleet = new LoadFleet(command.order);
      setInterval(() => void tellFigures(), reportEveryMs);
      if (command.order.tellsLinks) setInterval(tellLinks, linksEveryMs);
      break;
    case "start":
      fleet?.start();
      break;
    case "lose":
      fleet?.cut(command.gateways);
      break;
    case "rest":
      fleet?.rest();
      await tellFigures();
      break;
    case "leave":
      await tellFigures();
      await fleet?.leave();
      process.disconnect();
      break;
  }
}

process.on("message", (command: WorkerCommand) => void obey(command));
process.on("disconnect", () => process.exit(0));
// A signal at the terminal goes to all; when the load ends is the word of whoever started this process.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
