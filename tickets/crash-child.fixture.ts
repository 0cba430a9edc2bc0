import { openDatabaseUrl } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { prepareTickets } from "./prepare-tickets.ts";
import { createJudgeStore } from "./registry/judge-store.ts";
import { createTicketService } from "./ticket-service.ts";
import { dispatcher, dtc, finding, plan } from "./tickets.fixture.ts";

/**
 * A judge that can be killed at any moment and started again: `node crash-child.fixture.ts <database> <steps>` works
 * from the offset it finds to the last step, says `step <n>` after each and ends. Steps depend on nothing but their
 * number and what is stored.
 */
const [url = "", steps = "0"] = process.argv.slice(2);
const failureModes = ["oil-pressure-sensor", "oil-pump", "exotic", "uncatalogued"];
const startMs = Date.parse("2026-03-01T00:00:00.000Z");
let step = 0;
const clock = { nowMs: () => startMs + step * 60_000, monotonicMs: () => step };

function findingsOf(number: number): Finding[] {
  const failureMode = failureModes[number % failureModes.length] ?? "";
  const at = new Date(startMs + number * 60_000).toISOString();
  const raised = finding({
    findingId: `f-${number}`,
    machineId: `M-${number % 3}`,
    failureMode,
    subject: failureMode === "uncatalogued" ? "SPN 9 FMI 1 SA 0" : "",
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

/** Of the step's own problem, so that a step done again finds the same ticket, or finds it closed. */
async function finish(number: number): Promise<void> {
  const failureMode = failureModes[number % failureModes.length];
  const { items } = await service.page({ state: "open", machine: `M-${number % 3}`, limit: 200 });
  const ticket = items.find(({ kind, faultCode }) => kind !== "parts" && faultCode === failureMode);
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
  if (step % 5 === 3) await finish(step);
  await db.transaction(async (tx) => {
    const findings = findingsOf(step);
    await service.applyFindings(tx, findings);
    const states = [{ machineId: `M-${step % 3}`, text: `after ${step}`, upTo: step + 1 }];
    await store.commit(tx, { offset: step + 1, states, findings });
  });
  process.stdout.write(`step ${step}\n`);
}
await db.close();
