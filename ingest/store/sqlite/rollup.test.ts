import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addMinutes, decodeMinutes, encodeMinutes, rollUp, sumMinutes } from "./rollup.ts";
import type { SeriesColumns } from "./series-block.ts";

const scaling = { scale: 0.5, offset: -10 };
const hourNs = 3_600_000_000_000;

const rows = fc.array(
  fc.tuple(fc.nat(2 * hourNs), fc.integer({ min: 0, max: 1_000 }), fc.constantFrom(0, 0, 0, 2)),
  { minLength: 1, maxLength: 100 },
);
const columnsOf = (list: readonly (readonly [number, number, number])[]): SeriesColumns => {
  const sorted = [...list].sort(([one], [other]) => one - other);
  return {
    offsetNs: Float64Array.from(sorted, ([time]) => time),
    value: Float64Array.from(sorted, ([, raw, quality]) =>
      quality === 0 ? raw * scaling.scale + scaling.offset : Number.NaN,
    ),
    quality: Uint8Array.from(sorted, ([, , quality]) => quality),
  };
};

describe("rollups", () => {
  test("are the same however the samples were split on their way", () => {
    fc.assert(
      fc.property(rows, rows, (early, late) => {
        const times = new Set<number>();
        const once = (list: typeof early) =>
          list.filter(([time]) => !times.has(time) && times.add(time));
        const [one, other] = [once(early), once(late)];
        const whole = rollUp(columnsOf([...one, ...other]), 0n);
        const parts = rollUp(columnsOf(one), 0n);
        for (const [hour, minutes] of rollUp(columnsOf(other), 0n)) {
          const known = parts.get(hour);
          if (known) addMinutes(known, minutes);
          else parts.set(hour, minutes);
        }
        for (const [hour, minutes] of whole)
          expect(sumMinutes(parts.get(hour) ?? new Map())).toEqual(sumMinutes(minutes));
      }),
    );
  });

  test("come back from their bytes as they were", () => {
    fc.assert(
      fc.property(rows, (list) => {
        for (const minutes of rollUp(columnsOf(list), 7_200_000_000_000n).values())
          expect(decodeMinutes(encodeMinutes(minutes, scaling), scaling)).toEqual(
            new Map([...minutes].sort(([one], [other]) => one - other)),
          );
      }),
    );
  });

  test("name the hour and minute of each sample, before 1970 too", () => {
    const column = columnsOf([[0, 20, 0]]);
    const [hour, minutes] = [...rollUp(column, -1n)][0] ?? [0, new Map()];
    expect(hour).toBe(-1);
    expect([...minutes.keys()]).toEqual([59]);
  });
});
