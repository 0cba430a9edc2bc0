import type { Clock } from "@firebreak/kit/clock.ts";
import { describe, expect, test } from "vitest";
import { LoginThrottle } from "./login-throttle.ts";

const createClock = () => {
  let ms = 0;
  const clock: Clock = { nowMs: () => ms, monotonicMs: () => ms };
  const pass = (seconds: number) => {
    ms += seconds * 1000;
  };
  return { clock, pass };
};

describe("login throttle", () => {
  test("lets five attempts through, then one each 30 s", () => {
    const { clock, pass } = createClock();
    const throttle = new LoginThrottle(clock);
    for (let turn = 0; turn < 5; turn++) {
      expect(throttle.waitSeconds("a", "u")).toBe(0);
      throttle.attempted("a", "u");
    }
    expect(throttle.waitSeconds("a", "u")).toBe(30);
    pass(30);
    expect(throttle.waitSeconds("a", "u")).toBe(0);
  });

  test("an attack from 500 addresses is slowed down and does not shut out the real user", () => {
    const throttle = new LoginThrottle(createClock().clock);
    throttle.attempted("home", "u");
    throttle.succeeded("home", "u");
    let passed = 0;
    for (let turn = 0; turn < 10_000; turn++) {
      const address = `attacker-${turn % 500}`;
      if (throttle.waitSeconds(address, "u") > 0) continue;
      throttle.attempted(address, "u");
      passed++;
    }
    expect(passed).toBeLessThanOrEqual(60);
    expect(throttle.waitSeconds("home", "u")).toBe(0);
  });

  test("one address cannot try many accounts", () => {
    const throttle = new LoginThrottle(createClock().clock);
    for (let turn = 0; turn < 30; turn++) throttle.attempted("a", `user-${turn}`);
    expect(throttle.waitSeconds("a", "another")).toBeGreaterThan(0);
    expect(throttle.waitSeconds("b", "another")).toBe(0);
  });
});
