import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { FailureMode, Plan, Rule, Signal } from "@firebreak/plans/plan-schema.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { ActiveDtcs, Dtc, Lamps } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { Finding } from "../finding.ts";
import type { RuleEngine } from "./rule-engine.ts";

const text = { en: "test", "zh-CN": "测试" };

const signal = (spn: number, sampling: Signal["sampling"] = "every"): Signal => ({
  title: text,
  unit: "kPa",
  scale: 1,
  offset: 0,
  range: [-1000, 1000],
  sampling,
  source: "engineering default",
  j1939: { spn, pgn: 65263, sa: 0, startByte: 1, startBit: 1, bits: 8, coding: "analog" },
});

const mode = (nature: FailureMode["nature"], dtcs?: FailureMode["dtcs"]): FailureMode => ({
  title: text,
  component: "part",
  nature,
  faultClass: "other",
  ticket: "inspection",
  priority: "general",
  safetyRelated: false,
  origin: "rnd",
  reviewState: "approved",
  ...(dtcs ? { dtcs } : {}),
  symptom: text,
  causes: [
    {
      id: "one",
      text,
      category: "other",
      observedCount: 0,
      remedies: [{ kind: "repair", procedureId: "look", text, standardHours: 1 }],
    },
  ],
  checks: [{ check: text, expected: text }],
  parts: [],
  skill: "any",
  standardHours: 1,
});

const common = { about: text, severity: "warning" } as const;

export const highRule = {
  ...common,
  id: "high",
  kind: "threshold",
  signal: "pressure",
  above: 100,
  hysteresis: 10,
  holdSeconds: 2,
  context: "running",
  failureMode: "too-high",
} as const satisfies Rule;

export const lostRule = {
  ...common,
  id: "lost",
  kind: "sensor-error",
  signal: "pressure",
  holdSeconds: 2,
  context: "running",
  failureMode: "sensor",
} as const satisfies Rule;

export const codeRule = {
  ...common,
  id: "code",
  kind: "active-dtc",
  minMessages: 3,
  holdSeconds: 1.5,
  silenceSeconds: 5,
} as const satisfies Rule;

/** Speed and pressure, one context, one rule of each kind. SPN 7 FMI 4 is the sensor, SPN 7 FMI 1 the component. */
export function testPlan(rules: readonly Rule[] = [highRule, lostRule, codeRule]): Plan {
  return {
    plan: "test",
    version: 3,
    title: text,
    acquisition: {
      maker: "test",
      models: ["test"],
      signals: {
        speed: signal(1),
        pressure: signal(7),
        slow: signal(9, { deadBand: 1, maxSilenceSeconds: 20 }),
      },
    },
    rules: {
      contexts: { running: { title: text, all: [{ signal: "speed", above: 500 }] } },
      rules: [...rules],
    },
    service: {
      productType: "test",
      tier: "meet",
      emergency: { slaProfile: "standard" },
      failureModes: {
        "too-high": mode("component", [{ spn: 7, fmis: [1] }]),
        other: mode("operation"),
        sensor: mode("sensor", [{ spn: 7, fmis: [4], sa: 0 }]),
      },
    },
  };
}

/** With all its failure modes related to safety: their episodes wait for a person. */
export function ofSafety({ service, ...plan }: Plan): Plan {
  const failureModes = Object.fromEntries(
    Object.entries(service.failureModes).map(([id, one]) => [id, { ...one, safetyRelated: true }]),
  );
  return { ...plan, service: { ...service, failureModes } };
}

export const dark: Lamps = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" };
export const amber: Lamps = { ...dark, amberWarning: "on" };
export const red: Lamps = { ...dark, redStop: "on" };
export const dtc = (spn: number, fmi: number, oc = 1): Dtc => ({ spn, fmi, oc, cm: 0 });

/** Something a machine says at `at` seconds: a sample, or a DM1. */
export type Said =
  | {
      readonly at: number;
      readonly signal: string;
      readonly value: number;
      readonly quality?: Quality;
    }
  | {
      readonly at: number;
      readonly dtcs: readonly Dtc[];
      readonly lamps?: Lamps;
      readonly sa?: number;
    };

export const startMs = Date.UTC(2026, 0, 1);
const startNs = BigInt(startMs) * 1_000_000n;
const nsOf = (seconds: number): bigint => startNs + BigInt(Math.round(seconds * 1e9));

/** One batch of everything said, in its order; based at its first stamp, as gateways do. */
export function batchOf(plan: Plan, said: readonly Said[], epoch = "1".repeat(32)): Batch {
  const dictionary = dictionaryOfPlan(plan);
  const baseNs = nsOf(Math.min(...said.map(({ at }) => at)));
  const samples = new SampleColumns(baseNs, 8);
  const events: ActiveDtcs[] = [];
  for (const one of said)
    if ("signal" in one) {
      const index = dictionary.signals.findIndex(({ name }) => name === one.signal);
      const offsetNs = Number(nsOf(one.at) - baseNs);
      samples.push(index, offsetNs, one.value, one.quality ?? Quality.good);
    } else
      events.push({
        kind: "active-dtcs",
        timeNs: nsOf(one.at),
        sa: one.sa ?? 0,
        lamps: one.lamps ?? dark,
        dtcs: one.dtcs,
      });
  return {
    header: {
      epoch,
      number: 1,
      lane: "live",
      dictionary: dictionary.hash,
      baseNs,
      sampleCount: samples.length,
      eventCount: events.length,
      produced: 0,
      suppressed: 0,
    },
    samples,
    events,
  };
}

export interface Judge {
  say(said: readonly Said[], options?: { epoch?: string; receivedMs?: number }): Finding[];
}

/** Lets an engine judge what one machine says, one call one batch. */
export function judgeOf(engine: RuleEngine, plan: Plan, machineId = "M-1"): Judge {
  const dictionary = dictionaryOfPlan(plan);
  return {
    say(said, { epoch = "1".repeat(32), receivedMs = startMs } = {}) {
      const batch = batchOf(plan, said, epoch);
      return engine.process({ machineId, epoch, receivedMs, batch, dictionary });
    },
  };
}

/** The same from `from` up to and including `to` seconds, `step` seconds apart. */
export function every<One = Said>(
  step: number,
  [from, to]: readonly [from: number, to: number],
  say: (at: number) => One,
): One[] {
  const said: One[] = [];
  for (let index = 0; from + index * step <= to + 1e-9; index++)
    said.push(say(from + index * step));
  return said;
}

export const inOrder = (...said: readonly (readonly Said[])[]): Said[] =>
  said.flat().toSorted((a, b) => a.at - b.at);

/** What matters of a finding in most tests. */
export const brief = ({ phase, ruleId, failureMode, isOnset, at }: Finding): string =>
  `${phase} ${ruleId} ${failureMode}${isOnset ? " onset" : ""} ${(Date.parse(at) - startMs) / 1000}`;

export const speed =
  (value: number) =>
  (at: number): Said => ({ at, signal: "speed", value });
export const pressure =
  (value: number, quality?: Quality) =>
  (at: number): Said => ({
    at,
    signal: "pressure",
    value,
    ...(quality === undefined ? {} : { quality }),
  });
export const code = (at: number): Said => ({ at, dtcs: [dtc(7, 4)], lamps: amber });
export const noCode = (at: number): Said => ({ at, dtcs: [], lamps: dark });
