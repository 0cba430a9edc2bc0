import { describe, expect, test } from "vitest";
import { answered, nextDevice, patienceMs, silent } from "./bus-schedule.ts";

interface Device {
  readonly name: string;
  readonly pollIntervalMs: number;
  readonly timeoutMs: number;
  readonly isDead: (nowMs: number) => boolean;
  dueMs: number;
  tries: number;
  failures: number;
  slowestMs?: number;
}

const answerMs = 60;

/** A bus in made-up time: what each device cost, how late the others were, when each answered. */
function simulate(devices: readonly Device[], hours: number) {
  const cost = new Map<string, number>();
  const answers = new Map<string, number[]>();
  let worstLateMs = 0;
  let nowMs = 0;
  let sinceSuspect = Number.POSITIVE_INFINITY;
  while (nowMs < hours * 3_600_000) {
    const device: Device = nextDevice(devices, nowMs, sinceSuspect);
    nowMs = Math.max(nowMs, device.dueMs);
    const isDead = device.isDead(nowMs);
    if (!isDead && device.failures === 0 && device.tries === 0)
      worstLateMs = Math.max(worstLateMs, nowMs - device.dueMs);
    const costMs = isDead ? patienceMs(device) : answerMs;
    nowMs += costMs;
    cost.set(device.name, (cost.get(device.name) ?? 0) + costMs);
    sinceSuspect = isDead ? 0 : sinceSuspect + 1;
    if (isDead) {
      const isAlone = devices.every((other) => other === device || other.failures > 0);
      silent(device, { nowMs, costMs, retries: 2, isAlone });
    } else {
      device.slowestMs = Math.max(device.slowestMs ?? 0, answerMs);
      answers.set(device.name, [...(answers.get(device.name) ?? []), nowMs]);
      answered(device, nowMs);
    }
  }
  return { cost, answers, worstLateMs, nowMs };
}

const device = (name: string, isDead: Device["isDead"] = () => false): Device => ({
  name,
  pollIntervalMs: 1_000,
  timeoutMs: 1_000,
  isDead,
  dueMs: 0,
  tries: 0,
  failures: 0,
});

describe("a device that does not answer", () => {
  const others = () => ["a", "b", "c", "d"].map((name) => device(name));

  test("costs less than 2 % of the bus in an hour, and the others are one interval late at most", () => {
    const { cost, worstLateMs, nowMs } = simulate([...others(), device("dead", () => true)], 1);
    expect((cost.get("dead") ?? 0) / nowMs).toBeLessThan(0.02);
    expect(worstLateMs).toBeLessThanOrEqual(1_000 + 4 * answerMs);
  });

  test("two dead ones at once delay nobody longer than one", () => {
    const dead = [device("dead1", () => true), device("dead2", () => true)];
    const { cost, worstLateMs, nowMs } = simulate([...others(), ...dead], 1);
    for (const { name } of dead) expect((cost.get(name) ?? 0) / nowMs).toBeLessThan(0.02);
    expect(worstLateMs).toBeLessThanOrEqual(1_000 + 4 * answerMs);
  });

  test("that comes back after ten minutes is found within half a minute", () => {
    const away = device("away", (nowMs) => nowMs > 60_000 && nowMs < 660_000);
    const { answers } = simulate([...others(), away], 0.25);
    const back = (answers.get("away") ?? []).find((atMs) => atMs >= 660_000) ?? Number.NaN;
    expect(back - 660_000).toBeLessThanOrEqual(30_000);
  });

  test("that is alone on its bus is tried every few seconds: someone may be wiring it", () => {
    const { answers } = simulate([device("only", (nowMs) => nowMs < 600_000)], 0.2);
    const back = (answers.get("only") ?? [])[0] ?? Number.NaN;
    expect(back - 600_000).toBeLessThanOrEqual(6_000);
  });

  test("one lost answer is tried again before it is given up", () => {
    const once = device("once", (nowMs) => nowMs > 10_000 && nowMs < 10_900);
    const { answers } = simulate([...others(), once], 0.01);
    const gaps = (answers.get("once") ?? []).map((atMs, at, all) => atMs - (all[at - 1] ?? atMs));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(4_000);
    expect(once.failures).toBe(0);
  });
});
