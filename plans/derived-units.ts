import type { Derived, DerivedOf, Operand } from "./derived-schema.ts";
import type { PlanMistake } from "./plan-mistake.ts";
import {
  combined,
  dimensionText,
  isSameDimension,
  secondsDimension,
  type UnitFacts,
  unitFacts,
  unitsOfDimension,
} from "./unit-dimensions.ts";

/** What an operator makes, before the plan's unit is held against it. */
type Result =
  | { readonly dimension: readonly number[]; readonly isPoint?: boolean }
  | { readonly wrong: string; readonly key: string };

/** Unit of a signal by its name; undefined where there is none. */
export type UnitOf = (signal: string) => string | undefined;

/** Whether the unit that the plan says is one of what is reckoned, in dimension. */
export function checkUnits(
  derived: Derived,
  unitOf: UnitOf,
  path: PlanMistake["path"],
): PlanMistake[] {
  const result = resultOf(derived, unitOf);
  if (result === undefined) return [];
  if ("wrong" in result)
    return [{ path: [...path, result.key], message: result.wrong, at: "value" }];
  const own = unitFacts(derived.unit);
  const fits =
    own !== undefined &&
    (own.is === "point") === (result.isPoint === true) &&
    isSameDimension(own.dimension, result.dimension);
  if (fits) return [];
  const units = result.isPoint ? ["°C"] : unitsOfDimension(result.dimension);
  const words =
    units.length > 0 ? `it can be in ${units.join(", ")}` : "plans have no unit for that";
  const message = `${derived.unit} does not measure what this ${derived.operator} gives (${dimensionText(result.dimension)}); ${words}`;
  return [{ path: [...path, "unit"], message, at: "value" }];
}

/** Undefined where a signal is not known, which is told elsewhere. */
function resultOf(derived: Derived, unitOf: UnitOf): Result | undefined {
  switch (derived.operator) {
    case "ratio":
      return pairOf(derived.of, ["by", derived.by], { unitOf, sign: -1 });
    case "product":
      return pairOf(derived.of, ["times", derived.times], { unitOf, sign: 1 });
    case "difference":
      return differenceOf(derived, unitOf);
    case "sum":
      return sumOf(derived, unitOf);
    case "extreme":
      return extremeOf(derived, unitOf);
    case "duration":
      return { dimension: secondsDimension };
    case "cycle":
      return cycleOf(derived, unitOf);
    case "integral":
    case "rate":
      return overTime(derived, unitOf);
    case "window":
    case "band":
      return statisticOf(derived, unitOf);
  }
}

const unitOfOperand = (operand: Operand, unitOf: UnitOf): string | undefined =>
  typeof operand === "string" ? unitOf(operand) : operand.unit;

const factsOf = (operand: Operand, unitOf: UnitOf): UnitFacts | undefined =>
  unitFacts(unitOfOperand(operand, unitOf) ?? "");

const nameOf = (operand: Operand): string =>
  typeof operand === "string" ? `"${operand}"` : `${operand.value} ${operand.unit}`;

const notAnAmount = (operand: Operand, facts: UnitFacts, key: string): Result =>
  facts.is === "code"
    ? { key, wrong: `${nameOf(operand)} is a code; it cannot be reckoned with` }
    : {
        key,
        wrong: `${nameOf(operand)} is a temperature in °C, which has no zero of its own; take a difference first`,
      };

function pairOf(
  of: Operand,
  [key, other]: readonly [key: string, other: Operand],
  { unitOf, sign }: { readonly unitOf: UnitOf; readonly sign: 1 | -1 },
): Result | undefined {
  const [one, two] = [factsOf(of, unitOf), factsOf(other, unitOf)];
  if (one === undefined || two === undefined) return undefined;
  if (one.is !== "amount") return notAnAmount(of, one, "of");
  if (two.is !== "amount") return notAnAmount(other, two, key);
  return { dimension: combined(one.dimension, two.dimension, sign) };
}

