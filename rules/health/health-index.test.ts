import { describe, expect, test } from "vitest";
import type { MachineState } from "../engine/machine-state.ts";
import type { Finding } from "../finding.ts";
import { healthIndex } from "./health-index.ts";

const finding = (severity: Finding["severity"], isHistory = false) =>
  ({ severity, isHistory }) as Finding;
const state = (findings: Finding[], newestAt: string | null = "2026-05-01T08:00:00Z") =>
  ({ findings, newestAt }) as unknown as MachineState;

describe("healthIndex", () => {
  test.each([
    { name: "is full without findings", given: state([]), index: 100 },
    { name: "falls with a warning", given: state([finding("warning")]), index: 60 },
    { name: "falls far with a critical finding", given: state([finding("critical")]), index: 25 },
    {
      name: "falls further with each",
      given: state([finding("critical"), finding("info")]),
      index: 21,
    },
    { name: "leaves history out", given: state([finding("critical", true)]), index: 100 },
    { name: "is unknown without data", given: state([], null), index: null },
    { name: "is unknown for a machine never heard of", given: undefined, index: null },
  ])("$name", ({ given, index }) => {
    expect(healthIndex(given)).toBe(index);
  });
});
