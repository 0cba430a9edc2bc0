import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import type { EpochOffer, NumberRange } from "@firebreak/wire/session.ts";
import { describe, expect, test } from "vitest";
import { lostRanges, samplesLost } from "./loss.ts";

const offerOf = (next: number, held: readonly NumberRange[], produced = 100): EpochOffer => ({
  epoch: "00".repeat(16),
  next,
  held,
  machines: { m: { produced, suppressed: 0 } },
});

describe("lost ranges", () => {
  test.each<{ name: string; seen: NumberRange[]; held: NumberRange[]; lost: NumberRange[] }>([
    { name: "nothing when all was seen", seen: [[1, 9]], held: [], lost: [] },
    { name: "nothing while the gateway holds the rest", seen: [[1, 4]], held: [[5, 9]], lost: [] },
    { name: "everything when neither has any", seen: [], held: [], lost: [[1, 9]] },
    {
      name: "what lies around a held range",
      seen: [[1, 2]],
      held: [[5, 6]],
      lost: [
        [3, 4],
        [7, 9],
      ],
    },
    { name: "nothing below when held and seen overlap", seen: [[1, 5]], held: [[3, 9]], lost: [] },
  ])("are $name", ({ seen, held, lost }) => {
    expect(lostRanges(NumberRanges.from(seen), offerOf(10, held))).toEqual(lost);
  });
});

describe("samples lost", () => {
  const point = (number: number, before: number, after: number) => ({ number, before, after });
  const settled = NumberRanges.from([
    [1, 2],
    [6, 9],
  ]);
  const context = { settled, offer: offerOf(10, []), machineId: "m" };

  test("are the difference of the counts on either side", () => {
    const around = { previous: point(2, 10, 20), next: point(6, 55, 60), quarantined: 0 };
    expect(samplesLost([3, 5], around, context)).toBe(35);
  });

  test("leave out what was quarantined in between", () => {
    const around = { previous: point(2, 10, 20), next: point(6, 55, 60), quarantined: 5 };
    expect(samplesLost([3, 5], around, context)).toBe(30);
  });

  test("are counted from the start of the epoch and to what the offer states", () => {
    const around = { previous: undefined, next: undefined, quarantined: 0 };
    const all = { ...context, settled: NumberRanges.from([[6, 9]]) };
    expect(samplesLost([1, 5], around, all)).toBe(100);
  });

  test("are not known while a batch next to the gap is still to come", () => {
    const around = { previous: point(2, 10, 20), next: point(9, 55, 60), quarantined: 0 };
    const holed = {
      ...context,
      settled: NumberRanges.from([
        [1, 2],
        [8, 9],
      ]),
    };
    expect(samplesLost([3, 5], around, holed)).toBeUndefined();
  });
});