function differenceOf({ of, minus }: DerivedOf<"difference">, unitOf: UnitOf): Result | undefined {
  const [one, two] = [factsOf(of, unitOf), factsOf(minus, unitOf)];
  if (one === undefined || two === undefined) return undefined;
  if (one.is === "code") return notAnAmount(of, one, "of");
  if (two.is === "code") return notAnAmount(minus, two, "minus");
  const isOdd = one.is === "amount" && two.is === "point";
  if (isOdd || !isSameDimension(one.dimension, two.dimension))
    return {
      key: "minus",
      wrong: `${nameOf(minus)} (${unitOfOperand(minus, unitOf)}) cannot be taken from ${nameOf(of)} (${unitOfOperand(of, unitOf)})`,
    };
  return { dimension: one.dimension, isPoint: one.is === "point" && two.is === "amount" };
}

/** All of one dimension; undefined where one is not known. */
function alike(names: readonly string[], unitOf: UnitOf): Result | UnitFacts | undefined {
  const all = names.map((name) => factsOf(name, unitOf));
  const [first] = all;
  const [firstName = ""] = names;
  if (first === undefined) return undefined;
  for (const [at, facts] of all.entries()) {
    const name = names[at] ?? "";
    if (facts === undefined) return undefined;
    if (facts.is === "code") return notAnAmount(name, facts, "of");
    if (facts.is !== first.is || !isSameDimension(facts.dimension, first.dimension))
      return {
        key: "of",
        wrong: `${nameOf(name)} (${unitOf(name)}) does not measure the same as ${nameOf(firstName)} (${unitOf(firstName)})`,
      };
  }
  return first;
}

/** Shares of °C that come to one are a temperature again, those that come to nothing a difference. */
function sumOf({ of }: DerivedOf<"sum">, unitOf: UnitOf): Result | undefined {
  const facts = alike(
    of.map(({ signal }) => signal),
    unitOf,
  );
  if (facts === undefined || "wrong" in facts || !("is" in facts)) return facts;
  if (facts.is === "amount") return { dimension: facts.dimension };
  const shares = of.reduce((total, { times = 1 }) => total + times, 0);
  if (Math.abs(shares) < 1e-9) return { dimension: facts.dimension };
  if (Math.abs(shares - 1) < 1e-9) return { dimension: facts.dimension, isPoint: true };
  return {
    key: "of",
    wrong: `shares of temperatures in °C must come to 1 (a mean) or to 0 (a difference), not ${shares}`,
  };
}

function extremeOf({ of, extreme }: DerivedOf<"extreme">, unitOf: UnitOf): Result | undefined {
  const facts = alike(of, unitOf);
  if (facts === undefined || "wrong" in facts || !("is" in facts)) return facts;
  return { dimension: facts.dimension, isPoint: facts.is === "point" && extreme !== "spread" };
}

function overTime(
  { operator, of }: DerivedOf<"integral"> | DerivedOf<"rate">,
  unitOf: UnitOf,
): Result | undefined {
  const facts = factsOf(of, unitOf);
  if (facts === undefined) return undefined;
  if (facts.is === "code" || (facts.is === "point" && operator === "integral"))
    return notAnAmount(of, facts, "of");
  const sign = operator === "integral" ? 1 : -1;
  return { dimension: combined(facts.dimension, secondsDimension, sign) };
}

function statisticOf(
  derived: DerivedOf<"window"> | DerivedOf<"band">,
  unitOf: UnitOf,
): Result | undefined {
  const facts = factsOf(derived.of, unitOf);
  if (facts === undefined) return undefined;
  if (facts.is === "code") return notAnAmount(derived.of, facts, "of");
  const isSpread = derived.operator === "band" || derived.statistic === "standard-deviation";
  if (facts.is === "point" && derived.operator === "window" && derived.statistic === "rms")
    return notAnAmount(derived.of, facts, "of");
  return { dimension: facts.dimension, isPoint: facts.is === "point" && !isSpread };
}

function cycleOf({ of, feature }: DerivedOf<"cycle">, unitOf: UnitOf): Result | undefined {
  if (feature === "duration") return { dimension: secondsDimension };
  const facts = of === undefined ? undefined : factsOf(of, unitOf);
  if (of === undefined || facts === undefined) return undefined;
  if (facts.is === "code") return notAnAmount(of, facts, "of");
  return { dimension: facts.dimension, isPoint: facts.is === "point" && feature !== "rise" };
}
