import { closeSync, openSync, writeSync } from "node:fs";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { MachineBuses } from "@firebreak/simulator/buses/machine-buses.ts";
import { CandumpText } from "@firebreak/simulator/buses/outputs/candump-text.ts";
import { type BenchResult, toResult } from "./result.ts";

const runs = 5;
const machineSeconds = 1_200;
const pieceBytes = 1024 * 1024;
const zeroMs = 1_700_000_000_000;

/** Control units of a machine on one core: frames from values, and frames as text to nowhere. */
export async function run(): Promise<BenchResult[]> {
  const plan = loadPlan("cold-milling-machine");
  const values = Object.fromEntries(
    Object.entries(plan.acquisition.signals).map(([name, { range }]) => [
      name,
      (range[0] ?? 0) + 1,
    ]),
  );
  /** Microseconds per frame of each run, all values new in every step. */
  const measure = (stepMs: number, sink: (text: CandumpText) => void): number[] =>
    Array.from({ length: runs + 1 }, () => {
      const buses = new MachineBuses(plan, { machineId: "M1", isOneWay: true });
      const text = new CandumpText();
      let frames = 0;
      const startMs = performance.now();
      for (let untilMs = stepMs; untilMs <= machineSeconds * 1_000; untilMs += stepMs)
        buses.step(untilMs, { values }, (frame, bus) => {
          frames++;
          if (sink === nothing) return;
          text.append(bus, frame, zeroMs + frame.timeMs);
          if (text.length >= pieceBytes) sink(text);
        });
      return ((performance.now() - startMs) * 1_000) / frames;
    }).slice(1);
  const file = openSync("/dev/null", "w");
  const toNowhere = (text: CandumpText) => {
    writeSync(file, text.bytes);
    text.clear();
  };
  const note = `${plan.plan}, two buses, five nodes`;
  const results = [
    toResult("frames from values, a step every second", "µs/frame", measure(1_000, nothing), note),
    toResult("the same, a step every 10 ms", "µs/frame", measure(10, nothing), "as live"),
    toResult("the same as candump text", "µs/frame", measure(1_000, toNowhere), "to /dev/null"),
  ];
  closeSync(file);
  return results;
}

const nothing = (): void => {};
