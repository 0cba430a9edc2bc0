import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { People } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { ScenarioMachine } from "@firebreak/simulator/scenarios/scenario-machine.ts";
import type { Counter } from "./counter.ts";

/** A machine stood still, and its operator rang. */
export interface Call {
  readonly machineId: string;
  readonly fault: string;
  /** ISO 8601. */
  readonly stoppedAt: string;
  readonly calledAt: string;
  readonly ticketId: string;
}

interface Watched {
  readonly machine: ScenarioMachine;
  readonly plan: Plan;
}

const hourMs = 3_600_000;

/** Operators whose machine stands still ring after a while, once for each failure. */
export class Customers {
  readonly calls: Call[] = [];
  readonly #rung = new Set<string>();
  readonly #counter: Counter;
  readonly #people: People;

  constructor(counter: Counter, people: People) {
    this.#counter = counter;
    this.#people = people;
  }

  async ring(machines: readonly Watched[], nowMs: number): Promise<void> {
    for (const watched of machines)
      for (const {
        fault,
        failureMode,
        failedAt,
        repairedAt,
        stopsTheMachine,
      } of watched.machine.faults()) {
        const key = `${watched.machine.machineId}/${fault}`;
        if (failedAt === null || repairedAt !== null || !stopsTheMachine || this.#rung.has(key))
          continue;
        if (nowMs < Date.parse(failedAt) + this.#people.callHours.value * hourMs) continue;
        this.#rung.add(key);
        await this.#ring(watched, { fault, failureMode, stoppedAt: failedAt, nowMs });
      }
  }

  async #ring(
    { machine, plan }: Watched,
    of: {
      readonly fault: string;
      readonly failureMode: string;
      readonly stoppedAt: string;
      readonly nowMs: number;
    },
  ): Promise<void> {
    const { triage } = this.#people;
    const { machineId } = machine;
    const told = plan.service.failureModes[of.failureMode]?.symptom["zh-CN"];
    const answer = await this.#counter.must("reports", {
      ...{ machineId, way: "phone" },
      symptom: triage && told !== undefined ? told : "设备停了，来人看看",
      machineStopped: triage,
    });
    const { report } = answer as { readonly report: { readonly ticketId?: string } };
    const { fault, stoppedAt } = of;
    const calledAt = new Date(of.nowMs).toISOString();
    this.calls.push({ machineId, fault, stoppedAt, calledAt, ticketId: report.ticketId ?? "" });
  }
}
