import { describe, expect, test } from "vitest";
import { StepWatch } from "./clock-steps.ts";

/** Both clocks, wound by hand. `heldUpMs`: so long somebody else has the processor once the wall clock was read. */
function handClocks() {
  const clocks = { wallMs: Date.parse("2026-11-26T10:00:00Z"), growingMs: 5_000, heldUpMs: 0 };
  const pass = (ms: number) => {
    clocks.wallMs += ms;
    clocks.growingMs += ms;
  };
  const clock = {
    nowMs: () => {
      const { wallMs, heldUpMs } = clocks;
      pass(heldUpMs);
      return wallMs;
    },
    monotonicMs: () => clocks.growingMs,
  };
  return { clocks, clock, pass };
}

describe("steps of the system clock", () => {
  test("are counted, and how far the last one went", () => {
    const { clocks, clock, pass } = handClocks();
    const watch = new StepWatch(clock);
    pass(2_000);
    watch.look();
    clocks.wallMs += 400; // as NTP turns it
    watch.look();
    expect(watch.steps).toEqual({ count: 0, lastMs: null });
    clocks.wallMs -= 3_600_000;
    watch.look();
    watch.look();
    expect(watch.steps).toEqual({ count: 1, lastMs: -3_600_000 });
  });

  test("a process that is held up between reading the two clocks has seen no step, and misses none", () => {
    const { clocks, clock } = handClocks();
    clocks.heldUpMs = 1_000;
    const watch = new StepWatch(clock);
    for (const heldUpMs of [0, 2_000, 0]) {
      clocks.heldUpMs = heldUpMs;
      watch.look();
    }
    expect(watch.steps).toEqual({ count: 0, lastMs: null });
    clocks.wallMs += 60_000;
    clocks.heldUpMs = 2_000;
    watch.look();
    clocks.heldUpMs = 0;
    watch.look();
    expect(watch.steps).toEqual({ count: 1, lastMs: 60_000 });
  });
});
