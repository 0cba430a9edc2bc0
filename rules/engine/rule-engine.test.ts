import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Rule } from "@firebreak/plans/plan-schema.ts";
import type { DtcChange } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { ruleKinds } from "../kinds/registry.ts";
import {
  amber,
  batchOf,
  brief,
  code,
  codeRule,
  dtc,
  every,
  highRule,
  inOrder,
  judgeOf,
  lostRule,
  noCode,
  pressure,
  speed,
  startMs,
  testPlan,
} from "./rule-engine.fixture.ts";
import { createRuleEngine } from "./rule-engine.ts";
import { mostBusLength } from "./snapshot.ts";

const plan = testPlan();
const dayMs = 24 * 3600_000;
const newEngine = () => createRuleEngine({ planOf: () => plan });
const running = every(1, [0, 60], speed(900));
const epoch = (digit: number) => ({ epoch: String(digit).repeat(32) });

describe("occurrences", () => {
  test("counts two rules that see one failure mode as one", () => {
    const found = judgeOf(newEngine(), plan).say(
      inOrder(running, every(1, [1, 9], code), every(1, [1, 9], pressure(0, Quality.error))),
    );
    expect(found.map(brief)).toEqual(["raised code sensor onset 3", "raised lost sensor 3"]);
  });

  test("counts a rule that joins an older episode as none", () => {
    const found = judgeOf(newEngine(), plan).say(
      inOrder(running, every(1, [1, 40], code), every(1, [30, 40], pressure(0, Quality.error))),
    );
    expect(found.map(brief)).toEqual(["raised code sensor onset 3", "raised lost sensor 32"]);
  });

  test("counts a new epoch as a new occurrence of the same episode", () => {
    const { say } = judgeOf(newEngine(), plan);
    const said = inOrder(
      running,
      every(1, [1, 9], code),
      every(1, [1, 9], pressure(0, Quality.error)),
    );
    const first = say(said, epoch(1));
    const later = said.map((one) => ({ ...one, at: one.at + 100 }));
    const second = say(later, epoch(2));
    expect(second.map(brief)).toEqual(["updated code sensor onset 103", "updated lost sensor 103"]);
    expect(second.map(({ findingId }) => findingId)).toEqual(
      first.map(({ findingId }) => findingId),
    );
    expect(second.map(({ since }) => since)).toEqual(first.map(({ since }) => since));
  });
});

describe("late data", () => {
  test("passes over a superseded epoch, and counts it", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    say(inOrder(running), epoch(1));
    say(every(1, [100, 101], speed(900)), epoch(2));
    expect(say(inOrder(running, every(1, [1, 9], code)), epoch(1))).toEqual([]);
    expect(engine.machineState("M-1")?.late).toEqual({ samples: 61, events: 9, batches: 1 });
    expect(say(every(1, [102, 103], speed(900)), epoch(2))).toEqual([]);
    expect(engine.machineState("M-1")?.epoch).toBe("2".repeat(32));
  });

  test("passes over samples older than the newest of their signal, and older DM1", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    say(inOrder(running, [pressure(0)(30)], [noCode(30)]));
    expect(say(inOrder(every(1, [1, 9], pressure(150)), every(1, [1, 9], code)))).toEqual([]);
    expect(engine.machineState("M-1")?.late).toEqual({ samples: 9, events: 9, batches: 0 });
  });
});

