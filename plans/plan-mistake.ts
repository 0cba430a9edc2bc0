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
  const hint = guess ? `did you mean "${guess}"?` : `there are ${known.join(", ") || "none"}`;
  return [{ path, message: `there is no ${what} "${name}"; ${hint}`, at: "value" }];
}
