import { type PlanMistake, repeated, tolerant, unknownName } from "./plan-mistake.ts";
import type { FailureMode, Plan, Remedy } from "./plan-schema.ts";

type Path = PlanMistake["path"];
type Cause = FailureMode["causes"][number];

/** Failure mode of codes that no plan knows; no plan may use the name. */
const reservedMode = "uncatalogued";

/**
 * The fault catalogue of a plan (FC-2, FC-3, FC-6, PL-5): what each entry names must be there, remedies must suit their
 * cause, and causes stand in their order. That fault codes are unique (FC-1) follows from their being keys; who owns a trouble code is checked apart.
 */
export function checkCatalogue(plan: Plan): PlanMistake[] {
  return Object.entries(plan.service.failureModes).flatMap(([id, mode]) =>
    tolerant(checkFailureMode)(plan, id, mode),
  );
}

function checkFailureMode(plan: Plan, id: string, mode: FailureMode): PlanMistake[] {
  const path = ["service", "failureModes", id];
  const found: PlanMistake[] = [];
  if (id === reservedMode)
    found.push({ path, message: `the name "${id}" is reserved; choose another`, at: "key" });
  return [
    ...found,
    ...tolerant(checkSignals)(plan, mode, path),
    ...tolerant(checkPartLines)(plan, mode, path),
    ...tolerant(checkCauses)(plan, mode, path),
  ];
}

function checkSignals({ acquisition }: Plan, { checks }: FailureMode, path: Path): PlanMistake[] {
  const known = Object.keys(acquisition.signals);
  return checks.flatMap(({ signal }, index) =>
    signal === undefined
      ? []
      : unknownName("signal", signal, { known, path: [...path, "checks", index, "signal"] }),
  );
}

function checkPartLines(plan: Plan, { parts }: FailureMode, path: Path): PlanMistake[] {
  return [
    ...unknownParts(
      plan,
      parts.map(({ partNo }, index) => [partNo, [...path, "parts", index, "partNo"]]),
    ),
    ...repeated(parts.map(({ partNo }) => partNo)).map(
      (index): PlanMistake => ({
        path: [...path, "parts", index, "partNo"],
        message: "is listed already; give one line with the whole quantity",
        at: "value",
      }),
    ),
  ];
}

function checkCauses(plan: Plan, { causes }: FailureMode, path: Path): PlanMistake[] {
  return [
    ...repeated(causes.map(({ id }) => id)).map(
      (index): PlanMistake => ({
        path: [...path, "causes", index, "id"],
        message: "is the id of an earlier cause of this failure mode",
        at: "value",
      }),
    ),
    ...causes.flatMap((cause, index) => [
      ...inOrder(causes, index, path),
      ...tolerant(checkCause)(plan, cause, [...path, "causes", index]),
    ]),
  ];
}

/** FC-6: the more often a cause was observed, the higher it stands, here as on every ticket. */
function inOrder(causes: readonly Cause[], index: number, path: Path): PlanMistake[] {
  const [above, cause] = [causes[index - 1], causes[index]];
  if (above === undefined || cause === undefined || cause.observedCount <= above.observedCount)
    return [];
  return [
    {
      path: [...path, "causes", index, "observedCount"],
      message: `was observed more often than "${above.id}" above it; the most frequent cause stands first`,
      at: "value",
    },
  ];
}

function checkCause(plan: Plan, cause: Cause, path: Path): PlanMistake[] {
  const { remedies } = cause;
  return [
    ...suitCategory(cause, path),
    ...remedies.flatMap((remedy, index) => checkRemedy(remedy, [...path, "remedies", index])),
    ...unknownParts(
      plan,
      remedies.flatMap(({ partNo }, index): [string, Path][] =>
        partNo === undefined ? [] : [[partNo, [...path, "remedies", index, "partNo"]]],
      ),
    ),
  ];
}

/** FC-3: what is damaged is replaced, what was done wrong is put right. */
function suitCategory({ category, remedies }: Cause, path: Path): PlanMistake[] {
  const replaces = remedies.some(({ kind }) => kind === "replace");
  if (category === "part_damage" && !replaces)
    return [
      {
        path: [...path, "category"],
        message: "a damaged part is replaced: give a remedy of kind replace, or another category",
        at: "value",
      },
    ];
  if (category === "part_damage" || !replaces) return [];
  return remedies.flatMap(({ kind }, index) =>
    kind === "replace"
      ? [
          {
            path: [...path, "remedies", index, "kind"],
            message: `a cause of category ${category} is repaired, not replaced; write repair, or category part_damage`,
            at: "value" as const,
          },
        ]
      : [],
  );
}

/** FC-2: a replacement names its part, and nothing else does. */
function checkRemedy({ kind, partNo, quantity }: Remedy, path: Path): PlanMistake[] {
  if (kind === "replace")
    return partNo === undefined
      ? [{ path, message: 'a replacement names its part: give "partNo"', at: "value" }]
      : [];
  const given = { partNo, quantity };
  return (["partNo", "quantity"] as const).flatMap((key) =>
    given[key] === undefined
      ? []
      : [{ path: [...path, key], message: "a repair replaces no part; remove it", at: "key" }],
  );
}

/** PL-5: part numbers that a plan names are among its own parts. */
export function unknownParts(
  { service: { parts = [] } }: Plan,
  named: readonly (readonly [string, Path])[],
): PlanMistake[] {
  const known = [...new Set(parts.map(({ partNo }) => partNo))];
  return named.flatMap(([partNo, path]) =>
    unknownName("part in service.parts with number", partNo, { known, path }),
  );
}