describe("history", () => {
  const receivedMs = startMs + 3 * dayMs;

  test("marks what began and ended in the past", () => {
    const found = judgeOf(newEngine(), plan).say(
      inOrder(running, every(1, [1, 9], pressure(150)), every(1, [10, 20], pressure(0))),
      { receivedMs },
    );
    expect(found.map(({ phase, isHistory }) => [phase, isHistory])).toEqual([
      ["raised", true],
      ["cleared", true],
    ]);
  });

  test("becomes live when it is still true in fresh data", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    const [raised] = say(every(1, [0, 4], code), { receivedMs });
    const [promoted, ...rest] = say(every(1, [3 * 86_400, 3 * 86_400 + 4], code), { receivedMs });
    expect(raised).toMatchObject({ phase: "raised", isHistory: true });
    expect(promoted).toMatchObject({ phase: "updated", isHistory: false, isOnset: true });
    expect(promoted?.findingId).toBe(raised?.findingId);
    expect(rest).toEqual([]);
  });

  test("becomes live without a break", () => {
    const { say } = judgeOf(newEngine(), plan);
    const found = say(every(1, [0, 9], code), { receivedMs: startMs + dayMs + 5500 });
    expect(found.map((one) => `${brief(one)} ${one.isHistory}`)).toEqual([
      "raised code sensor onset 2 true",
      "updated code sensor onset 6 false",
    ]);
  });

  test("keeps no live occurrence from being counted", () => {
    const { say } = judgeOf(newEngine(), plan);
    const said = inOrder(
      running,
      every(1, [0, 4], code),
      every(1, [4, 9], pressure(0, Quality.error)),
    );
    const found = say(said, { receivedMs: startMs + dayMs + 5500 });
    expect(found.map((one) => `${brief(one)} ${one.isHistory}`)).toEqual([
      "raised code sensor onset 2 true",
      "raised lost sensor onset 6 false",
    ]);
  });

  test("becomes live when nothing newer is waiting", () => {
    const engine = newEngine();
    judgeOf(engine, plan).say(every(1, [0, 4], code), { receivedMs });
    expect(engine.settle("M-1")).toMatchObject([
      { phase: "updated", isHistory: false, isOnset: true },
    ]);
    expect(engine.settle("M-1")).toEqual([]);
    expect(engine.settle("M-2")).toEqual([]);
  });
});

describe("machineState", () => {
  test("tells contexts, codes and open findings", () => {
    const engine = newEngine();
    judgeOf(engine, plan).say(inOrder(every(1, [0, 4], speed(900)), every(1, [0, 4], code)));
    expect(engine.machineState("M-1")).toMatchObject({
      planRef: "test@3",
      newestAt: new Date(startMs + 4000).toISOString(),
      contexts: [{ id: "running", state: "holds" }],
      findings: [{ phase: "raised", failureMode: "sensor" }],
      codes: [{ sa: 0, spn: 7, fmi: 4, oc: 1, state: "active", lamps: amber }],
      faults: [],
    });
  });

  test("tells a silent control unit's codes as unknown, and stopped contexts", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    say(inOrder(every(1, [0, 4], code), every(1, [0, 12], speed(0))));
    expect(engine.machineState("M-1")).toMatchObject({
      contexts: [{ state: "does-not-hold" }],
      codes: [{ state: "unknown" }],
    });
    say(every(1, [30, 31], pressure(0)));
    expect(engine.machineState("M-1")).toMatchObject({ contexts: [{ state: "unknown" }] });
  });

  test("knows nothing of a machine never heard of, or forgotten, or without a plan", () => {
    const engine = newEngine();
    expect(engine.machineState("M-1")).toBeUndefined();
    judgeOf(engine, plan).say(running);
    engine.forget("M-1");
    expect(engine.machineState("M-1")).toBeUndefined();
    expect(engine.snapshot("M-1")).toBe("");
    const planless = createRuleEngine({ planOf: () => undefined });
    expect(judgeOf(planless, plan).say(running)).toEqual([]);
  });
});

describe("a rule that throws", () => {
  const broken = ruleKinds.map((kind) =>
    kind.kind === "threshold"
      ? {
          ...kind,
          sample: () => {
            throw new TypeError("broken rule");
          },
        }
      : kind,
  );

  test("is switched off with its message, and the others go on", () => {
    const engine = createRuleEngine({ planOf: () => plan, kinds: broken });
    const found = judgeOf(engine, plan).say(
      inOrder(running, every(1, [1, 9], pressure(0, Quality.error))),
    );
    expect(found.map(brief)).toEqual(["raised lost sensor onset 3"]);
    expect(engine.machineState("M-1")?.faults).toEqual([
      { ruleId: "high", message: "broken rule" },
    ]);
  });
});

describe("a change of plan", () => {
  test("keeps the episodes of rules that stay, and ends those of rules that go", () => {
    let current = plan;
    const engine = createRuleEngine({ planOf: () => current });
    const said = inOrder(running, every(1, [1, 9], code), every(1, [1, 9], pressure(150)));
    const { say } = judgeOf(engine, plan);
    expect(say(said).map(brief)).toEqual([
      "raised code sensor onset 3",
      "raised high too-high onset 3",
    ]);
    current = { ...testPlan([codeRule, lostRule]), version: 4 };
    expect(say(every(1, [61, 62], speed(900))).map(brief)).toEqual(["cleared high too-high 3"]);
    expect(engine.machineState("M-1")?.findings.map(brief)).toEqual(["raised code sensor onset 3"]);
  });

  test("judges nothing with a rule whose kind this engine does not know", () => {
    const odd = testPlan([{ ...highRule, kind: "other" } as unknown as Rule, codeRule]);
    const engine = createRuleEngine({ planOf: () => odd });
    const found = judgeOf(engine, odd).say(inOrder(running, every(1, [1, 9], code)));
    expect(found.map(brief)).toEqual(["raised code sensor onset 3"]);
  });
});

