import { expect, test } from "vitest";
import { demandWhenHot } from "./hot-pause.ts";

const work = { activity: "work", effort: 0.6, roughness: 0 } as const;

test("a hot machine idles until it has cooled down, then works on", () => {
  const pause = { isPausing: false };
  const at = (coolantC: number, oilC: number) =>
    demandWhenHot(pause, work, { coolantC, oilC }).activity;
  expect(at(100, 70)).toBe("work");
  expect(at(115, 70)).toBe("idle");
  expect(at(110, 70)).toBe("idle");
  expect(at(100, 70)).toBe("work");
  expect(at(90, 110)).toBe("idle");
});

test("who is rough goes on for some kelvin more; who has switched off stays off", () => {
  const hot = { coolantC: 116, oilC: 70 };
  const rough = { ...work, roughness: 1 };
  expect(demandWhenHot({ isPausing: false }, rough, hot).activity).toBe("work");
  const off = { ...work, activity: "off" } as const;
  expect(demandWhenHot({ isPausing: false }, off, hot)).toBe(off);
});
