import type { Derived, DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { band } from "./band.ts";
import { cycle } from "./cycle.ts";
import { duration } from "./duration.ts";
import { integral } from "./integral.ts";
import type { Operator, OperatorFacts } from "./operator.ts";
import { difference, extreme, product, ratio, sum } from "./point.ts";
import { rate } from "./rate.ts";
import { window } from "./window.ts";

type Operators = {
  readonly [Name in Derived["operator"]]: (facts: OperatorFacts<DerivedOf<Name>>) => Operator;
};

/** Every operator that a plan may use. */
export const operators: Operators = {
  ratio,
  difference,
  product,
  sum,
  extreme,
  integral,
  rate,
  window,
  cycle,
  band,
  duration,
};

/** Makes the operator of a derived signal ready; once per plan. */
export function prepareOperator<One extends Derived>(facts: OperatorFacts<One>): Operator {
  const { operator } = facts.derived;
  // One table, so that an operator without an entry does not compile; the link between the two is lost on the way.
  const prepare = operators[operator] as (facts: OperatorFacts<One>) => Operator;
  return prepare(facts);
}