describe("lives of trouble codes", () => {
  const atMs = startMs + 1_000;
  const step = (state: DtcChange["state"], snapshot: DtcChange["snapshot"] = []): DtcChange => ({
    kind: "dtc-change",
    timeNs: BigInt(atMs) * 1_000_000n,
    sa: 0,
    dtc: { spn: 7, fmi: 4, oc: 3, cm: 0 },
    lamps: amber,
    state,
    firstNs: BigInt(startMs) * 1_000_000n,
    lastNs: BigInt(atMs) * 1_000_000n,
    messages: 2,
    snapshot,
  });
  const onset = [
    { signal: 0, value: 1450, quality: 0, ageMs: 120 },
    { signal: 1, value: Number.NaN, quality: 2, ageMs: 40 },
    { signal: 999, value: 1, quality: 0, ageMs: 0 },
  ] as const;

  /** What the gateway tells, and then enough of DM1 for the rule. */
  function found(steps: readonly DtcChange[]) {
    const engine = newEngine();
    const dictionary = dictionaryOfPlan(plan);
    const batch = batchOf(
      plan,
      every(1, [1, 4], (at) => ({ at, dtcs: [dtc(7, 4)], lamps: amber })),
    );
    const told = { ...batch, events: [...steps, ...batch.events] };
    const epoch = "1".repeat(32);
    const findings = engine.process({
      machineId: "M-1",
      epoch,
      receivedMs: startMs,
      batch: told,
      dictionary,
    });
    return { engine, piece: findings[0]?.evidence[0] };
  }

  test("the finding shows the key signals as the code began, and how long it has been there", () => {
    const { piece } = found([step("active", onset)]);
    expect(piece).toMatchObject({
      kind: "dtc",
      spn: 7,
      life: { first: "2026-01-01T00:00:00.000Z", last: "2026-01-01T00:00:03.000Z", messages: 2 },
      onset: [
        { signal: "speed", unit: "kPa", value: 1450, quality: "good", ageSeconds: 0.12 },
        { signal: "pressure", unit: "kPa", value: null, quality: "error", ageSeconds: 0.04 },
      ],
    });
  });

  test("keeps the snapshot when later steps have none, and over a restart", () => {
    const { engine, piece } = found([step("active", onset), step("unknown"), step("active")]);
    expect(piece).toMatchObject({ onset: [{ signal: "speed" }, { signal: "pressure" }] });
    const again = newEngine();
    again.restore("M-1", engine.snapshot("M-1"));
    expect(again.snapshot("M-1")).toBe(engine.snapshot("M-1"));
  });

  test("a step alone is no finding: the rules stay the judge", () => {
    const engine = newEngine();
    const batch = { ...batchOf(plan, [{ at: 1, dtcs: [] }]), events: [step("active", onset)] };
    const dictionary = dictionaryOfPlan(plan);
    const epoch = "1".repeat(32);
    expect(
      engine.process({ machineId: "M-1", epoch, receivedMs: startMs, batch, dictionary }),
    ).toEqual([]);
  });
});

describe("snapshot", () => {
  test("stays bounded whatever a bus sends", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    for (let round = 0; round < 6; round++)
      for (let sa = 0; sa < 256; sa++) {
        const dtcs = Array.from({ length: 19 }, (_, at) => dtc(500_000 + sa * 19 + at, 31, 126));
        say([{ at: round, sa, dtcs, lamps: amber }], epoch(1));
      }
    for (let past = 0; past < 300; past++)
      say([speed(900)(10)], { epoch: String(past).padStart(32, "0") });
    expect(engine.snapshot("M-1").length).toBeLessThan(mostBusLength);
  });

  test.each(["", "{", "[]", '{"version":99}', "null"])("refuses %j", (text) => {
    const engine = newEngine();
    if (text === "") {
      engine.restore("M-1", text);
      expect(engine.machineState("M-1")).toBeUndefined();
    } else
      expect(() => engine.restore("M-1", text)).toThrow(
        expect.objectContaining({ code: "RULE_STATE_UNREADABLE" }),
      );
  });
});
