import type { DiskSpace } from "@firebreak/kit/disk-space.ts";
import { describe, expect, test } from "vitest";
import { createDiskGuard, judgeDisk } from "./disk-guard.ts";

const gb = 1_000_000_000;
const levels = (total: number, frees: readonly number[]) => {
  let level: ReturnType<typeof judgeDisk>["level"] = "ok";
  return frees.map((free) => {
    level = judgeDisk({ total, free }, level).level;
    return level;
  });
};

describe("judgeDisk", () => {
  test("says so at 80 and at 90 %, and stops before the disk is full", () => {
    const frees = [25, 20, 15, 10, 6, 5, 4.9, 0].map((free) => free * gb);
    expect(levels(100 * gb, frees)).toEqual([
      ...["ok", "noticed", "noticed", "urgent", "urgent"],
      ...["urgent", "urgent", "full"],
    ]);
    expect(levels(10 * gb, [0.51 * gb, 0.49 * gb])).toEqual(["urgent", "full"]);
  });

  test("goes on only when there is a little more room than was missing", () => {
    expect(levels(10 * gb, [0.4 * gb, 0.55 * gb, 0.61 * gb, 0.55 * gb])).toEqual([
      ...["full", "full", "urgent", "urgent"],
    ]);
  });

  test("keeps a gibibyte at most, and knows nothing where the system says nothing", () => {
    expect(judgeDisk({ total: 1_000 * gb, free: 500 * gb }, "ok").reserve).toBe(1024 ** 3);
    expect(judgeDisk(undefined, "full")).toEqual({
      level: "ok",
      total: null,
      free: null,
      reserve: 0,
    });
  });
});

test("a disk is asked once a second at most", () => {
  let nowMs = 0;
  let asked = 0;
  const space = (): DiskSpace => {
    asked++;
    return { total: 100, free: 100 - nowMs / 100 };
  };
  const guard = createDiskGuard("/", { nowMs: () => 0, monotonicMs: () => nowMs }, space);
  const seen = Array.from({ length: 96 }, () => {
    nowMs += 100;
    return guard.status().level;
  });
  expect(asked).toBeLessThanOrEqual(10);
  expect([seen[0], seen[85], seen[95]]).toEqual(["ok", "noticed", "urgent"]);
});
