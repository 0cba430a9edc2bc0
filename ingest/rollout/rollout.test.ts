import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cancel,
  defaultCanaries,
  type GatewayFacts,
  heard,
  nextStep,
  planWaves,
  type Rollout,
  type RolloutTarget,
} from "./rollout.ts";

const hash = "a".repeat(64);
const settings = { canaryCount: 1, soakMs: 1_000, wavePercent: 50, maxFailures: 0 };
const well: GatewayFacts = { isOnline: () => true, lastBatchMs: () => 0, lost: () => 0 };

function rolloutOf(count: number, given: Partial<Rollout["settings"]> = {}): Rollout {
  const ids = Array.from({ length: count }, (_, at) => `G${at}`);
  const all = { ...settings, ...given };
  const waves = planWaves(ids, all);
  return {
    rolloutId: "r",
    version: 1,
    title: "t",
    state: "running",
    reason: "",
    settings: all,
    wave: 0,
    settledAtMs: null,
    createdBy: "admin",
    createdAtMs: 0,
    rollbackOf: null,
    targets: ids.map((gatewayId, at) => ({
      gatewayId,
      wave: waves[at] ?? 0,
      version: 1,
      previousVersion: 0,
      state: "waiting",
      reason: "",
      problems: [],
      lostBefore: null,
      updatedAtMs: 0,
    })),
  };
}

/** Every gateway that was sent it says this. */
const answer = (rollout: Rollout, state: "confirmed" | "refused" | "rolled-back"): Rollout => ({
  ...rollout,
  targets: rollout.targets.map((target) =>
    target.state === "sent"
      ? heard(
          target,
          { newest: { version: 1, hash, state, reason: "because", problems: [] } },
          { hash, nowMs: 1 },
        )
      : target,
  ),
});
const states = ({ targets }: Rollout) => targets.map(({ state }) => state).join(" ");

