import type { Plan } from "./plan-schema.ts";

export interface PlanMistake {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly at: "key" | "value";
}

/** What the schema cannot say: references, uniqueness, overlaps. `folder` is the name of the plan's folder, if known. */
export function findMistakes(_plan: Plan, _folder: string | undefined): readonly PlanMistake[] {
  return [];
}
