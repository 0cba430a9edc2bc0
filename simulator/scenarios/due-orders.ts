import {
  machinesOf,
  type Scenario,
  type ScenarioForEach,
  type ScenarioOrder,
} from "./scenario-schema.ts";

/** An order as it is given: of one machine, where it is one of those that are given for each. */
export interface DueOrder extends ScenarioOrder {
  readonly machineId?: string;
}

export const isForEach = (order: ScenarioOrder | ScenarioForEach): order is ScenarioForEach =>
  "forEach" in order;

/** Every order by itself, in the order of their time; one machine after the other where they are for each. */
export function dueOrders({ orders = [], machines }: Scenario): readonly DueOrder[] {
  return orders.flatMap((order): readonly DueOrder[] => {
    if (!isForEach(order)) return [order];
    const { atHour } = order;
    const group = machines.find(({ group: name }) => name === order.forEach);
    return (group ? machinesOf(group) : []).flatMap((machineId) =>
      order.orders.map((one) => ({ ...one, atHour, machineId })),
    );
  });
}
