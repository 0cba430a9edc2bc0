import { openDatabaseUrl } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { prepareTickets } from "./prepare-tickets.ts";
import { createJudgeStore } from "./registry/judge-store.ts";
import { createShelvingDesk } from "./shelving/shelving-desk.ts";
import { createTicketService } from "./ticket-service.ts";
import { dispatcher, dtc, finding, plan } from "./tickets.fixture.ts";

/**
 * A judge that can be killed at any moment and started again: `node crash-child.fixture.ts <database> <steps>` works
 * from the offset it finds to the last step, says `step <n>` after each, `ending <n>` inside the transaction that ends a
 * shelf, and ends. Steps depend on nothing but their number and what is stored. With a third word, `stays`, it says that
 * at its end and waits to be killed.
 */
const [url = "", steps = "0", atEnd = ""] = process.argv.slice(2);
const failureModes = ["oil-pressure-sensor", "oil-pump", "exotic", "uncatalogued"];
const startMs = Date.parse("2026-03-01T00:00:00.000Z");
let step = 0;
const clock = { nowMs: () => startMs + step * 60_000, monotonicMs: () => step };

const isShelved = (number: number): boolean => number % 10 === 3;

function commonProblemOf(number: number) {
  const failureMode = failureModes[number % failureModes.length] ?? "";
  const subject = failureMode === "uncatalogued" ? "SPN 9 FMI 1 SA 0" : "";
  return { machineId: `M-${number % 3}`, ruleId: "active-codes", failureMode, subject };
}

/** What is shelved is a code of its own, which never comes with a stop lamp. */
function problemOf(number: number) {
  const common = commonProblemOf(number);
  if (!isShelved(number)) return common;
  return { ...common, failureMode: "uncatalogued", subject: "SPN 10 FMI 1 SA 0" };
}

function findingsOf(number: number): Finding[] {
  const at = new Date(startMs + number * 60_000).toISOString();
  const raised = finding({
    ...problemOf(number),
    findingId: `f-${number}`,
    since: at,
    at,
    evidence: [dtc(number % 5 ? { amberWarning: "on" } : { redStop: "on" }, number % 100)],
  });
  return number % 2 ? [raised] : [raised, { ...raised, phase: "cleared", isOnset: false }];
}

const db = openDatabaseUrl(url);
await prepareTickets(db, { clock });
const service = createTicketService({ db, clock, planOf: () => plan });
const store = createJudgeStore(db);
const shelving = createShelvingDesk({
  ...{ db, clock, planOf: () => plan },
  tickets: {
    begin(tx, actor) {
      if (actor.kind === "system") process.stdout.write(`ending ${step}\n`);
      return service.begin(tx, actor);
    },
  },
});

/** What the next step finds, which lasts, is on the shelf for three steps. */
async function shelve(number: number): Promise<void> {
  const problem = problemOf(number + 1);
  if ((await shelving.list(problem.machineId)).length > 0) return;
  await shelving.shelve({ ...problem, hours: 3 / 60, reason: "gauge on order" }, dispatcher);
}

/** Of the step's own problem, so that a step done again finds the same ticket, or finds it closed. */
async function finish(number: number): Promise<void> {
  const { machineId, failureMode, subject } = commonProblemOf(number);
  const { items } = await service.page({ state: "open", machine: machineId, limit: 200 });
  const problem = [machineId, failureMode, subject].filter((part) => part !== "").join(":");
  const ticket = items.find(
    ({ kind, dedupeKey }) => kind !== "parts" && dedupeKey?.startsWith(`${problem}:`),
  );
  if (!ticket) return;
  const { ticketId, childIds } = ticket;
  const [child] = await Promise.all(childIds.map((childId) => service.get(childId)));
  const reserved = child?.parts.filter(({ state }) => state === "reserved") ?? [];
  const order = { ticketId, actor: dispatcher };
  if (ticket.state === "new")
    await service.acknowledge({ ...order, commandId: `acknowledge-${number}` });
  await service.close({
    ...order,
    commandId: `close-${number}`,
    outcome: "fixed",
    note: "done",
    partsUsed: number % 2 ? reserved.map(({ partNo }) => partNo) : [],
  });
}

for (step = (await store.loadOffset()) ?? 0; step < Number(steps); step++) {
  for (const { error } of await shelving.tick()) throw error;
  if (step % 5 === 3) await finish(step);
  if (isShelved(step + 1)) await shelve(step);
  await db.transaction(async (tx) => {
    const findings = findingsOf(step);
    await service.applyFindings(tx, findings);
    const states = [{ machineId: `M-${step % 3}`, text: `after ${step}`, upTo: step + 1 }];
    await store.commit(tx, { offset: step + 1, states, findings });
  });
  process.stdout.write(`step ${step}\n`);
}
if (atEnd === "stays") {
  process.stdout.write("stays\n");
  await new Promise(() => setInterval(() => undefined, 60_000));
}
await db.close();
