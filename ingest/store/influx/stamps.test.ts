import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  findRepeats,
  type SeriesStamps,
  type StampedRows,
  type StampLookUp,
  settleStamps,
  stampKey,
} from "./stamps.ts";

type Sample = readonly [series: number, sec: number];

const fresh = (): SeriesStamps[] =>
  ["a", "b"].map((key) => {
    const never = Number.NEGATIVE_INFINITY;
    return { key, sec: never, ns: 0, storedSec: never, storedNs: 0 };
  });

const rows = (
  series: SeriesStamps[],
  position: number,
  samples: readonly Sample[],
): StampedRows => ({
  position,
  machineId: "m",
  length: samples.length,
  series: (row) => series[samples[row]?.[0] ?? 0] as SeriesStamps,
  sec: (row) => samples[row]?.[1] ?? 0,
  ns: () => 0,
});

/** A database in which a point is its series, stamp and repeat. */
function database() {
  const points = new Map<string, number>();
  let questions = 0;
  return {
    points,
    get questions() {
      return questions;
    },
    lookUp: async (...[, spans]: Parameters<StampLookUp>) => {
      questions++;
      const counts = new Map<string, number>();
      for (const key of points.keys()) {
        const [stamp = "", repeat] = key.split("#");
        const sec = Number(stamp.split(" ")[1]);
        if (!spans.some(({ from, to }) => from.sec <= sec && sec <= to.sec)) continue;
        counts.set(stamp, Math.max(counts.get(stamp) ?? 0, Number(repeat) + 1));
      }
      return counts;
    },
  };
}

describe("samples with one stamp", () => {
  test("D9: none replaces another, whatever the order, batches and restarts", async () => {
    const sample = fc.tuple(fc.nat(1), fc.nat(6));
    const chunks = fc.array(fc.array(fc.array(sample, { maxLength: 6 }), { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat(5), async (history, restartAt) => {
        const db = database();
        let series = fresh();
        let position = 0;
        let written = 0;
        for (const [step, chunk] of history.entries()) {
          if (step === restartAt)
            series = series.map(({ key }) => {
              const always = Number.POSITIVE_INFINITY;
              return { key, sec: always, ns: 0, storedSec: always, storedNs: 0 };
            });
          const batches = chunk.map((samples) => rows(series, position++, samples));
          const repeats = await findRepeats(batches, db.lookUp);
          for (const batch of batches)
            for (let row = 0; row < batch.length; row++) {
              const found = repeats.find(
                (one) => one.position === batch.position && one.row === row,
              );
              const key = stampKey(batch.series(row).key, batch.sec(row), 0);
              db.points.set(`${key}#${found?.repeat ?? 0}`, ++written);
            }
          settleStamps(batches);
        }
        expect(db.points.size).toBe(written);
        const byKey = new Map<string, number[]>();
        for (const [key, order] of db.points) {
          const stamp = key.split("#")[0] ?? "";
          byKey.set(stamp, [...(byKey.get(stamp) ?? []), order]);
        }
        for (const orders of byKey.values())
          expect(orders).toEqual(orders.toSorted((a, b) => a - b));
      }),
    );
  });

  test("nothing is asked while stamps ascend", async () => {
    const db = database();
    const series = fresh();
    for (let step = 0; step < 10; step++) {
      const batch = rows(series, step, [
        [0, step * 2],
        [1, step * 2],
        [0, step * 2 + 1],
      ]);
      expect(await findRepeats([batch], db.lookUp)).toEqual([]);
      settleStamps([batch]);
    }
    expect(db.questions).toBe(0);
  });

  test("only what the database can have is asked for, however much of a chunk does not ascend", async () => {
    const asked: number[] = [];
    const lookUp: StampLookUp = async (_machineId, spans) => {
      asked.push(...spans.flatMap(({ from, to }) => [from.sec, to.sec]));
      return new Map();
    };
    const series = fresh();
    const first = rows(series, 0, [[0, 100]]);
    await findRepeats([first], lookUp);
    settleStamps([first]);
    const late = [95, 300, 250, 1_000, 900, 2_000, 1_950].map((sec): Sample => [0, sec]);
    await findRepeats([rows(series, 1, late)], lookUp);
    expect(asked).toEqual([95, 95]);
  });
});
