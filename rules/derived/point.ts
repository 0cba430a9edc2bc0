import type { DerivedOf, Operand } from "@firebreak/plans/derived-schema.ts";
import type { OperatorFacts, PointOperator } from "./operator.ts";

/** An operand in base units: a constant, or an input with its factor. */
interface Term {
  readonly input: number;
  readonly factor: number;
  readonly constant: number;
}

function termOf(operand: Operand, { inputs, factorOf, unitOf }: OperatorFacts): Term {
  if (typeof operand !== "string")
    return { input: -1, factor: 0, constant: operand.value * factorOf(operand.unit) };
  const factor = factorOf(unitOf(operand));
  return { input: inputs.indexOf(operand), factor, constant: 0 };
}

const amount = ({ input, factor, constant }: Term, operands: Float64Array): number =>
  input < 0 ? constant : factor * (operands[input] as number);

type Combine = (one: number, other: number) => number;

function pair(
  facts: OperatorFacts,
  [of, other]: readonly [Operand, Operand],
  combine: Combine,
): PointOperator {
  const [one, two] = [termOf(of, facts), termOf(other, facts)];
  const unit = facts.factorOf(facts.derived.unit);
  return {
    takes: "values",
    combine(operands, exchange) {
      exchange.result = combine(amount(one, operands), amount(two, operands)) / unit;
    },
  };
}

/** By nothing there is no ratio: NaN, not infinity. */
const divide: Combine = (one, other) => (other === 0 ? Number.NaN : one / other);

export const ratio = (facts: OperatorFacts<DerivedOf<"ratio">>): PointOperator =>
  pair(facts, [facts.derived.of, facts.derived.by], divide);

export const difference = (facts: OperatorFacts<DerivedOf<"difference">>): PointOperator =>
  pair(facts, [facts.derived.of, facts.derived.minus], (one, other) => one - other);

export const product = (facts: OperatorFacts<DerivedOf<"product">>): PointOperator =>
  pair(facts, [facts.derived.of, facts.derived.times], (one, other) => one * other);

export function sum(facts: OperatorFacts<DerivedOf<"sum">>): PointOperator {
  const { of, plus = 0, unit } = facts.derived;
  const terms = of.map(({ signal, times = 1 }) => {
    const { input, factor } = termOf(signal, facts);
    return { input, factor: (factor * times) / facts.factorOf(unit) };
  });
  return {
    takes: "values",
    combine(operands, exchange) {
      let total = plus;
      for (const { input, factor } of terms) total += factor * (operands[input] as number);
      exchange.result = total;
    },
  };
}

/** One input that is not available hides which is the greatest, so there is no result without it. */
export function extreme(facts: OperatorFacts<DerivedOf<"extreme">>): PointOperator {
  const { of, unit } = facts.derived;
  const terms = of.map((signal) => termOf(signal, facts));
  const factor = facts.factorOf(unit);
  return {
    takes: "values",
    combine(operands, exchange) {
      let greatest = Number.NEGATIVE_INFINITY;
      let least = Number.POSITIVE_INFINITY;
      for (const term of terms) {
        const one = amount(term, operands);
        greatest = Math.max(greatest, one); // NaN stays NaN
        least = Math.min(least, one);
      }
      const wanted = facts.derived.extreme;
      const result =
        wanted === "greatest" ? greatest : wanted === "least" ? least : greatest - least;
      exchange.result = result / factor;
    },
  };
}
