import { describe, expect, test } from "vitest";
import { busesOf, canSignal } from "./can-buses.fixture.ts";
import { CanBuses } from "./can-buses.ts";

const hours = { spn: 247, pgn: 65253, startByte: 1, startBit: 1, bits: 32, coding: "analog" };
const signals = { hours: canSignal({ j1939: hours }, { scale: 0.05 }) };
const requests = { sa: 249, groups: [{ pgn: 65253, everySeconds: 60 }] };

function requestsOf(
  settings: object,
  { isListenOnly = false, frames = ["18FEEE00#FFFFFFFFFFFFFFFF"] } = {},
) {
  const { context, collector, frameOf } = busesOf(signals, settings);
  const sent: string[] = [];
  const buses = new CanBuses(context, collector, {
    requesterOf: () =>
      isListenOnly ? undefined : { request: (pgn, da) => sent.push(`${pgn} ${da}`) },
  });
  for (let second = 0; second < 130; second++) {
    for (const frame of frames) buses.take(frameOf(frame), BigInt(second) * 1_000_000_000n);
    buses.tick(BigInt(second) * 1_000_000_000n, second * 1_000);
  }
  return { sent, counters: buses.counters() };
}

describe("requests", () => {
  test("ask for what the plan lists, and for nothing else", () => {
    expect(requestsOf({ j1939: { requests } }).sent).toEqual([
      "65253 255",
      "65253 255",
      "65253 255",
    ]);
  });

  test("are off where the plan lists nothing", () => {
    expect(requestsOf({}).sent).toEqual([]);
    expect(requestsOf({ j1939: {} }).sent).toEqual([]);
  });

  test("are impossible in listen-only mode: there is nothing to send with", () => {
    const { sent, counters } = requestsOf({ j1939: { requests } }, { isListenOnly: true });
    expect([sent, counters.requests]).toEqual([[], 0]);
  });

  test("stop when somebody else is heard at our address", () => {
    const { sent, counters } = requestsOf(
      { j1939: { requests } },
      { frames: ["18FEEEF9#FFFFFFFFFFFFFFFF"] },
    );
    expect(sent).toEqual([]);
    expect(counters).toMatchObject({ requests: 0, requestAddressTaken: 1 });
  });
});
