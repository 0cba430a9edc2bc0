import { isForEach } from "./due-orders.ts";
import type {
  Scenario,
  ScenarioForEach,
  ScenarioMistake,
  ScenarioOrder,
} from "./scenario-schema.ts";

type OneOrder = Omit<ScenarioOrder, "atHour">;

const names = /\$([a-z][A-Za-z0-9]*)/g;

/** Orders that come too early or too late, and names that nobody keeps. Paths count from `orders`. */
export function mistakesOfOrders({
  orders = [],
  hours,
  machines,
}: Pick<Scenario, "orders" | "hours" | "machines">): readonly ScenarioMistake[] {
  const mistakes: ScenarioMistake[] = [];
  const kept = new Set<string>();
  const groups = machines.map(({ group }) => group);
  let lastHour = 0;
  for (const [at, order] of orders.entries()) {
    const { atHour } = order;
    if (atHour < lastHour)
      mistakes.push({ path: [at, "atHour"], message: "it comes before the order above it" });
    if (atHour >= hours)
      mistakes.push({ path: [at, "atHour"], message: `the scenario ends after ${hours} hours` });
    lastHour = Math.max(lastHour, atHour);
    if (isForEach(order)) mistakes.push(...mistakesOfEach(order, { at, kept, groups }));
    else mistakes.push(...unknownNames(order, kept).map((message) => ({ path: [at], message })));
  }
  return mistakes;
}

/** What they keep is forgotten behind them. */
function mistakesOfEach(
  { forEach, orders }: ScenarioForEach,
  of: {
    readonly at: number;
    readonly kept: ReadonlySet<string>;
    readonly groups: readonly string[];
  },
): readonly ScenarioMistake[] {
  const own = new Set([...of.kept, "machine"]);
  const wrong = orders.flatMap((order, index) =>
    unknownNames(order, own).map((message) => ({ path: [of.at, "orders", index], message })),
  );
  if (of.groups.includes(forEach)) return wrong;
  const message = `no such group; one of ${of.groups.join(", ")} is meant`;
  return [{ path: [of.at, "forEach"], message }, ...wrong];
}

/** Adds to `kept` what the order keeps. */
function unknownNames(order: OneOrder, kept: Set<string>): readonly string[] {
  const { path, body, keep = {}, expect = {} } = order;
  const text = `${path} ${JSON.stringify(body ?? {})}`;
  const named = [...text.matchAll(names)].map(([, name]) => name);
  const compared = Object.values(expect).map((one) =>
    one !== null && typeof one === "object" ? one.kept : "",
  );
  const wrong = [...named, ...compared].flatMap((name) =>
    name && !kept.has(name) ? [`no order above it keeps "${name}"`] : [],
  );
  for (const name of Object.keys(keep)) kept.add(name);
  return wrong;
}
