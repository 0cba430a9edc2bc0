import type { Finding } from "@firebreak/rules/finding.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { carryOut, requireTicket } from "../ticket-work.ts";
import { finding, signal } from "../tickets.fixture.ts";
import type { Actor } from "../vocabulary.ts";
import type { World } from "../world.fixture.ts";
import type { LessonsTables } from "./lessons-tables.ts";

const engineer: Actor = { kind: "person", id: "E-1" };
const attempt = (result: "fixed" | "no_fault_found") => ({
  judgement: "looked at it",
  handling: "as the procedure says",
  result,
});

export const nothing = { result: "no_fault_found" } as const;
export const pump = { result: "fixed", faultCode: "oil-pressure-low", causeId: "sensor" } as const;

export type FieldWork = ReturnType<typeof fieldWork>;

/** What machines say and engineers do, for lessons to be learnt from. */
export function fieldWork(world: World) {
  let commands = 0;

  const order = (ticketId: string, given: TicketOrder) => {
    world.clock.advance(60_000);
    return world.db.transaction(async (tx) => {
      const work = world.service.begin(tx, engineer);
      const commandId = `learn-${commands++}`;
      return carryOut(work, await requireTicket(tx, ticketId), { ...given, commandId });
    });
  };

  const raised = (machineId: string, facts: Partial<Finding> = {}): Finding => ({
    ...finding({ findingId: `f-${commands++}`, machineId, ...facts }),
    at: new Date(world.clock.nowMs()).toISOString(),
  });

  const pressureLow = (machineId: string, observed = 80) =>
    raised(machineId, {
      ruleId: "oil-pressure-low",
      failureMode: "oil-pressure-low",
      evidence: [signal("good", observed)],
    });

  const opened = async (of: Finding): Promise<string | undefined> => {
    world.clock.advance(60_000);
    const changes = await world.apply(of);
    return changes.find(({ ticket }) => ticket.kind !== "parts")?.ticket.ticketId;
  };

  const required = async (of: Finding): Promise<string> => {
    const ticketId = await opened(of);
    if (ticketId === undefined) throw new TypeError("no ticket was opened");
    return ticketId;
  };

  /** The engineer goes, does something and hands in a report; the ticket is left to verification. */
  const report = async (
    ticketId: string,
    found: { result: "fixed" | "no_fault_found"; faultCode?: string; causeId?: string },
  ): Promise<void> => {
    const { result, ...cause } = found;
    const assignment = { engineerId: engineer.id, score: 1, reasons: [] };
    if ((await world.service.get(ticketId)).state === "new")
      await order(ticketId, { type: "assign", assignment });
    await order(ticketId, { type: "depart" });
    await order(ticketId, { type: "arrive", distanceKm: 0.1 });
    await order(ticketId, { type: "start-work", isSafetyChecked: true });
    await order(ticketId, {
      type: "finish",
      attempts: [attempt(result)],
      isMachineChecked: true,
      inspection: { isAnswered: true, isSurveyed: true, failedSteps: [] },
    });
    await order(ticketId, {
      type: "submit-report",
      reportId: `R-${commands++}`,
      cause: "as found",
      solution: "as done",
      preventionAdvice: "as advised",
      ...cause,
    });
  };

  const registerMachines = (count: number) =>
    world.db.transaction(async (tx) => {
      for (let at = 1; at <= count; at += 1)
        await tx
          .tables<OrganisationTables>()
          .insertInto("machine_files")
          .values({
            id: `M-${at}`,
            version: 1,
            search: "",
            body: JSON.stringify({ model: "L-5" }),
            serial_key: `S-${at}`,
            gateway_id: null,
            customer_id: null,
            site_id: null,
            region_id: "north",
            station_id: null,
            product_type: "loader",
            state: "in_service",
          })
          .execute();
    });

  const verdicts = async () =>
    (
      await world.db
        .tables<LessonsTables>()
        .selectFrom("rule_verdicts")
        .selectAll()
        .orderBy("rule_id")
        .execute()
    ).map(({ rule_id, verdict }) => `${rule_id}: ${verdict}`);

  return { order, raised, pressureLow, opened, required, report, registerMachines, verdicts };
}
