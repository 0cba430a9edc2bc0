import type { MachineState } from "@firebreak/rules/engine/machine-state.ts";
import { describe, expect, test } from "vitest";
import { healthIndex, toCondition } from "./health.ts";

const off = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" } as const;
const at = "2026-05-01T00:00:00.000Z";
const code = (spn: number, lamp?: "redStop" | "amberWarning"): MachineState["codes"][number] => {
  const lamps = lamp === undefined ? off : { ...off, [lamp]: "on" as const };
  return { sa: 0, spn, fmi: 4, oc: 1, lamps, state: "active", at };
};
const finding = (severity: "info" | "warning" | "critical", spn?: number) => ({
  findingId: `f-${spn}`,
  phase: "raised" as const,
  machineId: "m",
  ruleId: "r",
  planRef: "p@1",
  failureMode: "x",
  subject: "",
  severity,
  since: at,
  at,
  isOnset: true,
  isHistory: false,
  evidence:
    spn === undefined
      ? []
      : [
          {
            kind: "dtc" as const,
            spn,
            fmi: 4,
            oc: 1,
            sa: 0,
            lamps: off,
            from: at,
            to: at,
            rule: "r",
          },
        ],
});
const state = (about: Partial<MachineState>): MachineState => ({
  planRef: "p@1",
  epoch: "0",
  newestAt: at,
  contexts: [],
  findings: [],
  codes: [],
  faults: [],
  seenAt: {},
  late: { samples: 0, events: 0, batches: 0 },
  ...about,
});

describe("health index", () => {
  test.each([
    { name: "no data", about: { newestAt: null }, health: null },
    { name: "nothing wrong", about: {}, health: 100 },
    { name: "a code without a lamp", about: { codes: [code(1)] }, health: 90 },
    { name: "amber lamp", about: { codes: [code(1, "amberWarning")] }, health: 75 },
    { name: "red lamp", about: { codes: [code(1, "redStop")] }, health: 40 },
    {
      name: "a code and the finding about it count once",
      about: { codes: [code(1, "amberWarning")], findings: [finding("warning", 1)] },
      health: 75,
    },
    {
      name: "a mild finding does not soften a red lamp",
      about: { codes: [code(1, "redStop")], findings: [finding("info", 1)] },
      health: 40,
    },
    {
      name: "two findings",
      about: { findings: [finding("critical"), finding("warning")] },
      health: 27.5,
    },
  ])("$name: $health", ({ about, health }) => expect(healthIndex(state(about))).toBe(health));

  test("one thing more that is wrong never raises it, and it stays within 0 and 100", () => {
    const codes: MachineState["codes"][number][] = [];
    let before = 100;
    for (let spn = 0; spn < 40; spn++) {
      codes.push(code(spn, spn % 3 === 0 ? "redStop" : "amberWarning"));
      const now = healthIndex(state({ codes })) ?? 100;
      expect(now).toBeLessThanOrEqual(before);
      expect(now).toBeGreaterThanOrEqual(0);
      before = now;
    }
  });

  test("codes of a silent control unit are not active", () => {
    const codes = [{ ...code(1, "redStop"), state: "unknown" as const }];
    expect(toCondition(state({ codes }))).toMatchObject({ health: 100, activeCodes: [] });
  });
});
