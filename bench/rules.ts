import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { createRuleEngine, type RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { createRandom } from "@firebreak/rules/prognosis/seeded-random.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import { decodeBatch } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { type BenchResult, medianOf, toResult } from "./result.ts";
import { benchPlan, ruleCount } from "./rules/bench-plan.ts";
import { sharesOf } from "./rules/profile-shares.ts";
import { epoch, type Life, lifeOf, startMs } from "./rules/reference-blocks.ts";

const fleets = [100, 1_000, 10_000];
const repeats = 5;
/** Lives that differ; machines of a fleet share them, each has a state of its own. */
const lives = 16;
const secondsPerBatch = 60;
const batches = 30;
const samplesPerRun = 2_000_000;
/** Judged before the clock starts: every machine is known, its windows are under way. */
const warmRounds = 2;

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const plan = benchPlan();
const dictionary = dictionaryOfPlan(plan);

interface Fleet {
  readonly engine: RuleEngine;
  readonly ids: readonly string[];
}

/** Judges one round of all machines; returns the samples. `batchOf` says what a machine sends. */
type Judge = (fleet: Fleet, round: number) => number;

const judgeWith =
  (all: readonly Life[], batchOf: (life: Life, round: number) => Batch): Judge =>
  ({ engine, ids }, round) => {
    let samples = 0;
    for (let at = 0; at < ids.length; at++) {
      const life = all[at % all.length] as Life;
      const batch = batchOf(life, round);
      const receivedMs = startMs + (round + 1) * secondsPerBatch * 1000;
      engine.process({ machineId: ids[at] as string, epoch, receivedMs, batch, dictionary });
      samples += batch.samples.length;
    }
    return samples;
  };

/**
 * The whole judging of a fleet on one core: batches of a minute at the reference profile, 20 rules of every live kind and
 * three derived signals, machine after machine. The reference, in the same rounds, is a bare pass over the same columns.
 */
export async function run(): Promise<BenchResult[]> {
  const random = createRandom(7);
  const size = { batches, seconds: secondsPerBatch };
  const all = Array.from({ length: lives }, () => lifeOf(dictionary, random, size));
  const decoded = new Map(
    all.map((life) => [life, life.blocks.map((block) => decodeBatch(block, dictionary))]),
  );
  const ready = judgeWith(all, (life, round) => decoded.get(life)?.[round] as Batch);
  // As a hub does: nothing keeps a batch beyond its judging.
  const columns = new SampleColumns(0n);
  const fromBlocks = judgeWith(all, (life, round) =>
    decodeBatch(life.blocks[round] as Uint8Array, dictionary, columns),
  );
  const rates = new Map<string, number[]>();
  // First, so that no other fleet is given up meanwhile; what is compiled on the way is compiled before the clock starts.
  const state = stateResults(ready);
  const note = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate]);
  for (let repeat = 0; repeat < repeats; repeat++) {
    note("reference", barePass(all, decoded));
    for (const machines of fleets) note(`${machines}`, rateOf(machines, ready));
    note("decoded", rateOf(1_000, fromBlocks));
  }
  return [
    toResult(
      "rules: reference, one addition per sample",
      "samples/s",
      rates.get("reference") ?? [],
    ),
    ...fleetResults(rates),
    toResult(
      "rules: 1000 machines, blocks decoded on the way",
      "samples/s",
      rates.get("decoded") ?? [],
    ),
    ...state,
    ...(await shareResults(ready)),
  ];
}

function fleetResults(rates: ReadonlyMap<string, readonly number[]>): BenchResult[] {
  const ratesOf = (machines: number) => rates.get(`${machines}`) ?? [];
  const [least = 0] = fleets;
  return fleets.flatMap((machines) => {
    const name = `rules: ${machines} machines, ${ruleCount} rules each`;
    const perSecond = ratesOf(machines);
    const cost = perSecond.map((rate) => 1e9 / rate);
    const results = [
      toResult(name, "samples/s", perSecond, "goal: 500,000"),
      toResult(`${name}, cost`, "ns/sample", cost),
    ];
    if (machines === least) return results;
    // Round by round: what else the computer does weighs on both.
    const ratios = perSecond.map((rate, round) => (ratesOf(least)[round] ?? Number.NaN) / rate);
    const title = `${name}, cost by that of ${least}`;
    return [...results, toResult(title, "times", ratios, "goal: at most 1.2")];
  });
}

function fleetOf(machines: number): Fleet {
  const ids = Array.from({ length: machines }, (_, index) => `M-${index}`);
  return { engine: createRuleEngine({ planOf: () => plan }), ids };
}

function rateOf(machines: number, judge: Judge): number {
  const fleet = fleetOf(machines);
  let round = 0;
  while (round < warmRounds) judge(fleet, round++);
  collect();
  let samples = 0;
  const startedMs = performance.now();
  while (samples < samplesPerRun && round < batches) samples += judge(fleet, round++);
  return samples / ((performance.now() - startedMs) / 1000);
}

function barePass(all: readonly Life[], decoded: ReadonlyMap<Life, readonly Batch[]>): number {
  let samples = 0;
  let sum = 0;
  const startedMs = performance.now();
  while (samples < samplesPerRun * 10)
    for (const life of all)
      for (const { samples: columns } of decoded.get(life) ?? []) {
        for (let row = 0; row < columns.length; row++) sum += columns.value[row] as number;
        samples += columns.length;
      }
  const rate = samples / ((performance.now() - startedMs) / 1000);
  return sum === 0 ? Number.NaN : rate; // what is summed up must be used
}

function stateResults(judge: Judge): BenchResult[] {
  collect();
  const before = process.memoryUsage();
  const fleet = fleetOf(1_000);
  for (let round = 0; round < batches; round++) judge(fleet, round);
  collect();
  const after = process.memoryUsage();
  const inMemory = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  const lengths = fleet.ids.map((id) => Buffer.byteLength(fleet.engine.snapshot(id)));
  return [
    toResult("rules: state of a machine in memory", "bytes", [inMemory / fleet.ids.length]),
    toResult("rules: state of a machine as written", "bytes", [medianOf(lengths)]),
  ];
}

async function shareResults(judge: Judge): Promise<BenchResult[]> {
  const fleet = fleetOf(1_000);
  let round = 0;
  while (round < warmRounds) judge(fleet, round++);
  const shares = await sharesOf(() => {
    while (round < batches) judge(fleet, round++);
  });
  return shares.map(([part, share]) => toResult(`rules: share of ${part}`, "%", [share]));
}
