import { encodeBatch, safeSampleCount } from "@firebreak/wire/batch-block.ts";
import type { ActiveDtcs, MachineEvent } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Batcher } from "./batcher.ts";

const hourNs = 3_600_000_000_000n;
const startNs = 1_700_000_000_000_000_000n - (1_700_000_000_000_000_000n % hourNs);
const dictionary = createDictionary("test", [{ name: "a", unit: "rpm", scale: 1, offset: 0 }]);

interface Made {
  readonly lane: string;
  readonly stamps: readonly bigint[];
  readonly events: readonly MachineEvent[];
  readonly suppressed: number;
  readonly bytes: number;
}

function makeBatcher(signals = [{}]) {
  const shaping = { signals, windowed: [], counted: [] };
  const made: Made[] = [];
  const clock = { nowMs: 0 };
  const batcher = new Batcher({
    shaping,
    maxAgeMs: 1_000,
    nowMs: () => clock.nowMs,
    emit: ({ lane, samples, events, suppressed }) => {
      const content = { lane, dictionary, samples, events, suppressed, produced: 0, number: 1 };
      const block = encodeBatch(
        { gatewayId: "g", machineId: "m" },
        { ...content, epoch: "0".repeat(32) },
      );
      const stamps = Array.from({ length: samples.length }, (_, row) => samples.timeNs(row));
      made.push({ lane, stamps, events, suppressed, bytes: block.length });
    },
  });
  return { batcher, made, clock };
}

function columns(stamps: readonly bigint[], value = (at: number) => at): SampleColumns {
  const samples = new SampleColumns(stamps[0] ?? startNs, 16);
  for (const [at, stamp] of stamps.entries())
    samples.push(0, Number(stamp - samples.baseNs), value(at), Quality.good);
  return samples;
}

const nothing = new SampleColumns(startNs, 1);
const dm1 = (
  timeNs: bigint,
  spns: readonly number[],
  lamp: "on" | "off" = "on",
  sa = 0,
): ActiveDtcs => ({
  kind: "active-dtcs",
  timeNs,
  sa,
  lamps: { mil: "off", redStop: "off", amberWarning: lamp, protect: "not-available" },
  dtcs: spns.map((spn) => ({ spn, fmi: 4, oc: 1, cm: 0 })),
});

describe("Batcher", () => {
  test("closes a batch when it is old enough, not before", () => {
    const { batcher, made, clock } = makeBatcher();
    batcher.deliver(columns([startNs]), []);
    clock.nowMs = 999;
    batcher.tick();
    expect(made).toHaveLength(0);
    clock.nowMs = 1_000;
    batcher.tick();
    expect(made).toHaveLength(1);
    batcher.tick();
    expect(made).toHaveLength(1);
  });

  test("never mixes two hours", () => {
    const { batcher, made } = makeBatcher();
    const border = startNs + hourNs;
    batcher.deliver(columns([border - 2n, border - 1n, border, border + 1n]), []);
    batcher.close();
    expect(made.map(({ stamps }) => stamps)).toEqual([
      [border - 2n, border - 1n],
      [border, border + 1n],
    ]);
  });

  test("random values of the worst kind fit into 64 KiB", () => {
    const { batcher, made } = makeBatcher();
    const stamps = Array.from({ length: 3 * safeSampleCount }, (_, at) => startNs + BigInt(at * 7));
    batcher.deliver(
      columns(stamps, () => Math.random() * 1e300),
      [],
    );
    batcher.close();
    expect(made).toHaveLength(3);
    expect(made.every(({ bytes }) => bytes <= 65_536)).toBe(true);
    expect(made.flatMap((batch) => batch.stamps)).toEqual(stamps);
  });

  test("the longest trouble codes fit too", () => {
    const { batcher, made } = makeBatcher();
    const many = Array.from({ length: 445 }, (_, at) => at + 1);
    for (let at = 0; at < 20; at++)
      batcher.deliver(nothing, [dm1(startNs + BigInt(at), [...many, 1_000 + at])]);
    batcher.close();
    expect(made.flatMap(({ events }) => events)).toHaveLength(20);
    expect(made.every(({ bytes }) => bytes <= 65_536)).toBe(true);
  });

  test("changed trouble codes close at once, with the samples before them", () => {
    const { batcher, made } = makeBatcher();
    batcher.deliver(columns([startNs, startNs + 5n]), [dm1(startNs, [100])]);
    expect(made).toMatchObject([{ lane: "alarm", stamps: [startNs, startNs + 5n] }]);
  });

  test("a source address that has nothing to say hurries nobody", () => {
    const { batcher, made } = makeBatcher();
    batcher.deliver(nothing, [dm1(startNs, [], "off")]);
    expect(made).toHaveLength(0);
    batcher.deliver(nothing, [dm1(startNs + 1n, [], "on")]);
    expect(made).toMatchObject([{ lane: "alarm" }]);
  });

  test("repetitions are kept, at most twice a second and per source address", () => {
    const { batcher, made } = makeBatcher();
    const second = 1_000_000_000n;
    for (let tenth = 0n; tenth < 20n; tenth++)
      batcher.deliver(nothing, [
        dm1(startNs + (tenth * second) / 10n, [100]),
        dm1(startNs + (tenth * second) / 10n, [100], "on", 3),
      ]);
    batcher.close();
    const events = made.flatMap((batch) => batch.events);
    expect(events.filter(({ sa }) => sa === 0)).toHaveLength(4);
    expect(events.filter(({ sa }) => sa === 3)).toHaveLength(4);
    expect(batcher.droppedRepeats).toBe(32);
  });

  test("codes that change all the time get ten batches a second, and none is lost", () => {
    const { batcher, made, clock } = makeBatcher();
    for (let at = 0; at < 100; at++) {
      clock.nowMs = at * 10;
      batcher.deliver(nothing, [dm1(startNs + BigInt(at), [at + 1])]);
    }
    clock.nowMs = 1_100;
    batcher.tick();
    expect(made.length).toBeLessThanOrEqual(11);
    expect(made.flatMap(({ events }) => events)).toHaveLength(100);
  });

  test("says what was held back since the batch before", () => {
    const { batcher, made } = makeBatcher([{ deadBand: 1_000, maxSilenceNs: 10 }]);
    batcher.deliver(columns([startNs, startNs + 1n, startNs + 2n, startNs + 20n]), []);
    batcher.close();
    batcher.deliver(columns([startNs + 30n]), []);
    batcher.close();
    expect(made.map(({ suppressed }) => suppressed)).toEqual([2, 0]);
  });

  test("whatever comes in goes out once, in order, an hour a batch", () => {
    const chunk = fc.array(fc.bigInt({ min: 0n, max: 4n * hourNs }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 10 }), (chunks) => {
        const { batcher, made } = makeBatcher();
        for (const offsets of chunks) batcher.deliver(columns(offsets.map((o) => startNs + o)), []);
        batcher.close();
        const out = made.flatMap(({ stamps }) => stamps);
        expect(out).toHaveLength(chunks.flat().length);
        expect(out.every((stamp, at) => at === 0 || stamp > (out[at - 1] ?? 0n))).toBe(true);
        for (const { stamps } of made)
          expect(new Set(stamps.map((stamp) => stamp / hourNs)).size).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});
