import { spnFacts } from "@firebreak/gateway/sources/can/j1939/spn-facts.ts";
import { createRecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { describe, expect, test } from "vitest";
import { createSummary } from "./summary.ts";

const engineSpeed = spnFacts.findIndex(({ spn }) => spn === 190);
const frame = createRecordingFrame();
const lamps = { mil: "off", redStop: "off", amberWarning: "on", protect: "off" } as const;

/** A summary of engine speeds from one source address. */
function summaryOf(sa: number, samples: readonly (readonly [number, Quality])[]) {
  const summary = createSummary();
  const columns = new SampleColumns(0n);
  for (const [value, quality] of samples) columns.push(engineSpeed, 0, value, quality);
  summary.addSamples({ frame, sa, samples: columns });
  return summary;
}

const rest = { frames: 3, skippedLines: 1, messages: new Map(), withNotAvailable: false };

describe("createSummary", () => {
  test("counts good values and errors, and keeps range, first and last", () => {
    const summary = summaryOf(5, [
      [800, Quality.good],
      [900, Quality.good],
      [0, Quality.error],
      [0, Quality.reserved],
      [700, Quality.good],
    ]);
    expect(summary.result(rest)).toEqual({
      frames: 3,
      skippedLines: 1,
      signals: { "190@5": { n: 3, min: 700, max: 900, first: 800, last: 700, error: 1 } },
      dtcs: [],
      pgns: {},
      unknownPgns: {},
    });
  });

  test("has no range where nothing was good", () => {
    expect(summaryOf(255, [[0, Quality.error]]).result(rest).signals).toEqual({
      "190@255": { n: 0, min: null, max: null, first: null, last: null, error: 1 },
    });
  });

  test("names signals that never were available only when asked", () => {
    const summary = summaryOf(0, [[0, Quality.notAvailable]]);
    expect(summary.result(rest).signals).toEqual({});
    expect(Object.keys(summary.result({ ...rest, withNotAvailable: true }).signals)).toEqual([
      "190@0",
    ]);
  });

  test("counts in how many messages each trouble code was active", () => {
    const summary = createSummary();
    const dtc = (spn: number, fmi: number) => ({ spn, fmi, oc: 1, cm: 0 as const });
    const report = (sa: number, dtcs: readonly ReturnType<typeof dtc>[]) =>
      summary.addActiveDtcs({ frame, event: { offsetNs: 0, sa, lamps, dtcs } });
    report(3, [dtc(524020, 31)]);
    report(0, [dtc(110, 0), dtc(100, 4)]);
    report(0, [dtc(100, 4), dtc(100, 1)]);
    report(0, []);
    expect(summary.result(rest).dtcs).toEqual([
      { sa: 0, spn: 100, fmi: 1, count: 1 },
      { sa: 0, spn: 100, fmi: 4, count: 2 },
      { sa: 0, spn: 110, fmi: 0, count: 1 },
      { sa: 3, spn: 524020, fmi: 31, count: 1 },
    ]);
  });

  test("tells messages that nothing is decoded from apart", () => {
    const messages = new Map([
      [61444, { count: 244, isKnown: true }],
      [65298, { count: 7, isKnown: false }],
    ]);
    expect(createSummary().result({ ...rest, messages })).toMatchObject({
      pgns: { "61444": 244, "65298": 7 },
      unknownPgns: { "65298": 7 },
    });
  });
});
