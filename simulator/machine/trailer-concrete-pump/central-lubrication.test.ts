import { describe, expect, test } from "vitest";
import { restingLubrication, stepLubrication } from "./central-lubrication.ts";

/** Twenty strokes a minute for half an hour. */
function greased(resistance: number) {
  const lubrication = restingLubrication(0);
  let highestBar = 0;
  let longestAbove = 0;
  let above = 0;
  for (let second = 1; second <= 1800; second++) {
    stepLubrication(lubrication, resistance, { strokes: second / 3, ambientC: 20 }, 1);
    highestBar = Math.max(highestBar, lubrication.pressureBar);
    above = lubrication.pressureBar > 200 ? above + 1 : 0;
    longestAbove = Math.max(longestAbove, above);
  }
  return { lubrication, highestBar, longestAbove };
}

describe("stepLubrication", () => {
  test("a cycle comes every 40 strokes", () => {
    expect(greased(1).lubrication.count).toBe(15);
  });

  test("clear lines let each pulse go; blocked ones hold it up to the relief valve", () => {
    const clear = greased(1);
    expect(clear.highestBar).toBeGreaterThan(30);
    expect(clear.highestBar).toBeLessThan(120);
    const blocked = greased(5);
    expect(blocked.highestBar).toBeLessThanOrEqual(280);
    expect(blocked.longestAbove).toBeGreaterThan(30);
  });
});
