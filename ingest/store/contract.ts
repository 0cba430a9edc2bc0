/** What every telemetry store must do. An adapter's test calls `storeContract` with a way to open one. */
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JournalRecord } from "../journal/record.ts";
import type { TelemetryStore } from "./store.ts";

export interface OpenedStore {
  readonly store: TelemetryStore;
  /** Puts records into the journal and waits until the store has them. */
  append(records: readonly JournalRecord[]): Promise<void>;
  /** Brings everything into the form it will rest in. */
  settle(): Promise<void>;
  /** Closes the store and opens it again on the same files. */
  restart(): Promise<OpenedStore>;
  close(): Promise<void>;
}

const dictionary = createDictionary("contract", [
  { name: "pressure", unit: "kPa", scale: 4, offset: 0, spn: 100, sa: 0 },
  { name: "temperature", unit: "°C", scale: 0.03125, offset: -273, spn: 175 },
  { name: "odd", unit: "m", scale: 0.1, offset: 0 },
]);
const who = { gatewayId: "gw", machineId: "m 'ü\" --" };
const epoch = "00".repeat(16);
const startNs = 1_767_225_600_000_000_000n; // 2026-01-01T00:00:00Z
const secondNs = 1_000_000_000;

type Row = readonly [signal: number, offsetNs: number, value: number, quality?: Quality];

function batch(number: number, rows: readonly Row[], baseNs = startNs): JournalRecord {
  const samples = new SampleColumns(baseNs);
  for (const [signal, offsetNs, value, quality = Quality.good] of rows)
    samples.push(signal, offsetNs, value, quality);
  const header = { epoch, number, lane: "live", produced: 0, suppressed: 0 } as const;
  const block = encodeBatch(who, { ...header, dictionary, samples, events: [] });
  return { kind: "batch", ...who, receivedAtMs: 1_767_225_600_000 + number, block };
}

const explained: JournalRecord = { kind: "dictionary", ...who, dictionary };
const { machineId } = who;

/** Every case runs on samples as they arrived and again on settled ones. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe.each([{ form: "as it arrived" }, { form: "settled" }])(`${name}, $form`, ({ form }) => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());
    const given = async (...records: JournalRecord[]) => {
      await opened.append([explained, ...records]);
      if (form === "settled") await opened.settle();
    };

    test("gives back every value and stamp exactly", async () => {
      const values = [0, 4, 4000, 0.1 + 0.2, -0, 1e-300, 123456.789];
      await given(
        batch(
          1,
          values.map((value, at): Row => [2, at * 3 + 1, value]),
        ),
      );
      const { t, value, quality, next } = await opened.store.raw({ machineId, signal: "odd" });
      expect(t[1]).toBe("2026-01-01T00:00:00.000000004Z");
      expect(value.every((one, at) => Object.is(one, values[at]))).toBe(true);
      expect(new Set(quality)).toEqual(new Set(["good"]));
      expect(next).toBeUndefined();
    });

    test("keeps two samples of one stamp, in order of arrival", async () => {
      await given(
        batch(1, [
          [0, 5, 8],
          [0, 5, 4],
        ]),
        batch(2, [[0, 5, 12]]),
      );
      const { value } = await opened.store.raw({ machineId, signal: "pressure" });
      expect(value).toEqual([8, 4, 12]);
    });

    test("keeps qualities, and no number with a bad one", async () => {
      await given(
        batch(1, [
          [0, 1, 8],
          [0, 2, 0, Quality.error],
          [0, 3, 0, Quality.notAvailable],
        ]),
      );
      const { value, quality } = await opened.store.raw({ machineId, signal: "pressure" });
      expect(value).toEqual([8, null, null]);
      expect(quality).toEqual(["good", "error", "not-available"]);
      expect(await opened.store.signals(machineId)).toMatchObject([
        { name: "pressure", value: null, quality: "not-available", spn: 100, sa: 0 },
      ]);
    });

    test("puts late samples where they belong", async () => {
      await given(batch(1, [[0, 10, 40]]));
      await given(batch(2, [[0, 5, 20]]), batch(3, [[0, 20, 80]]));
      const { value } = await opened.store.raw({ machineId, signal: "pressure" });
      expect(value).toEqual([20, 40, 80]);
      const [latest] = await opened.store.signals(machineId);
      expect(latest?.value).toBe(80);
    });

    test("counts late samples once in every bucket", async () => {
      const rows = (from: number): Row[] =>
        Array.from({ length: 50 }, (_, at) => [0, (from + at * 2) * 60 * secondNs, at * 4]);
      await given(batch(1, rows(0)));
      await given(batch(2, rows(1)));
      for (const points of [1, 3, 10, 100, 1_000]) {
        const series = await opened.store.buckets({ machineId, signal: "pressure", points });
        expect(series.t.length).toBeLessThanOrEqual(points);
        expect(series.count.reduce((sum, count) => sum + count)).toBe(100);
        expect(Math.max(...series.max.map(Number))).toBe(196);
        expect(Math.min(...series.min.map(Number))).toBe(0);
      }
    });

    test("pages through a series without gap or repetition", async () => {
      const rows = Array.from({ length: 25 }, (_, at): Row => [0, Math.floor(at / 4), at * 4]);
      await given(batch(1, rows));
      const seen: (number | null)[] = [];
      let cursor: string | undefined;
      do {
        const query = { machineId, signal: "pressure", limit: 7, ...(cursor ? { cursor } : {}) };
        const page = await opened.store.raw(query);
        expect(page.value.length).toBeLessThanOrEqual(7);
        seen.push(...page.value);
        cursor = page.next;
      } while (cursor);
      expect(seen).toEqual(rows.map(([, , value]) => value));
    });

    test("takes the start of a span and leaves its end", async () => {
      await given(
        batch(
          1,
          [0, 1, 2, 3].map((at): Row => [0, at, at * 4]),
        ),
      );
      const span = { fromNs: startNs + 1n, toNs: startNs + 3n };
      const series = await opened.store.raw({ machineId, signal: "pressure", ...span });
      expect(series.value).toEqual([4, 8]);
    });

    test("answers the same after a restart, and nothing is taken twice", async () => {
      await given(
        batch(1, [
          [0, 1, 8],
          [1, 2, -273 + 0.03125],
        ]),
      );
      const before = await opened.store.raw({ machineId, signal: "temperature" });
      const stored = await opened.store.storedSamples(machineId);
      opened = await opened.restart();
      expect(await opened.store.raw({ machineId, signal: "temperature" })).toEqual(before);
      expect(await opened.store.storedSamples(machineId)).toEqual(stored);
      expect(stored).toEqual({
        stored: 2,
        quarantined: 0,
        byHour: [{ hour: "2026-01-01T00:00:00.000000000Z", stored: 2 }],
      });
    });

    test("has nothing to say about machines and signals it does not know", async () => {
      expect(await opened.store.machines()).toEqual([]);
      expect(await opened.store.signals("nobody")).toEqual([]);
      expect((await opened.store.raw({ machineId: "nobody", signal: "x" })).t).toEqual([]);
      expect((await opened.store.buckets({ machineId, signal: "x", points: 5 })).t).toEqual([]);
      expect((await opened.store.storedSamples("nobody")).stored).toBe(0);
    });

    test("survives a record it cannot use", async () => {
      const odd: JournalRecord = { kind: "batch", ...who, receivedAtMs: 0, block: Buffer.of(1) };
      await given(odd, batch(1, [[0, 1, 8]]));
      expect((await opened.store.raw({ machineId, signal: "pressure" })).value).toEqual([8]);
      expect((await opened.store.stats()).poisoned).toBe(1);
    });
  });
}
