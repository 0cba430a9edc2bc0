import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Acquisition, SensorPlausibilityRule } from "./plan-schema.ts";

/** The signals that a sensor is compared with are there, and the twin measures the same. */
export function checkPlausibility(
  { signals }: Acquisition,
  { signal, companion, twin, apart }: SensorPlausibilityRule,
  path: PlanMistake["path"],
): PlanMistake[] {
  const known = Object.keys(signals);
  const named = (key: string, name: string | undefined) =>
    name === undefined ? [] : unknownName("signal", name, { known, path: [...path, key] });
  const found = [...named("companion", companion), ...named("twin", twin)];
  const mistake = (key: string, message: string) =>
    found.push({ path: [...path, key], message, at: "value" });
  if (twin === signal) mistake("twin", `"${twin}" is the signal itself; name another`);
  const [unit, other] = [signals[signal]?.unit, twin && signals[twin]?.unit];
  if (unit !== undefined && other && unit !== other)
    mistake("twin", `a twin measures in the same unit; "${twin}" is in ${other}, not in ${unit}`);
  if (apart !== undefined && twin === undefined)
    mistake("apart", 'there is no "twin" to be apart from; name it');
  return found;
}