describe("roll-out", () => {
  test.each([
    [1, 1],
    [20, 1],
    [21, 2],
    [1_000, 50],
  ])("of %d gateways %d go first", (count, canaries) =>
    expect(defaultCanaries(count)).toBe(canaries),
  );

  test("canaries first, the rest in waves after each has been watched", () => {
    let rollout = nextStep(rolloutOf(5), well, 0);
    expect(states(rollout)).toBe("sent waiting waiting waiting waiting");
    rollout = nextStep(answer(rollout, "confirmed"), well, 10);
    expect(nextStep(rollout, well, 1_009).wave).toBe(0);
    rollout = nextStep(nextStep(rollout, well, 1_010), well, 1_011);
    expect(states(rollout)).toBe("confirmed sent sent sent waiting");
    rollout = nextStep(answer(rollout, "confirmed"), well, 1_020);
    rollout = nextStep(nextStep(rollout, well, 2_020), well, 2_021);
    rollout = nextStep(answer(rollout, "confirmed"), well, 2_022);
    expect(rollout).toMatchObject({ state: "done", reason: "" });
  });

  test.each(["refused", "rolled-back"] as const)("stops at the first that was %s", (state) => {
    const rollout = nextStep(answer(nextStep(rolloutOf(3), well, 0), state), well, 1);
    expect(rollout.state).toBe("stopped");
    expect(rollout.reason).toContain("because");
    expect(states(nextStep(rollout, well, 1e9))).toBe(`${state} waiting waiting`);
    expect(states(cancel(rollout, 2))).toBe(`${state} untouched untouched`);
  });

  test("waits for a canary that has fallen silent, and stops when one loses samples", () => {
    let rollout = nextStep(rolloutOf(3), well, 0);
    rollout = nextStep(answer(rollout, "confirmed"), well, 1);
    const silent = { ...well, lastBatchMs: () => -1_000_000 };
    expect(nextStep(rollout, silent, 5_000)).toMatchObject({
      wave: 0,
      state: "running",
      reason: "waits for G0: it is silent",
    });
    expect(nextStep(rollout, { ...well, isOnline: () => false }, 5_000).wave).toBe(0);
    expect(nextStep(rollout, { ...well, lost: () => 1 }, 5_000)).toMatchObject({
      state: "stopped",
      reason: "G0 has lost samples since",
    });
  });

  test("a later wave's gateway that is switched off before it answers does not hold up the others", () => {
    const hourMs = 3_600_000;
    const off = { ...well, lastBatchMs: () => hourMs, isOnline: (id: string) => id !== "G1" };
    let rollout = nextStep(answer(nextStep(rolloutOf(4), well, 0), "confirmed"), well, 10);
    rollout = nextStep(nextStep(rollout, well, 1_010), well, 1_011);
    expect(states(rollout)).toBe("confirmed sent sent waiting");
    const [canary, gone, other, ...rest] = answer(rollout, "confirmed").targets;
    if (!canary || !gone || !other) throw new Error("there are four");
    const targets = [canary, rollout.targets[1] ?? gone, other, ...rest];
    rollout = { ...rollout, targets };
    // What cut it off might be the configuration: then it goes back and says so.
    expect(nextStep(rollout, off, 60_000)).toMatchObject({ wave: 1, settledAtMs: null });
    rollout = nextStep(rollout, off, hourMs + 1_011);
    rollout = nextStep(nextStep(rollout, off, hourMs + 3_000), off, hourMs + 3_001);
    expect(states(rollout)).toBe("confirmed sent confirmed sent");
    const last = rollout.targets[3];
    if (!last) throw new Error("there are four");
    rollout = { ...rollout, targets: rollout.targets.with(3, { ...last, state: "confirmed" }) };
    expect(nextStep(rollout, off, 3 * hourMs).state).toBe("running");
    expect(nextStep(answer(rollout, "confirmed"), well, 3 * hourMs).state).toBe("done");
  });

  test("a later wave's gateway that is switched off after it has confirmed does not hold up the others", () => {
    const hourMs = 3_600_000;
    let rollout = nextStep(answer(nextStep(rolloutOf(4), well, 0), "confirmed"), well, 10);
    rollout = nextStep(nextStep(rollout, well, 1_010), well, 1_011);
    rollout = nextStep(answer(rollout, "confirmed"), well, 1_020);
    expect(states(rollout)).toBe("confirmed confirmed confirmed waiting");
    const spokeMs = 2_000_000;
    const off = (gatewayId: string, nowMs: number): GatewayFacts => ({
      isOnline: (id) => id !== gatewayId,
      lastBatchMs: (id) => (id === gatewayId ? spokeMs : nowMs),
      lost: () => 0,
    });
    const at = (gatewayId: string, nowMs: number) =>
      nextStep(rollout, off(gatewayId, nowMs), nowMs);
    // What cut it off might be the configuration: an hour for that, from the last word of it.
    expect(at("G1", spokeMs + hourMs - 1)).toMatchObject({
      wave: 1,
      reason: "waits for G1: it is silent",
    });
    expect(at("G1", spokeMs + hourMs)).toMatchObject({ wave: 2, reason: "" });
    const silent = { ...well, lastBatchMs: () => spokeMs };
    expect(nextStep(rollout, silent, spokeMs + 9 * hourMs)).toMatchObject({
      wave: 1,
      reason: "waits for G1: it is silent",
    });
  });

  test("is the same object while nothing changes, so that nothing is written", () => {
    const sent = nextStep(rolloutOf(3), well, 0);
    expect(nextStep(sent, well, 1)).toBe(sent);
    const watched = nextStep(answer(sent, "confirmed"), well, 2);
    expect(nextStep(watched, well, 3)).toBe(watched);
    const silent = { ...well, lastBatchMs: () => null };
    const waiting = nextStep(watched, silent, 5_000);
    expect(nextStep(waiting, silent, 6_000)).toBe(waiting);
  });

  test("notices a loss within a minute, also while a wave is watched, without asking for all at once", () => {
    const begun = rolloutOf(601, { canaryCount: 600, soakMs: 1_000_000 });
    const watched = nextStep(answer(nextStep(begun, well, 0), "confirmed"), well, 1_000);
    const asked: string[] = [];
    const lost = (gatewayId: string) => {
      asked.push(gatewayId);
      return 0;
    };
    for (let second = 1; second <= 60; second++)
      nextStep(watched, { ...well, lost }, second * 1_000);
    expect(asked).toHaveLength(600);
    expect(new Set(asked).size).toBe(600);
    const losing = { ...well, lost: (id: string) => (id === "G61" ? 1 : 0) };
    expect(nextStep(watched, losing, 2_000)).toBe(watched);
    expect(nextStep(watched, losing, 61_000)).toMatchObject({
      state: "stopped",
      reason: "G61 has lost samples since",
    });
  });

  test("whatever gateways say, no one gets it before every canary has settled", () => {
    const word = fc.constantFrom("confirmed", "refused", "rolled-back", "trying");
    const said = fc.array(fc.tuple(fc.nat(5), word, fc.integer({ min: 1, max: 2 })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(said, (words) => {
        let rollout = rolloutOf(6, { canaryCount: 2, soakMs: 0, maxFailures: 1 });
        let nowMs = 0;
        for (const [at, state, version] of words) {
          nowMs += 10;
          const newest = { version, hash, state, reason: "", problems: [] } as const;
          const change = (target: RolloutTarget, index: number) =>
            index === at ? heard(target, { newest }, { hash, nowMs }) : target;
          rollout = { ...rollout, targets: rollout.targets.map(change) };
          rollout = nextStep(rollout, well, nowMs);
          const canaries = rollout.targets.slice(0, 2);
          const settled = canaries.filter(({ state: one }) => one !== "sent" && one !== "trying");
          const others = rollout.targets.slice(2).filter(({ state: one }) => one !== "waiting");
          if (rollout.wave === 0) expect(others).toEqual([]);
          if (rollout.wave > 0) expect(settled).toEqual(canaries);
        }
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 20_000 : 300 },
    );
  });
});
