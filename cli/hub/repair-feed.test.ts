import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import {
  batchOf,
  every,
  highRule,
  ofSafety,
  startMs,
  testPlan,
} from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { evaluate, initialState, type Verdict } from "@firebreak/tickets/verification/evaluate.ts";
import { type VerificationSpec, wayOf } from "@firebreak/tickets/verification/verification-spec.ts";
import { describe, expect, test } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { recordingBatches } from "../commands/plan/recording-batches.ts";
import { createRepairFeed } from "./repair-feed.ts";

const plan = loadPlan("loader-tractor");
const dictionary = dictionaryOfPlan(plan);
const machineId = "JD5055E-1";
const tractorMs = Date.parse("2026-03-02T08:00:00.000Z");
const everySignal = new Set(dictionary.signals.map(({ name }) => name));
const recordingOf = (log: string) => sharedData(`can/jd5055e_${log}.log`);
const unplugged = "LeftSensorUnplugged-CheckEngine-1of3";

/** A tractor that plays recordings one after the other through decoder and rules, and a proof that looks on. */
function tractor() {
  const engine = createRuleEngine({ planOf: () => plan });
  let nowMs = tractorMs;
  let plays = 0;
  let proof: { spec: VerificationSpec; state: ReturnType<typeof initialState> } | undefined;
  let verdict: Verdict = { is: "pending", waitsFor: "" };
  return {
    verdict: () => verdict,
    operatingSeconds: () => (proof?.state.operatingMs ?? 0) / 1000,
    finish(fault = "engine-oil-pressure-sensor") {
      const way = wayOf(plan, { faults: [fault], finishedMs: nowMs, hasGateway: true });
      if (way.by !== "telemetry") throw new TypeError(way.why);
      proof = { spec: way.spec, state: initialState() };
    },
    /** `apartMs`: from the end of this recording to the start of the next one. */
    async play(log: string, { apartMs = 1000 } = {}): Promise<void> {
      const epoch = (++plays).toString(16).padStart(32, "0");
      const startNs = BigInt(nowMs) * 1_000_000n;
      const path = recordingOf(log) ?? "";
      for (const { batch } of await recordingBatches(path, { plan, epoch, startNs })) {
        const feed = createRepairFeed(engine, () => everySignal);
        const judged = { machineId, epoch, receivedMs: nowMs, batch, dictionary };
        const findings = engine.process(judged);
        feed.take(machineId, batch, dictionary);
        for (const seen of feed.observations(findings).get(machineId) ?? [])
          if (proof && verdict.is === "pending") {
            const after = evaluate(proof.spec, proof.state, seen);
            proof.state = after.state;
            verdict = after.verdict;
          }
      }
      nowMs = Math.ceil(Date.parse(engine.machineState(machineId)?.newestAt ?? "")) + apartMs;
    },
  };
}

describe("a repair of a safety matter that has returned to normal and waits for a person", () => {
  const rule = { ...highRule, holdSeconds: 2 };
  const latching = ofSafety(testPlan([rule]));
  const own = dictionaryOfPlan(latching);
  const begin = () => {
    const engine = createRuleEngine({ planOf: () => latching });
    const say = (from: number, to: number, value: number) => {
      const said = every(1, [from, to], (at) => [
        { at, signal: "speed", value: 900 },
        { at, signal: "pressure", value },
      ]).flat();
      const epoch = "1".repeat(32);
      const batch = batchOf(latching, said, epoch);
      const feed = createRepairFeed(engine, () => new Set(["pressure"]));
      const judged = { machineId, epoch, receivedMs: startMs, batch, dictionary: own };
      feed.take(machineId, batch, own);
      return feed.observations(engine.process(judged)).get(machineId)?.at(-1);
    };
    return { engine, say };
  };

  test("counts as healthy: nothing is open for its proof, and its health is not held against it", () => {
    const { engine, say } = begin();
    expect(say(0, 10, 150)).toMatchObject({ open: ["too-high"], health: expect.any(Number) });
    const healthy = say(11, 20, 50);
    expect(engine.machineState(machineId)?.findings).toMatchObject([{ isLatched: true }]);
    expect(healthy).toMatchObject({ onsets: [], open: [], health: 100 });
  });

  test("is open again, with an onset, when it comes again", () => {
    const { say } = begin();
    say(0, 10, 150);
    say(11, 20, 50);
    expect(say(21, 30, 150)).toMatchObject({
      onsets: [{ fault: "too-high" }],
      open: ["too-high"],
    });
  });
});

const isHere = recordingOf(unplugged) !== undefined && recordingOf("idling") !== undefined;

describe.skipIf(!isHere)("a repair is proved by recordings of a real tractor", () => {
  test("§3.13: a minute of idling after the plug was pushed in passes, and not a second sooner", async () => {
    const machine = tractor();
    await machine.play(unplugged);
    machine.finish();
    let count = 0;
    for (; machine.verdict().is === "pending" && count < 20; count++) await machine.play("idling");
    expect(machine.verdict()).toMatchObject({ is: "passed" });
    expect(machine.operatingSeconds()).toBeGreaterThanOrEqual(60);
    expect(machine.operatingSeconds()).toBeLessThan(70);
    expect(count).toBeGreaterThan(3);
  });

  test("AS-9: the code is still there after the wrong part was replaced: fails within one recording", async () => {
    const machine = tractor();
    await machine.play(unplugged);
    machine.finish();
    await machine.play("LeftSensorUnplugged-CheckEngine-2of3");
    expect(machine.verdict()).toMatchObject({
      is: "failed",
      findingId: expect.any(String),
      detail: expect.stringContaining("engine-oil-pressure-sensor came again"),
    });
  });

  test("a fault that simply goes on through the finish fails too", async () => {
    const machine = tractor();
    machine.finish();
    await machine.play(unplugged);
    expect(machine.verdict().is).toBe("failed");
  });

  test("what was recorded before the finish says nothing, good or bad", async () => {
    const machine = tractor();
    await machine.play("idling");
    await machine.play(unplugged);
    machine.finish();
    expect(machine.verdict().is).toBe("pending");
    await machine.play("idling");
    expect(machine.verdict().is).toBe("pending");
    expect(machine.operatingSeconds()).toBeLessThan(20);
  });

  test("time that two recordings share counts once", async () => {
    const machine = tractor();
    await machine.play(unplugged);
    machine.finish();
    await machine.play("idling", { apartMs: -60_000 });
    const once = machine.operatingSeconds();
    await machine.play("idling");
    expect(machine.operatingSeconds()).toBeGreaterThan(5);
    expect(machine.operatingSeconds() - once).toBeLessThan(1);
  });

  test("a stopped engine is no operation", async () => {
    const machine = tractor();
    await machine.play(unplugged);
    machine.finish();
    await machine.play("noStartInGear1");
    expect(machine.operatingSeconds()).toBe(0);
  });

  test("another fault of the machine does not count against this repair", async () => {
    const machine = tractor();
    machine.finish("engine-overheating");
    await machine.play(unplugged);
    expect(machine.verdict().is).toBe("pending");
  });
});
