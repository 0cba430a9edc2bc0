import type { FailureMode, Plan } from "@firebreak/plans/plan-schema.ts";
import type { Evidence, Finding } from "@firebreak/rules/finding.ts";
import type { Actor } from "./vocabulary.ts";

export const dispatcher: Actor = { kind: "person", id: "user-1" };
const dark = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" } as const;
type Lamps = Extract<Evidence, { kind: "dtc" }>["lamps"];

export const dtc = (lamps: Partial<Lamps> = { amberWarning: "on" }, oc = 1): Evidence => ({
  kind: "dtc",
  spn: 100,
  fmi: 4,
  oc,
  sa: 0,
  lamps: { ...dark, ...lamps },
  from: "2026-03-01T08:00:00.000Z",
  to: "2026-03-01T08:00:10.000Z",
  rule: "active-codes",
});

export const signal = (quality = "good", observed = 80): Evidence => ({
  kind: "signal",
  signal: "engineOilPressure",
  unit: "kPa",
  observed: quality === "good" ? observed : null,
  limit: 100,
  quality,
  context: "running",
  from: "2026-03-01T08:00:00.000Z",
  to: "2026-03-01T08:00:10.000Z",
  rule: "oil-pressure-low",
});

export const finding = (facts: Partial<Finding> = {}): Finding => ({
  findingId: "f-1",
  phase: "raised",
  machineId: "M-1",
  ruleId: "active-codes",
  planRef: "loader@1",
  failureMode: "oil-pressure-sensor",
  subject: "",
  severity: "warning",
  since: "2026-03-01T08:00:00.000Z",
  at: "2026-03-01T08:00:10.000Z",
  isOnset: true,
  isHistory: false,
  evidence: [dtc()],
  ...facts,
});

const text = (en: string) => ({ en, "zh-CN": `${en}（中文）` });

const remedy = (kind: "repair" | "replace", words: string) => ({
  kind,
  procedureId: words.toLowerCase(),
  text: text(words),
  standardHours: 1,
});

const mode = (facts: object): FailureMode =>
  ({
    title: text("Oil pressure sensor"),
    component: "oil-pressure-sensor",
    nature: "sensor",
    faultClass: "electrical",
    ticket: "inspection",
    priority: "general",
    safetyRelated: false,
    origin: "rnd",
    reviewState: "approved",
    symptom: text("No number"),
    causes: [
      {
        id: "plug",
        text: text("Plug"),
        category: "other",
        observedCount: 1,
        remedies: [remedy("repair", "Seat")],
      },
      {
        id: "sensor",
        text: text("Sensor"),
        category: "part_damage",
        observedCount: 5,
        remedies: [{ ...remedy("replace", "Replace"), partNo: "FB-LT-OPS-01", quantity: 1 }],
      },
    ],
    checks: [{ check: text("Look"), expected: text("Seated"), signal: "engineOilPressure" }],
    parts: [
      { partNo: "FB-LT-PLUG-01", quantity: 1, probability: 0.3 },
      { partNo: "FB-LT-OPS-01", quantity: 1, probability: 0.6 },
    ],
    skill: "vehicle-electrics",
    standardHours: 1,
    ...facts,
  }) as unknown as FailureMode;

/** Only what tickets read. */
export const plan = {
  plan: "loader",
  version: 1,
  rules: {
    contexts: { running: { title: text("Engine running") } },
    rules: [
      { id: "active-codes", kind: "active-dtc" },
      {
        ...{ id: "oil-pressure-low", kind: "threshold", failureMode: "oil-pressure-low" },
        ...{ signal: "engineOilPressure", below: 100 },
      },
      { id: "brake-slip", kind: "threshold", failureMode: "brakes" },
    ],
  },
  service: {
    tier: "above",
    emergency: { slaProfile: "tiered_3" },
    failureModes: {
      "oil-pressure-sensor": mode({}),
      "oil-pressure-low": mode({ ticket: "repair", priority: "major", parts: [] }),
      brakes: mode({ priority: "planned", safetyRelated: true, parts: [] }),
      "oil-pump": mode({ parts: [{ partNo: "FB-LT-OP-01", quantity: 1, probability: 0.9 }] }),
      unproved: mode({ reviewState: "draft", ticket: "repair" }),
      exotic: mode({ parts: [{ partNo: "NOT-IN-MASTER", quantity: 2, probability: 0.5 }] }),
    },
  },
} as unknown as Plan;
