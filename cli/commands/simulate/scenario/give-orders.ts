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
  readonly #kept = new Map<string, string | number>();
  readonly #caller: Pick<HubCaller, "ask">;

  constructor(caller: Pick<HubCaller, "ask">) {
    this.#caller = caller;
  }

  async give({ order, path, body, keep = {}, expect = {} }: ScenarioOrder): Promise<void> {
    const target = this.#filled(path);
    const content: unknown = body && JSON.parse(this.#filled(JSON.stringify(body)));
    const { status, answer } = await this.#caller.ask(order, target, content);
    const against = status < 300 ? [] : [`${status} ${JSON.stringify(answer)}`];
    for (const [name, place] of Object.entries(keep)) {
      const value = valueAt(answer, place);
      if (typeof value === "string" || typeof value === "number") this.#kept.set(name, value);
      else against.push(`${place} is neither text nor number`);
    }
    for (const [place, expected] of Object.entries(expect)) {
      const value = valueAt(answer, place);
      if (!this.#isAs(value, expected))
        against.push(`${place} is ${JSON.stringify(value)} instead of ${JSON.stringify(expected)}`);
    }
    this.answered.push({ order: `${order} ${target}`, against });
  }

  #isAs(value: unknown, expected: Expected): boolean {
    if (typeof expected !== "object") return value === expected;
    const wanted = Number(this.#kept.get(expected.kept)) * expected.times;
    return typeof value === "number" && Math.abs(value - wanted) <= Math.abs(wanted) * 1e-9;
  }

  /** A name that nothing was kept for stays, so that the hub refuses it and the report shows it. */
  #filled(text: string): string {
    return text.replace(/\$([a-z][A-Za-z0-9]*)/g, (whole, name: string) =>
      String(this.#kept.get(name) ?? whole),
    );
  }
}

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
