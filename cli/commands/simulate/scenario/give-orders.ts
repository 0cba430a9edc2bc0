import type { DueOrder } from "@firebreak/simulator/scenarios/due-orders.ts";
import type { ScenarioOrder } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { HubCaller } from "./hub-caller.ts";

type Expected = NonNullable<ScenarioOrder["expect"]>[string];

/** What came of an order; `against` is empty when it was taken and answered as expected. */
export interface AnsweredOrder {
  readonly order: string;
  readonly against: readonly string[];
}

/** Gives orders one after the other and keeps what later ones name. */
export class OrderDesk {
  readonly answered: AnsweredOrder[] = [];
  /** By machine; under no name what orders of no machine keep, which all know. */
  readonly #kept = new Map<string, Kept>([["", new Map()]]);
  readonly #caller: Pick<HubCaller, "ask">;

  constructor(caller: Pick<HubCaller, "ask">) {
    this.#caller = caller;
  }

  async give({ order, path, body, keep = {}, expect = {}, machineId }: DueOrder): Promise<void> {
    const kept = this.#keptOf(machineId);
    const target = filled(path, kept);
    const content: unknown = body && JSON.parse(filled(JSON.stringify(body), kept));
    const { status, answer } = await this.#caller.ask(order, target, content);
    const against = status < 300 ? [] : [`${status} ${JSON.stringify(answer)}`];
    for (const [name, place] of Object.entries(keep)) {
      const value = valueAt(answer, place);
      if (typeof value === "string" || typeof value === "number") kept.set(name, value);
      else against.push(`${place} is neither text nor number`);
    }
    for (const [place, expected] of Object.entries(expect)) {
      const value = valueAt(answer, place);
      if (!isAs(value, expected, kept))
        against.push(`${place} is ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}`);
    }
    this.answered.push({ order: `${order} ${target}`, against });
  }

  #keptOf(machineId = ""): Kept {
    const known = this.#kept.get(machineId);
    if (known) return known;
    const own: Kept = new Map([...(this.#kept.get("") ?? []), ["machine", machineId]]);
    this.#kept.set(machineId, own);
    return own;
  }
}

type Kept = Map<string, string | number>;

function isAs(value: unknown, expected: Expected, kept: Kept): boolean {
  if (expected === null) return value === undefined || value === null;
  if (typeof expected !== "object") return value === expected;
  const wanted = Number(kept.get(expected.kept)) * expected.times;
  return typeof value === "number" && Math.abs(value - wanted) <= Math.abs(wanted) * 1e-9;
}

/** A name that nothing was kept for stays, so that the hub refuses it and the report shows it. */
const filled = (text: string, kept: Kept): string =>
  text.replace(/\$([a-z][A-Za-z0-9]*)/g, (whole, name: string) => String(kept.get(name) ?? whole));

const steps = /([^.[\]]+)|\[(\d+)\]|\[([^=\]]+)=([^\]]*)\]/g;

/** What stands at a place such as `parts[0].source.etaAt` or `sla[kind=arrival].status`; undefined: nothing. */
export function valueAt(answer: unknown, place: string): unknown {
  let value = answer;
  for (const [, name, index, key, wanted] of place.matchAll(steps)) {
    if (name !== undefined) value = fieldOf(value, name);
    else if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined;
    else if (key !== undefined)
      value = Array.isArray(value)
        ? value.find((one) => String(fieldOf(one, key)) === wanted)
        : undefined;
  }
  return value;
}

const fieldOf = (value: unknown, name: string): unknown =>
  value !== null && typeof value === "object"
    ? new Map(Object.entries(value)).get(name)
    : undefined;
