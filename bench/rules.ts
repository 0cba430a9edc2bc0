import type { Plan, Rule, Signal } from "@firebreak/plans/plan-schema.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { type BenchResult, toResult } from "./result.ts";

const signalCount = 30;
const samplesPerBatch = 150;
const samplesPerRun = 3_000_000;
const fleets = [100, 1_000, 10_000];
const epoch = "0".repeat(31).concat("1");
const startMs = Date.UTC(2026, 0, 1);

const text = { en: "bench", "zh-CN": "基准" };

/** 30 signals, a context, 12 threshold, 7 sensor-error rules and one for trouble codes: 20 rules. */
function benchPlan(): Plan {
  const signals: Record<string, Signal> = {};
  for (let index = 0; index < signalCount; index++)
    signals[`signal${index}`] = {
      title: text,
      unit: "kPa",
      scale: 1,
      offset: 0,
      range: [0, 1000],
      sampling: "every",
      source: "engineering default",
      j1939: { spn: index + 1, pgn: 65263, startByte: 1, startBit: 1, bits: 8, coding: "analog" },
    };
  const common = { about: text, severity: "warning", failureMode: "mode", context: "on" } as const;
  const rules: Rule[] = [];
  for (let index = 1; index <= 12; index++)
    rules.push({
      ...common,
      id: `threshold-${index}`,
      kind: "threshold",
      signal: `signal${index}`,
      above: 900,
      hysteresis: 10,
      holdSeconds: 5,
    });
  for (let index = 13; index < 20; index++)
    rules.push({
      ...common,
      id: `sensor-${index}`,
      kind: "sensor-error",
      signal: `signal${index}`,
      holdSeconds: 3,
    });
  rules.push({
    id: "dtc",
    kind: "active-dtc",
    about: text,
    severity: "warning",
    minMessages: 3,
    holdSeconds: 1.5,
    silenceSeconds: 5,
  });
  return {
    plan: "bench",
    version: 1,
    title: text,
    acquisition: { maker: "bench", models: ["bench"], signals },
    rules: { contexts: { on: { title: text, all: [{ signal: "signal0", above: 400 }] } }, rules },
    service: {
      productType: "bench",
      tier: "meet",
      emergency: { slaProfile: "standard" },
      failureModes: {},
    },
  };
}

/** A second of every signal, five times, as one gateway sends it; `round` moves it on in time. */
function benchBatch(dictionary: string, round: number): Batch {
  const baseNs = BigInt(startMs) * 1_000_000n + BigInt(round) * 5_000_000_000n;
  const samples = new SampleColumns(baseNs, samplesPerBatch);
  for (let row = 0; row < samplesPerBatch; row++) {
    const signal = row % signalCount;
    const second = Math.floor(row / signalCount);
    const value = 500 + ((row * 7919 + round * 104_729) % 380);
    samples.push(signal, second * 1e9 + signal * 1e6, value, Quality.good);
  }
  const lamps = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" } as const;
  return {
    header: {
      epoch,
      number: round + 1,
      lane: "live",
      dictionary,
      baseNs,
      sampleCount: samples.length,
      eventCount: 1,
      produced: 0,
      suppressed: 0,
    },
    samples,
    events: [{ kind: "active-dtcs", timeNs: baseNs, sa: 0, lamps, dtcs: [] }],
  };
}

/** Samples judged per second on one core, with fleets of growing size; the reference is a bare pass over the columns. */
export async function run(): Promise<BenchResult[]> {
  const plan = benchPlan();
  const dictionary = createDictionary(
    plan.plan,
    Object.entries(plan.acquisition.signals).map(([name, { unit, scale, offset }]) => ({
      name,
      unit,
      scale,
      offset,
    })),
  );
  const results = [reference(dictionary.hash)];
  for (const machines of fleets) {
    const runs: number[] = [];
    for (let repeat = 0; repeat < 5; repeat++) {
      const engine = createRuleEngine({ planOf: () => plan });
      const ids = Array.from({ length: machines }, (_, index) => `M-${index}`);
      const judge = (round: number) => {
        const batch = benchBatch(dictionary.hash, round);
        for (const machineId of ids)
          engine.process({ machineId, epoch, receivedMs: startMs, batch, dictionary });
      };
      judge(0); // every machine is known before the clock starts
      const rounds = Math.ceil(samplesPerRun / (machines * samplesPerBatch));
      const startedMs = performance.now();
      for (let round = 1; round <= rounds; round++) judge(round);
      const seconds = (performance.now() - startedMs) / 1000;
      runs.push((rounds * machines * samplesPerBatch) / seconds);
    }
    results.push(
      toResult(`rules: ${machines} machines, 20 rules each`, "samples/s", runs, "goal: 500,000"),
    );
  }
  return results;
}

function reference(hash: string): BenchResult {
  const { samples } = benchBatch(hash, 0);
  const passes = Math.ceil(samplesPerRun / samplesPerBatch);
  let sum = 0;
  const runs = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    for (let pass = 0; pass < passes; pass++)
      for (let row = 0; row < samples.length; row++) sum += samples.value[row] as number;
    return (passes * samplesPerBatch) / ((performance.now() - startedMs) / 1000);
  });
  return toResult("rules: reference, one addition per sample", "samples/s", runs, `sum ${sum}`);
}
