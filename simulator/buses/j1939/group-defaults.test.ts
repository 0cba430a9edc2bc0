import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { expect, test } from "vitest";
import { mannerOf } from "./group-defaults.ts";

/** What makers define for themselves. @see SAE J1939-21: PropB */
const isProprietary = (pgn: number) => pgn >= 65280 && pgn <= 65535;

test("every standard group that a plan names has a rate of its own, not one for makers' groups", () => {
  const named = new Set(
    listPlans().flatMap((id) =>
      Object.values(loadPlan(id).acquisition.signals).flatMap(({ j1939 }) => j1939?.pgn ?? []),
    ),
  );
  const known = (pgn: number) => mannerOf(pgn, true) === mannerOf(pgn, false);
  expect([...named].filter((pgn) => isProprietary(pgn) === known(pgn))).toEqual([]);
  expect(named.size).toBeGreaterThan(20);
});
