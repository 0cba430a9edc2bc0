import type { Evidence, Fact, LifeForecast } from "../finding.ts";
import { chanceBy } from "../health/life-outlook.ts";
import type { DayVerdict } from "./history-kind.ts";

/** A failure is believed from this chance on. @see domain.md §3.10, predicted_failure */
const leastConfidence = 0.7;
const secondsPerDay = 86_400;

/** Of days that are left: it speaks when their median lies within the horizon, and the chance of that is 0.7 or more. */
export function lifeVerdict(
  day: number,
  life: Omit<LifeForecast, "confidence">,
  horizonDays: number,
): DayVerdict {
  const confidence = chanceBy(life, horizonDays);
  const speaks = life.p50Days <= horizonDays && confidence >= leastConfidence;
  return { day, speaks, forecast: { ...life, confidence } };
}

/** What evidence says of it; without a forecast the common sentence is said, and it is a prediction all the same. */
export function saysOfLife(
  forecast: LifeForecast | undefined,
): Pick<Extract<Evidence, { kind: "signal" }>, "confidence" | "says"> {
  if (forecast === undefined) return { says: { word: "remaining-life", facts: {} } };
  const left = (days: number): Fact => ({ is: "duration", seconds: days * secondsPerDay });
  const { p10Days, p50Days, p90Days, confidence } = forecast;
  const facts = { p10: left(p10Days), p50: left(p50Days), p90: left(p90Days) };
  return { confidence, says: { word: "remaining-life", facts } };
}
