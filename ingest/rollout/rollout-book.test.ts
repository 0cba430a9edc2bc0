import { expect, test } from "vitest";
import type { Rollout, TargetState } from "./rollout.ts";
import { RolloutBook } from "./rollout-book.ts";

const rolloutOf = (
  version: number,
  state: Rollout["state"],
  states: Record<string, TargetState>,
): Rollout => ({
  rolloutId: `r${version}`,
  version,
  title: "t",
  state,
  reason: "",
  settings: { canaryCount: 1, soakMs: 0, wavePercent: 100, maxFailures: 0 },
  wave: 0,
  settledAtMs: null,
  createdBy: "admin",
  createdAtMs: 0,
  rollbackOf: null,
  targets: Object.entries(states).map(([gatewayId, one]) => ({
    gatewayId,
    wave: 0,
    version,
    previousVersion: 0,
    state: one,
    reason: "",
    problems: [],
    lostBefore: null,
    updatedAtMs: 0,
  })),
});
const ids = (rollouts: readonly Rollout[]) => rollouts.map(({ rolloutId }) => rolloutId);

test("keeps the newest, and what is not over", () => {
  const book = new RolloutBook(2, [
    rolloutOf(3, "done", { A: "confirmed" }),
    rolloutOf(2, "cancelled", { A: "sent" }),
    rolloutOf(1, "paused", { B: "waiting" }),
  ]);
  expect(ids(book.list())).toEqual(["r3", "r1"]);
  expect(() => book.known("r2")).toThrow("no such roll-out");
  book.put(rolloutOf(4, "running", { A: "waiting" }));
  expect([ids(book.list()), ids(book.open())]).toEqual([
    ["r4", "r1"],
    ["r1", "r4"],
  ]);
  book.put(rolloutOf(5, "running", { C: "waiting" }));
  expect(ids(book.list())).toEqual(["r5", "r4", "r1"]);
  book.put(rolloutOf(1, "cancelled", { B: "untouched" }));
  expect(ids(book.list())).toEqual(["r5", "r4"]);
});

test("a gateway's parts are those that are under way, and the one whose version it names", () => {
  const book = new RolloutBook(10, [
    rolloutOf(4, "running", { B: "sent", A: "waiting" }),
    rolloutOf(3, "cancelled", { A: "trying" }),
    rolloutOf(2, "done", { A: "confirmed" }),
    rolloutOf(1, "done", { A: "confirmed" }),
  ]);
  const parts = (gatewayId: string, version?: number) =>
    book
      .partsOf(gatewayId, version)
      .map(({ rollout, at, target }) => `${rollout.rolloutId}.${at} ${target.state}`);
  expect(parts("A")).toEqual(["r3.0 trying", "r4.1 waiting"]);
  expect(parts("A", 2)).toEqual(["r3.0 trying", "r4.1 waiting", "r2.0 confirmed"]);
  expect(parts("B", 2)).toEqual(["r4.0 sent"]);
  expect(parts("nobody", 9)).toEqual([]);
  book.put(rolloutOf(3, "cancelled", { A: "rolled-back" }));
  expect(parts("A")).toEqual(["r4.1 waiting"]);
});
