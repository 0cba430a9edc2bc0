import type { LimitTask } from "@firebreak/rules/prognosis/trend/forecast-crossing.ts";
import type { FileProblems } from "../../files/file-problems.ts";
import type { Line } from "../../files/read-lines.ts";

/** A signal up to now, a limit, how far to look ahead and a name to answer under. */
export interface NamedTask extends LimitTask {
  readonly id: string | number;
  /** Samples. */
  readonly horizon: number;
}

/** Fewer samples tell no trend from noise. Engineering default. */
const fewestSamples = 8;
/** Engineering defaults: beyond these a task is a mistake, and would only cost memory. */
const mostSamples = 10_000_000;
const farthestHorizon = 100_000;

type Fields = Readonly<Record<string, unknown>>;
type Complain = (key: string, message: string) => void;

/**
 * One line of the input as a task: `{"id", "values": […], "limit", "direction": "up"|"down", "horizon"}`; further fields
 * are left alone. Undefined where something is wrong, all of which goes into `problems`.
 */
export function readTask(path: string, line: Line, problems: FileProblems): NamedTask | undefined {
  const before = problems.count;
  const fields = parsed(path, line, problems);
  if (fields === undefined) return undefined;
  const complain: Complain = (key, message) => {
    const at = line.text.indexOf(JSON.stringify(key));
    problems.add({ path, line: line.number, column: at + 1 || 1, message: `${key}: ${message}` });
  };
  const task = {
    id: idOf(fields, complain),
    values: valuesOf(fields, complain),
    limit: numberOf(fields, "limit", complain),
    direction: directionOf(fields, complain),
    horizon: horizonOf(fields, complain),
  };
  return problems.count === before ? task : undefined;
}

function parsed(path: string, line: Line, problems: FileProblems): Fields | undefined {
  const place = { path, line: line.number };
  try {
    const value: unknown = JSON.parse(line.text);
    if (isObject(value)) return value;
    problems.add({ ...place, column: 1, message: "this is no JSON object" });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = Number(/at position (\d+)/.exec(message)?.[1] ?? 0);
    problems.add({
      ...place,
      column: at + 1,
      message: `this is no JSON: ${message.slice(0, 100)}`,
    });
  }
  return undefined;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function idOf({ id }: Fields, complain: Complain): string | number {
  if ((typeof id === "string" && id !== "") || typeof id === "number") return id;
  complain("id", id === undefined ? "is missing" : "must be a text or a number");
  return "";
}

function numberOf(fields: Fields, key: string, complain: Complain): number {
  const value = fields[key];
  if (typeof value === "number" && Number.isFinite(value)) return value;
  complain(key, value === undefined ? "is missing" : "must be a finite number");
  return 0;
}

function valuesOf({ values }: Fields, complain: Complain): readonly number[] {
  if (!Array.isArray(values)) {
    complain("values", values === undefined ? "is missing" : "must be a list of numbers");
    return [];
  }
  const numbers: number[] = [];
  for (const value of values) {
    if (typeof value === "number" && Number.isFinite(value)) numbers.push(value);
    else {
      const shown = JSON.stringify(value).slice(0, 30);
      complain("values", `value ${numbers.length + 1} is no finite number, but ${shown}`);
      return [];
    }
  }
  if (numbers.length < fewestSamples)
    complain("values", `${numbers.length} samples; at least ${fewestSamples} are needed`);
  if (numbers.length > mostSamples) complain("values", `more than ${mostSamples} samples`);
  return numbers;
}

function directionOf({ direction }: Fields, complain: Complain): "up" | "down" {
  if (direction === "up" || direction === "down") return direction;
  complain("direction", direction === undefined ? "is missing" : 'must be "up" or "down"');
  return "up";
}

function horizonOf(fields: Fields, complain: Complain): number {
  const horizon = numberOf(fields, "horizon", complain);
  if (fields.horizon === undefined || typeof fields.horizon !== "number") return horizon;
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > farthestHorizon)
    complain("horizon", `must be a whole number of samples, 1 to ${farthestHorizon}`);
  return horizon;
}
