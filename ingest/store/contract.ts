/** What every telemetry store must do. An adapter's test calls `storeContract` with a way to open one. */
import { Quality } from "@firebreak/wire/quality.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { JournalRecord } from "../journal/record.ts";
import {
  type ContractMachine,
  contractMachine,
  type Row,
  startNs,
} from "./contract-machine.fixture.ts";
import { sumsContract } from "./contract-sums.fixture.ts";
import type { TelemetryStore } from "./store.ts";

export interface OpenedStore {
  readonly store: TelemetryStore;
  /** Puts records into the journal and waits until the store has them. */
  append(records: readonly JournalRecord[]): Promise<void>;
  /** Brings everything into the form it will rest in; absent where there is one form only. */
  readonly settle?: () => Promise<void>;
  /** Closes the store and opens it again on what it has kept. */
  restart(): Promise<OpenedStore>;
  close(): Promise<void>;
}

/** A store for all tests, a machine for each; with `settles` each case runs again on settled samples. */
export function storeContract(
  name: string,
  open: () => Promise<OpenedStore>,
  { settles = false } = {},
): void {
  const forms = settles ? ["as it arrived", "settled"] : ["as it arrived"];
  describe.each(forms)(`${name}, %s`, (form) => {
    let opened: OpenedStore;
    let machine: ContractMachine;
    let machines = 0;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    beforeEach(() => {
      machine = contractMachine(`m ${++machines}`);
    });
    const given = async (...records: JournalRecord[]) => {
      await opened.append([machine.explained, ...records]);
      if (form === "settled") await opened.settle?.();
    };
    const raw = (signal: string, options = {}) =>
      opened.store.raw({ machineId: machine.machineId, signal, ...options });
    sumsContract({
      get store() {
        return opened.store;
      },
      get machine() {
        return machine;
      },
      given,
      raw,
    });
    const latest = () => opened.store.signals(machine.machineId);

    test("has nothing to say about machines and signals it does not know", async () => {
      const { machineId } = machine;
      expect(await opened.store.machines()).not.toContain(machineId);
      expect(await opened.store.signals("nobody")).toEqual([]);
      expect((await opened.store.raw({ machineId: "nobody", signal: "x" })).t).toEqual([]);
      expect((await opened.store.buckets({ machineId, signal: "x", points: 5 })).t).toEqual([]);
      const span = { fromNs: startNs, toNs: startNs + 1n };
      const fleet = { ...span, signal: "x", machineIds: ["nobody", machineId] };
      expect((await opened.store.fleetHours(fleet)).hour).toHaveLength(0);
      expect((await opened.store.storedSamples("nobody")).stored).toBe(0);
    });

    test("gives back every value exactly: doubles, whole numbers to 2^53, switches as 0 and 1", async () => {
      const doubles = [0.1 + 0.2, -0, 1e-300, 5e-324, 123456.789, -1.7976931348623157e308];
      const values = [...doubles, 0, 1, 4000, 2 ** 53 - 1, -(2 ** 53), 1e21, 1e-7];
      await given(machine.batch(values.map((value, at): Row => ["odd", at, value])));
      const { value, quality, next } = await raw("odd");
      expect(value.map((one, at) => [one, Object.is(one, values[at])])).toEqual(
        values.map((one) => [one, true]),
      );
      expect(new Set(quality)).toEqual(new Set(["good"]));
      expect(next).toBeUndefined();
    });

    test("gives back every stamp to the nanosecond, from before 1970 to far ahead", async () => {
      const at = (baseNs: bigint) =>
        machine.batch(
          [
            ["odd", 1, 1],
            ["odd", 1_001, 2],
          ],
          baseNs,
        );
      await given(at(startNs), at(-5_000_000_000n), at(0n), at(startNs + 10n ** 18n));
      expect((await raw("odd")).t).toEqual([
        "1969-12-31T23:59:55.000000001Z",
        "1969-12-31T23:59:55.000001001Z",
        "1970-01-01T00:00:00.000000001Z",
        "1970-01-01T00:00:00.000001001Z",
        "2026-01-01T00:00:00.000000001Z",
        "2026-01-01T00:00:00.000001001Z",
        "2057-09-09T01:46:40.000000001Z",
        "2057-09-09T01:46:40.000001001Z",
      ]);
    });

    test("D9: keeps two samples of one stamp, in order of arrival", async () => {
      await given(
        machine.batch([
          ["pressure", 5, 8],
          ["pressure", 5, 4],
          ["pressure", 6, 16],
        ]),
        machine.batch([["pressure", 5, 12]]),
      );
      await given(machine.batch([["pressure", 5, 20]]));
      expect((await raw("pressure")).value).toEqual([8, 4, 12, 20, 16]);
      const [first] = await latest();
      expect(first).toMatchObject({ name: "pressure", value: 16 });
      const { count } = await opened.store.buckets({
        ...{ machineId: machine.machineId, signal: "pressure", points: 1 },
      });
      expect(count).toEqual([5]);
    });

    test("D9: keeps two control units apart that send the same signal at the same time", async () => {
      await given(
        machine.batch([
          ["left", 5, 1],
          ["right", 5, 2],
        ]),
      );
      expect(new Set((await raw("side")).value)).toEqual(new Set([1, 2]));
      expect(await latest()).toMatchObject([
        { name: "side", sa: 1, value: 1 },
        { name: "side", sa: 2, value: 2 },
      ]);
    });

    test("keeps qualities, and no number with a bad one", async () => {
      const codes = Object.values(Quality).filter((code) => code !== Quality.good);
      const bad = codes.map((code, at): Row => ["pressure", 2 + at, 0, code]);
      await given(machine.batch([["pressure", 1, 8], ...bad]));
      const { value, quality } = await raw("pressure");
      expect(value).toEqual([8, ...codes.map(() => null)]);
      const names = ["not-available", "error", "reserved", "out-of-range", "stale"];
      expect(quality).toEqual(["good", ...names]);
      expect(await latest()).toMatchObject([
        { name: "pressure", value: null, quality: "stale", spn: 100, sa: 0 },
      ]);
    });

    test("D12: puts late samples where they belong, ninety days late too", async () => {
      await given(machine.batch([["pressure", 10, 40]]));
      const days90 = 90n * 86_400n * 1_000_000_000n;
      const old = machine.batch([["pressure", 0, 4]], startNs - days90);
      await given(machine.batch([["pressure", 5, 20]]), old, machine.batch([["pressure", 20, 80]]));
      expect((await raw("pressure")).value).toEqual([4, 20, 40, 80]);
      expect((await latest())[0]?.value).toBe(80);
    });

    test("keeps what was imported beside what gateways sent, replaces nothing, and counts it as nobody's", async () => {
      const { machineId } = machine;
      const late = machine.imported([
        ["pressure", 1, 4],
        ["pressure", 5, 12],
        ["odd", 3, 0.1, Quality.stale],
      ]);
      // Nothing came before it: it explains itself.
      await opened.append([late]);
      await given(machine.batch([["pressure", 5, 8]]));
      await given(machine.imported([["pressure", 5, 16]], startNs));
      const { t, value } = await raw("pressure");
      expect(t.map((one) => one.slice(-3))).toEqual(["01Z", "05Z", "05Z", "05Z"]);
      expect(value[0]).toBe(4);
      expect(new Set(value.slice(1))).toEqual(new Set([8, 12, 16]));
      expect((await raw("odd")).quality).toEqual(["stale"]);
      expect((await opened.store.storedSamples(machineId)).stored).toBe(1);
    });

    test("begins nothing for who has gone", async () => {
      const { machineId } = machine;
      const asking = { abort: AbortSignal.abort() };
      const span = { fromNs: startNs, toNs: startNs + 1n };
      const question = { signal: "x", machineIds: [machineId], ...span };
      await expect(opened.store.fleetHours(question, asking)).rejects.toMatchObject({
        code: "QUERY_CANCELLED",
      });
      const edgesNs = [startNs, startNs + 60_000_000_000n];
      const { store } = opened;
      const one = { machineId, signal: "x" };
      for (const ask of [
        () => store.raw(one, asking),
        () => store.buckets({ ...one, points: 2 }, asking),
        () => store.stretches({ ...one, edgesNs }, asking),
      ])
        await expect(ask()).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
    });

    test("pages through a series without gap or repetition", async () => {
      const rows = Array.from({ length: 25 }, (_, at): Row => ["pressure", at >> 2, at * 4]);
      await given(machine.batch(rows));
      const seen: (number | null)[] = [];
      let cursor: string | undefined;
      do {
        const page = await raw("pressure", { limit: 7, ...(cursor ? { cursor } : {}) });
        expect(page.value.length).toBeLessThanOrEqual(7);
        seen.push(...page.value);
        cursor = page.next;
      } while (cursor);
      expect(seen).toEqual(rows.map(([, , value]) => value));
    });

    test("G9: tells that there are more than the limit without answering any of them", async () => {
      const rows = Array.from({ length: 12 }, (_, at): Row => ["pressure", at, at * 4]);
      await given(machine.batch(rows.slice(0, 6)));
      await given(machine.batch(rows.slice(6)));
      const all = rows.map(([, , value]) => value);
      expect((await raw("pressure", { limit: 12, orNone: true })).value).toEqual(all);
      const span = { fromNs: startNs + 1n, toNs: startNs + 10n };
      expect((await raw("pressure", { ...span, limit: 9, orNone: true })).value).toHaveLength(9);
      for (const asked of [{ limit: 11 }, { ...span, limit: 8 }]) {
        const { t, value, next = "" } = await raw("pressure", { ...asked, orNone: true });
        expect([t, value]).toEqual([[], []]);
        const { value: page } = await raw("pressure", { ...asked, cursor: next });
        expect(page).toEqual(all.slice("fromNs" in asked ? 1 : 0).slice(0, asked.limit));
      }
    });

    test("takes the start of a span and leaves its end", async () => {
      await given(machine.batch([0, 1, 2, 3].map((at): Row => ["pressure", at, at * 4])));
      const span = { fromNs: startNs + 1n, toNs: startNs + 3n };
      expect((await raw("pressure", span)).value).toEqual([4, 8]);
    });

    test("takes twelve thousand samples at once", async () => {
      const batches = Array.from({ length: 6 }, (_, part) =>
        machine.batch(
          Array.from({ length: 2_000 }, (_, at): Row => {
            const row = part * 2_000 + at;
            return [row % 2 ? "odd" : "pressure", row, row * 4];
          }),
        ),
      );
      await given(...batches);
      const { value } = await raw("pressure");
      expect(value).toEqual(Array.from({ length: 6_000 }, (_, at) => at * 8));
      expect((await opened.store.storedSamples(machine.machineId)).stored).toBe(12_000);
    });

    test("D10: shows every name exactly as it is", async () => {
      const names = ["a b,c=d", "'; drop database x; --", 'quo"te', "back\\slash\\", "line\nbreak"];
      const more = ["ünï ✓ 🔧", "tab\there", "=,= ", "%25", "\u241b5C", "a".repeat(1_000), "\\"];
      const odd = contractMachine("m ,='\"\\\n🔧\\", [...names, ...more]);
      await opened.append([
        odd.explained,
        odd.batch([...names, ...more].map((name, at): Row => [name, at, at])),
      ]);
      const said = await opened.store.signals(odd.machineId);
      expect(said.map(({ name }) => name)).toEqual([...names, ...more].sort());
      for (const [at, name] of [...names, ...more].entries())
        expect((await opened.store.raw({ machineId: odd.machineId, signal: name })).value).toEqual([
          at,
        ]);
      expect(await opened.store.machines()).toContain(odd.machineId);
      expect(said.map(({ unit }) => unit)).toEqual(said.map(({ name }) => `unit ${name}`));
    });

    test("survives a record it cannot use, and says why", async () => {
      const { gatewayId, machineId } = machine;
      const block = Buffer.of(1);
      const odd: JournalRecord = { kind: "batch", gatewayId, machineId, receivedAtMs: 0, block };
      const { poisoned } = await opened.store.stats();
      await given(odd, machine.batch([["pressure", 1, 8]]));
      expect((await raw("pressure")).value).toEqual([8]);
      expect((await opened.store.stats()).poisoned).toBe(poisoned + 1);
      expect((await opened.store.aside()).map(({ reason }) => reason).join()).toMatch(
        /ends too early/,
      );
    });

    test("answers the same after a restart, and nothing is taken twice", async () => {
      const { machineId } = machine;
      await given(
        machine.batch([
          ["pressure", 1, 8],
          ["temperature", 2, -273 + 0.03125],
        ]),
      );
      const before = await raw("temperature");
      const stored = await opened.store.storedSamples(machineId);
      opened = await opened.restart();
      expect(await raw("temperature")).toEqual(before);
      expect(await opened.store.storedSamples(machineId)).toEqual(stored);
      expect(stored).toEqual({
        stored: 2,
        quarantined: 0,
        byHour: [{ hour: "2026-01-01T00:00:00.000000000Z", stored: 2 }],
      });
    });
  });
}
