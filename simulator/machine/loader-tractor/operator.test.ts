import { describe, expect, test } from "vitest";
import { wishOf } from "./operator.ts";

const now = { inCycle: 3, coolantC: 10 };
const work = { activity: "work", effort: 0.5, roughness: 0.2 } as const;

describe("wishOf", () => {
  test("a careful operator lets a cold engine warm up, standing at low speed", () => {
    expect(wishOf(work, now)).toMatchObject({ speedRpm: 1100, speedKmh: 0, gear: 0 });
    expect(wishOf(work, { ...now, coolantC: 60 }).speedRpm).toBeGreaterThan(1500);
  });

  test("a rough one drives off at once", () => {
    expect(wishOf({ ...work, roughness: 0.9 }, now).speedRpm).toBeGreaterThan(1500);
  });

  test("lifting is harder for who works harder", () => {
    const lifting = { inCycle: 12, coolantC: 80 };
    const light = wishOf({ ...work, effort: 0.2 }, lifting);
    expect(wishOf({ ...work, effort: 0.9 }, lifting).liftBar).toBeGreaterThan(light.liftBar);
  });
});
