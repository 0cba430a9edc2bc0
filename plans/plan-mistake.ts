import { nearest } from "@firebreak/kit/nearest.ts";

/** One thing wrong with a plan, before it has a line and a column. */
export interface PlanMistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Whether the key or the value is to be pointed at. */
  readonly at: "key" | "value";
}

/** A mistake when `name` is none of `known`. */
export function unknownName(
  what: string,
  name: string,
  { known, path }: { readonly known: readonly string[]; readonly path: PlanMistake["path"] },
): PlanMistake[] {
  if (known.includes(name)) return [];
  const guess = nearest(name, known);
  const hint = guess
    ? `did you mean "${guess}"?`
    : `there are ${[...new Set(known)].join(", ") || "none"}`;
  return [{ path, message: `there is no ${what} "${name}"; ${hint}`, at: "value" }];
}

/**
 * Makes a check pass over what it cannot read: a draft that does not fit the schema may lack anything, and then the
 * schema's own problems say so.
 */
export const tolerant =
  <Arguments extends unknown[]>(check: (...given: Arguments) => PlanMistake[]) =>
  (...given: Arguments): PlanMistake[] => {
    try {
      return check(...given);
    } catch (error) {
      if (error instanceof TypeError) return [];
      throw error;
    }
  };

/** Indexes of the values that stand earlier in the list already. */
export const repeated = (values: readonly (string | number)[]): number[] =>
  values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
