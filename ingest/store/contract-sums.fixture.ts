/** What every telemetry store must do when it sums up: buckets, stretches, hours. A part of `storeContract`. */
import { Quality } from "@firebreak/wire/quality.ts";
import { expect, test } from "vitest";
import type { JournalRecord } from "../journal/record.ts";
import {
  type ContractMachine,
  contractMachine,
  type Row,
  secondNs,
  startNs,
} from "./contract-machine.fixture.ts";
import type { TelemetryStore } from "./store.ts";

/** What the tests of one store share; asked anew in each test. */
export interface ContractSubject {
  readonly store: TelemetryStore;
  /** Another one for each test. */
  readonly machine: ContractMachine;
  /** Puts records of the machine into the store, in the form that is being tested. */
  given(...records: JournalRecord[]): Promise<void>;
  raw(signal: string, options?: object): ReturnType<TelemetryStore["raw"]>;
}

export function sumsContract(subject: ContractSubject): void {
  test("counts late samples once in every bucket", async () => {
    const { machine } = subject;
    const { machineId } = machine;
    const rows = (from: number): Row[] =>
      Array.from({ length: 50 }, (_, at) => ["pressure", (from + at * 2) * 60 * secondNs, at * 4]);
    const bad: Row = ["pressure", secondNs, 0, Quality.error];
    await subject.given(machine.batch([...rows(0), bad]));
    await subject.given(machine.batch(rows(1)));
    for (const points of [1, 3, 10, 100, 1_000]) {
      const series = await subject.store.buckets({ machineId, signal: "pressure", points });
      expect(series.t.length).toBeLessThanOrEqual(points);
      expect(series.count.reduce((sum, count) => sum + count)).toBe(100);
      expect(series.errors.reduce((sum, count) => sum + count)).toBe(1);
      expect(Math.max(...series.max.map(Number))).toBe(196);
      expect(Math.min(...series.min.map(Number))).toBe(0);
    }
    const one = await subject.store.buckets({ machineId, signal: "pressure", points: 1 });
    expect(one.mean[0]).toBeCloseTo(98, 9);
  });

  test("tells the oldest and the newest value of every bucket, whichever came first", async () => {
    const { machine } = subject;
    const { machineId } = machine;
    const minute = 60 * secondNs;
    await subject.given(
      machine.batch([
        ["pressure", 70 * minute, 400],
        ["pressure", 130 * minute, 40],
      ]),
    );
    await subject.given(
      machine.batch([
        ["pressure", 61 * minute, 80],
        ["pressure", 125 * minute, 4],
        ["pressure", 179 * minute + 5, 12],
      ]),
    );
    for (const points of [2, 3, 100, 200]) {
      const { first, last, max } = await subject.store.buckets({
        ...{ machineId, signal: "pressure", points },
      });
      expect([first[0], last.at(-1), Math.max(...max.map(Number))]).toEqual([80, 12, 400]);
    }
    const hours = { fromNs: startNs, toNs: startNs + 3n * 3_600_000_000_000n };
    const two = await subject.store.buckets({
      ...hours,
      machineId,
      signal: "pressure",
      points: 3,
    });
    expect([two.first, two.last]).toEqual([
      [80, 4],
      [400, 12],
    ]);
  });

  test("E5: sums up stretches with edges of any minute, late data once", async () => {
    const { machine } = subject;
    const { machineId } = machine;
    const minute = 60 * secondNs;
    const at = (minutes: number) => startNs + BigInt(minutes * minute);
    await subject.given(
      machine.batch([
        ["pressure", 14 * minute, 4],
        ["pressure", 15 * minute - 1, 8],
        ["pressure", 15 * minute, 12],
        ["pressure", 16 * minute, 0, Quality.error],
        ["pressure", 61 * minute, 40],
        ["pressure", 200 * minute, 20],
        ["odd", 20 * minute, 1],
      ]),
    );
    await subject.given(
      machine.batch([
        ["pressure", 75 * minute - 1, 16],
        ["pressure", 75 * minute, 24],
        ["pressure", 300 * minute, 100],
      ]),
    );
    const stretches = (edges: readonly number[]) =>
      subject.store.stretches({ machineId, signal: "pressure", edgesNs: edges.map(at) });
    // A quarter past, as midnight is in a zone 45 minutes off; then an edge on the hour, and an empty stretch.
    const sums = await stretches([0, 15, 75, 180, 240, 241, 300]);
    expect(sums.t.map((one) => one.slice(11, 16))).toEqual(["00:00", "00:15", "01:15", "03:00"]);
    expect(sums.count).toEqual([2, 3, 1, 1]);
    expect(sums.errors).toEqual([0, 1, 0, 0]);
    expect([sums.min, sums.max]).toEqual([
      [4, 12, 24, 20],
      [8, 40, 24, 20],
    ]);
    expect([sums.first, sums.last]).toEqual([
      [4, 12, 24, 20],
      [8, 16, 24, 20],
    ]);
    expect(sums.mean.map(Number)).toEqual([6, 68 / 3, 24, 20]);
    expect((await stretches([15])).t).toEqual([]);
    expect((await stretches([15, 15, 60])).count).toEqual([1]);
  });

  test("sums up the hours of many machines, late data once", async () => {
    const { machine } = subject;
    const other = contractMachine(`${machine.machineId} other`);
    const hour = 3_600 * secondNs;
    await subject.given(
      machine.batch([
        ["pressure", 2 * hour, 8],
        ["pressure", 2 * hour + 5, 4],
        ["pressure", 25 * hour, 0, Quality.error],
        ["odd", 2 * hour, 1],
      ]),
      other.explained,
      other.batch([["pressure", hour - 1, 16]]),
    );
    await subject.given(machine.batch([["pressure", 3 * hour - 1, 12]]));
    const { machine: index, ...rest } = await subject.store.fleetHours({
      signal: "pressure",
      machineIds: ["nobody", other.machineId, machine.machineId],
      fromNs: startNs,
      toNs: startNs + BigInt(25 * hour) + 1n,
    });
    const first = Number(startNs / BigInt(hour));
    expect(rest.waiting).toBe(0);
    expect([...index]).toEqual([1, 2, 2]);
    expect([...rest.hour]).toEqual([first, first + 2, first + 25]);
    expect([...rest.count]).toEqual([1, 3, 0]);
    expect([...rest.errors]).toEqual([0, 0, 1]);
    expect([...rest.min]).toEqual([16, 4, Number.NaN]);
    expect([...rest.max]).toEqual([16, 12, Number.NaN]);
    expect([...rest.mean]).toEqual([16, 8, Number.NaN]);
  });

  test("refuses more machines and hours than it answers at once, and says how many it would", async () => {
    const days = BigInt(400 * 86_400 * secondNs);
    const machineIds = Array.from({ length: 1_000 }, (_, at) => `m ${at}`);
    const query = { signal: "x", machineIds, fromNs: startNs, toNs: startNs + days };
    await expect(subject.store.fleetHours(query)).rejects.toThrow(/ask for 2000 hours or fewer/);
  });

  test("refuses more stretches than it answers at once, and says how many it would", async () => {
    const edgesNs = Array.from({ length: 4_002 }, (_, at) => startNs + BigInt(at) * 60n);
    const query = { machineId: "m", signal: "x", edgesNs };
    await expect(subject.store.stretches(query)).rejects.toThrow(/ask for 4000 stretches/);
  });
}
