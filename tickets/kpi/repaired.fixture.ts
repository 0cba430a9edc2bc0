import type { TicketOrder } from "../ticket-lifecycle.ts";
import { carryOut, requireTicket } from "../ticket-work.ts";
import { finding, signal } from "../tickets.fixture.ts";
import type { World } from "../world.fixture.ts";
import { saveRating } from "./kpi-store.ts";

let count = 0;

/** One repair of engineer E-001, fixed and closed; the customer is delighted. */
export async function repairAndRate(world: World, machineId: string): Promise<string> {
  const [opened] = await world.apply({
    ...finding({ findingId: `f-${count++}`, machineId, ruleId: "oil-pressure-low" }),
    failureMode: "oil-pressure-low",
    evidence: [signal()],
  });
  const ticketId = opened?.ticket.ticketId ?? "";
  const steps: TicketOrder[] = [
    { type: "assign", assignment: { engineerId: "E-001", score: 1, reasons: [] } },
    { type: "depart" },
    { type: "arrive", distanceKm: 0.1 },
    { type: "start-work", isSafetyChecked: true },
    {
      type: "finish",
      attempts: [{ judgement: "worn", handling: "changed", result: "fixed" }],
      isMachineChecked: true,
      inspection: { isAnswered: true, isSurveyed: true, failedSteps: [] },
    },
    {
      type: "submit-report",
      reportId: `R-${count++}`,
      cause: "worn",
      solution: "new",
      preventionAdvice: "oil",
      faultCode: "oil-pressure-low",
      causeId: "sensor",
    },
    { type: "verification-not-applicable", detail: "no signal" },
    { type: "follow-up-done", note: "content", blockers: [] },
  ];
  for (const step of steps) {
    world.clock.advance(600_000);
    await world.db.transaction(async (tx) => {
      const work = world.service.begin(tx, { kind: "person", id: "E-001" });
      const commandId = `step-${count++}`;
      await carryOut(work, await requireTicket(tx, ticketId), { ...step, commandId });
    });
  }
  await world.db.transaction(async (tx) => {
    const { ticket } = await requireTicket(tx, ticketId);
    await saveRating(tx, ticket, { source: "micro", nps: 10, csat: 5 });
  });
  return ticketId;
}
