import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { isMended } from "@firebreak/simulator/scenarios/executed-repair.ts";
import type { ScenarioMachine } from "@firebreak/simulator/scenarios/scenario-machine.ts";
import type { TicketSummary } from "@firebreak/tickets/ticket.ts";
import type { Counter } from "./staff/counter.ts";

interface Repairable {
  readonly machine: Pick<ScenarioMachine, "machineId" | "faults" | "repair">;
  readonly plan: Plan;
}

/**
 * What tickets say that people repaired is done to the simulated machines: the fault that was found is gone when its cause
 * and its part were the right ones, and goes on otherwise. Only the hub's tickets are asked.
 */
export class ExecutedRepairs {
  readonly #seen = new Set<string>();
  readonly #counter: Pick<Counter, "all" | "ticket">;

  constructor(counter: Pick<Counter, "all" | "ticket">) {
    this.#counter = counter;
  }

  async look(machines: readonly Repairable[]): Promise<void> {
    const path = "tickets?state=verifying&kind=work&limit=200";
    for (const ticket of await this.#counter.all<TicketSummary>(path)) {
      const key = `${ticket.ticketId}/${ticket.reopenCount}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const owner = machines.find(({ machine }) => machine.machineId === ticket.machineId);
      if (owner && ticket.outcome === "fixed") await this.#execute(owner, ticket);
    }
  }

  async #execute({ machine, plan }: Repairable, ticket: TicketSummary): Promise<void> {
    const partsUsed: string[] = [];
    for (const childId of ticket.childIds) {
      const { parts } = await this.#counter.ticket(childId);
      partsUsed.push(
        ...parts.flatMap(({ state, partNo }) => (state === "consumed" ? [partNo] : [])),
      );
    }
    const said = { ...ticket.confirmedFault, partsUsed };
    for (const { fault, failureMode, cause, repairedAt } of machine.faults())
      if (repairedAt === null && isMended(plan, { failureMode, cause }, said))
        machine.repair(fault);
  }
}
