import { openDatabaseUrl } from "@firebreak/kit/database.ts";
import { HOUR_MS } from "../lifecycle/step.ts";
import { prepareTickets } from "../prepare-tickets.ts";
import { createTicketService } from "../ticket-service.ts";
import { plan } from "../tickets.fixture.ts";
import { settleSilences } from "./settle-silences.ts";
import { silentMachine } from "./silence.fixture.ts";

/**
 * Looks at a fleet every hour, and can be killed at any moment: `node silence-child.fixture.ts <database> <from> <to>`
 * says `step <n>` after each hour. What is silent depends on the hour alone: 30 machines fall silent one after the
 * other; every third comes back, and is silent once more.
 */
const [url = "", from = "0", to = "0"] = process.argv.slice(2);
const startMs = Date.parse("2026-03-01T00:00:00.000Z");
let step = Number(from);
const clock = { nowMs: () => startMs + step * HOUR_MS, monotonicMs: () => step };

/** When a machine was lost last, in hours; undefined while it speaks. */
function lostAt(machine: number): number | undefined {
  if (machine % 3 === 0 && step >= 40 && step < 50) return undefined;
  const first = machine / 4;
  return machine % 3 === 0 && step >= 50 ? 50 + first : first;
}

function sightNow() {
  const machines = Array.from({ length: 30 }, (_, at) => ({ machineId: `M-${at}`, at }));
  const lost = machines.map(({ machineId, at }) => ({ machineId, hour: lostAt(at) }));
  const silent = lost.flatMap(({ machineId, hour }) => {
    const heardMs = hour === undefined ? -1 : (step - hour) * HOUR_MS;
    if (hour === undefined || heardMs < HOUR_MS / 4) return [];
    return [silentMachine({ machineId, sinceMs: startMs + hour * HOUR_MS, heardMs })];
  });
  const contact = new Map(lost.map(({ machineId, hour = step }) => [machineId, hour]));
  const contactMs = (machineId: string) => startMs + (contact.get(machineId) ?? 0) * HOUR_MS;
  return { silent, contactMs };
}

const db = openDatabaseUrl(url);
await prepareTickets(db, { clock });
const service = createTicketService({ db, clock, planOf: () => plan });
for (; step < Number(to); step++) {
  await settleSilences(
    {
      db,
      begin: (tx) => service.begin(tx, { kind: "system", id: "silence" }),
      nowMs: clock.nowMs(),
    },
    sightNow(),
  );
  process.stdout.write(`step ${step}\n`);
}
await db.close();
