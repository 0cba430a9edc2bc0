import type { Organisation } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import { ExecutedRepairs } from "../executed-repairs.ts";
import type { HubCaller } from "../hub-caller.ts";
import { Counter } from "./counter.ts";
import { Crew } from "./crew.ts";
import { type Call, Customers } from "./customers.ts";
import { FieldPeople, type ServedMachine } from "./field-people.ts";
import { layOutStock, restock } from "./set-up.ts";
import { StorePeople } from "./store-people.ts";

const dayMs = 86_400_000;

/** Everybody of one organisation who works with its hub. */
export interface Staff {
  readonly calls: readonly Call[];
  /** Orders that the hub did not take, by order and reason. */
  readonly refused: ReadonlyMap<string, number>;
  /** What people do at this time of the hub's clock, and what becomes of the machines. */
  work(machines: readonly ServedMachine[], nowMs: number): Promise<void>;
}

/** Lays out the stock and meets the people. @throws CodedError HUB_REFUSED */
export async function startStaff(
  caller: Pick<HubCaller, "ask">,
  of: {
    readonly organisation: Organisation;
    readonly startMs: number;
  },
): Promise<Staff> {
  const { organisation, startMs } = of;
  const counter = new Counter(caller);
  await layOutStock(counter, organisation);
  const repairs = new ExecutedRepairs(counter);
  const { people } = organisation;
  if (!people) return { calls: [], refused: counter.refused, work: async () => undefined };
  const crew = new Crew(counter, people);
  await crew.meet();
  const customers = new Customers(counter, people);
  const store = new StorePeople(counter, people);
  const field = new FieldPeople(counter, { people, crew });
  const everyMs = organisation.restockDays.value * dayMs;
  let restockedMs = startMs;
  return {
    calls: customers.calls,
    refused: counter.refused,
    async work(machines, nowMs) {
      await customers.ring(machines, nowMs);
      if (nowMs >= restockedMs + everyMs) {
        restockedMs = nowMs;
        await restock(counter, organisation);
      }
      await store.work(nowMs);
      await field.work(machines, nowMs);
      await repairs.look(machines);
    },
  };
}
