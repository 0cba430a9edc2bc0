import { describe, expect, test } from "vitest";
import { LatencyHistogram } from "./latency-histogram.ts";
import { type LoadFigures, noLinks } from "./load-figures.ts";
import { isAllWell, sumFigures, toReport } from "./load-report.ts";

const order = {
  ...{ name: "load", urls: ["mqtt://hub:1883"], access: {}, gateways: 20, processes: 2, rampMs: 0 },
  ...{ data: { signals: 30, samplesPerBatch: 30, batchEveryMs: 5_000 }, seed: 1 },
};
const times = { connectSeconds: 1, seconds: 10, cpuSeconds: 5, peakBytes: 2e8, storms: [] };

function figuresOf(parts: Partial<LoadFigures> = {}): LoadFigures {
  const within = new LatencyHistogram();
  within.note(10);
  return {
    ...{ isResting: true, connected: 10, everConnected: 10, links: { ...noLinks(), sessions: 10 } },
    made: { batches: 20, samples: 600 },
    acknowledged: { batches: 20, samples: 600 },
    lost: { batches: 0, samples: 0 },
    inFlight: { batches: 0, samples: 0 },
    ...{ sentAgain: 1, within: within.toSparse(), across: { counts: [], max: 0 } },
    ...{ lateMs: 3, cpuSeconds: 1, rssBytes: 1e8, lastTrouble: "" },
    ...parts,
  };
}

describe("toReport", () => {
  test("adds up what the processes counted", () => {
    const report = toReport(order, sumFigures([figuresOf(), figuresOf({ lateMs: 8 })]), times);
    expect(report).toMatchObject({
      neverConnected: 0,
      batches: { made: 40, acknowledged: 40, lost: 0, inFlight: 0, sentAgain: 2 },
      samples: { made: 1_200, acknowledged: 1_200 },
      madePerSecond: { batches: 4, samples: 120 },
      acknowledgedMs: { count: 2, max: 10 },
      links: { sessions: 20, reconnects: 0 },
      own: { processes: 2, cores: 0.5, peakMb: 200, lateMs: 8 },
    });
    expect(isAllWell(report)).toBe(true);
  });

  test.each([
    { name: "was lost", parts: { lost: { batches: 1, samples: 30 } } },
    { name: "is not acknowledged", parts: { inFlight: { batches: 1, samples: 30 } } },
    { name: "never came in", parts: { everConnected: 9 } },
  ])("is not well when something $name", ({ parts }) => {
    const report = toReport(order, sumFigures([figuresOf(), figuresOf(parts)]), times);
    expect(isAllWell(report)).toBe(false);
  });

  test("a process that has told nothing yet counts nothing", () => {
    expect(sumFigures([undefined, figuresOf()])).toEqual(sumFigures([figuresOf()]));
  });
});
