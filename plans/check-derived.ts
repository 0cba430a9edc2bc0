import { basesOf, derivedOf, inputsOf } from "./derived-inputs.ts";
import type { Derived, DerivedOf } from "./derived-schema.ts";
import { checkUnits } from "./derived-units.ts";
import { type PlanMistake, tolerant, unknownName } from "./plan-mistake.ts";
import type { Plan } from "./plan-schema.ts";

/** So many bound what a machine's rule state takes: about 1 KiB each at most. Engineering default. */
export const mostDerived = 24;
/** Frequencies of one band that are looked at; each is two numbers of state. Engineering default. */
export const mostBins = 64;
/** Those below lie in the shadow of what does not change. @see F. J. Harris, On the use of windows, 1978 (Hann) */
export const lowestBin = 2;

/** Inputs, circles, units and bounds of what a plan derives. */
export function checkDerived(plan: Plan): PlanMistake[] {
  const definitions = Object.entries(derivedOf(plan));
  const found: PlanMistake[] = [];
  if (definitions.length > mostDerived)
    found.push({
      path: ["rules", "derived"],
      message: `a plan may derive ${mostDerived} signals, not ${definitions.length}`,
      at: "key",
    });
  return [
    ...found,
    ...definitions.flatMap(([name, derived]) => [
      ...tolerant(checkNames)(plan, name, derived),
      ...tolerant(checkCircle)(plan, name),
      ...tolerant(checkOwnUnits)(plan, name, derived),
      ...tolerant(checkFigures)(name, derived),
    ]),
  ];
}

const pathOf = (name: string): PlanMistake["path"] => ["rules", "derived", name];

const unitIn = (plan: Plan) => (name: string) =>
  plan.acquisition.signals[name]?.unit ?? derivedOf(plan)[name]?.unit;

const checkOwnUnits = (plan: Plan, name: string, derived: Derived): PlanMistake[] =>
  checkUnits(derived, unitIn(plan), pathOf(name));

function checkNames(plan: Plan, name: string, derived: Derived): PlanMistake[] {
  const { acquisition, rules } = plan;
  const path = pathOf(name);
  const known = [...Object.keys(acquisition.signals), ...Object.keys(derivedOf(plan))];
  const found = inputPlaces(derived).flatMap(([input, place]) =>
    unknownName("signal", input, { known, path: [...path, ...place] }),
  );
  if (name in acquisition.signals)
    found.push({ path, message: `"${name}" is a signal that is measured`, at: "key" });
  if (derived.context === undefined) return found;
  const contexts = Object.keys(rules.contexts);
  return [
    ...found,
    ...unknownName("context", derived.context, { known: contexts, path: [...path, "context"] }),
  ];
}

/** Where in a definition each input stands. */
function inputPlaces(derived: Derived): [string, (string | number)[]][] {
  const names = new Set(inputsOf(derived));
  const places: [string, (string | number)[]][] = [];
  const look = (value: unknown, place: (string | number)[]) => {
    if (typeof value === "string" && names.has(value)) places.push([value, place]);
    else if (typeof value === "object" && value !== null)
      for (const [key, inner] of Object.entries(value))
        look(inner, [...place, Array.isArray(value) ? Number(key) : key]);
  };
  for (const key of ["of", "by", "minus", "times", "condition"] as const)
    if (key in derived) look((derived as Record<string, unknown>)[key], [key]);
  return places;
}

/** The shortest way from a derived signal back to itself, by inputs and contexts. */
function checkCircle(plan: Plan, name: string): PlanMistake[] {
  const definitions = derivedOf(plan);
  const ways: string[][] = [[name]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const derived = definitions[way.at(-1) ?? ""];
    if (derived === undefined) continue;
    for (const base of basesOf(derived, plan.rules.contexts)) {
      if (base === name) {
        const message = `rests on itself: ${[...way, name].join(" <- ")}`;
        return [{ path: pathOf(name), message, at: "key" }];
      }
      if (seen.has(base)) continue;
      seen.add(base);
      ways.push([...way, base]);
    }
  }
  return [];
}

function checkFigures(name: string, derived: Derived): PlanMistake[] {
  const path = pathOf(name);
  const [min = 0, max = 0] = derived.range;
  const found: PlanMistake[] = [];
  if (min >= max)
    found.push({
      path: [...path, "range"],
      message: `the first number must be less than the second, not ${min} and ${max}`,
      at: "value",
    });
  return [...found, ...ownFigures(derived, path)];
}

function ownFigures(derived: Derived, path: PlanMistake["path"]): PlanMistake[] {
  switch (derived.operator) {
    case "window":
      return (derived.statistic === "quantile") === (derived.quantile !== undefined)
        ? []
        : [{ path, message: 'give "quantile" with statistic quantile, and only then', at: "key" }];
    case "cycle":
      return checkCycle(derived, path);
    case "band":
      return checkBand(derived, path);
    case "duration": {
      const { above, below } = derived.condition;
      if (above === undefined && below === undefined)
        return [
          { path: [...path, "condition"], message: 'give "above", "below" or both', at: "value" },
        ];
      return [];
    }
    default:
      return [];
  }
}

function checkCycle(
  { by, feature, of }: DerivedOf<"cycle">,
  path: PlanMistake["path"],
): PlanMistake[] {
  const found: PlanMistake[] = [];
  if ("signal" in by && by.below > by.above)
    found.push({
      path: [...path, "by", "below"],
      message: `must be at most ${by.above}, where a cycle begins`,
      at: "value",
    });
  if ((feature === "duration") === (of !== undefined))
    found.push({
      path: [...path, "feature"],
      message: 'a duration has no "of"; every other feature says of which signal it is',
      at: "value",
    });
  return found;
}

/** The frequencies a block of so many seconds resolves lie 1/seconds apart, and end at half the sampling rate. */
function checkBand(
  { fromHz, toHz, samplesPerSecond, windowSeconds }: DerivedOf<"band">,
  path: PlanMistake["path"],
): PlanMistake[] {
  const found: PlanMistake[] = [];
  const say = (key: string, message: string) =>
    found.push({ path: [...path, key], message, at: "value" });
  if (fromHz > toHz) say("fromHz", `must be at most ${toHz}, where the band ends`);
  if (toHz >= samplesPerSecond / 2)
    say("toHz", `must be less than ${samplesPerSecond / 2}: half the samples per second`);
  if (fromHz * windowSeconds < lowestBin)
    say(
      "fromHz",
      `must be at least ${lowestBin / windowSeconds} with blocks of ${windowSeconds} s`,
    );
  const bins = Math.floor(toHz * windowSeconds) - Math.ceil(fromHz * windowSeconds) + 1;
  if (bins > mostBins || bins < 1)
    say(
      "windowSeconds",
      `gives ${Math.max(bins, 0)} frequencies between ${fromHz} and ${toHz} Hz; 1 to ${mostBins} are possible`,
    );
  if (samplesPerSecond * windowSeconds > 8192)
    say("windowSeconds", `gives ${samplesPerSecond * windowSeconds} samples; 8192 are possible`);
  return found;
}
