import { describe, expect, test } from "vitest";
import type { Cells } from "./cells.ts";
import { beginHold, holdSize, isOpen, restartHold, Step, stepHold, Verdict } from "./hold.ts";

const limits = { minCount: 2, holdNs: 2e9, gapNs: 10e9 };
const { yes, no, undecided } = Verdict;

/** Behind a number of somebody else's. */
function newHold(): Cells {
  const state = { numbers: new Float64Array(holdSize + 2).fill(7), at: 1 };
  beginHold(state);
  return state;
}

/** Steps for observations of one verdict each, at whole seconds. */
function steps(
  said: readonly (readonly [second: number, verdict: Verdict, notBefore?: number])[],
  state = newHold(),
): Step[] {
  return said.map(([second, verdict, notBefore]) =>
    stepHold(state, limits, verdict, {
      timeNs: second * 1e9,
      contextSinceNs: notBefore === undefined ? Number.NEGATIVE_INFINITY : notBefore * 1e9,
    }),
  );
}

describe("stepHold", () => {
  test.each([
    {
      name: "raises after the hold",
      said: [
        [0, yes],
        [1, yes],
        [2, yes],
      ],
      is: [0, 0, Step.raised],
    },
    {
      name: "needs enough observations",
      said: [
        [0, yes],
        [5, yes],
      ],
      is: [0, Step.raised],
    },
    {
      name: "starts again after a no",
      said: [
        [0, yes],
        [1, no],
        [2, yes],
        [3, yes],
      ],
      is: [0, 0, 0, 0],
    },
    {
      name: "starts again after an undecided",
      said: [
        [0, yes],
        [1, undecided],
        [2, yes],
        [3, yes],
      ],
      is: [0, 0, 0, 0],
    },
    {
      name: "holds, then clears",
      said: [
        [0, yes],
        [2, yes],
        [3, yes],
        [4, undecided],
        [5, no],
        [6, no],
      ],
      is: [0, Step.raised, Step.holding, Step.holding, Step.cleared, 0],
    },
    {
      name: "starts again after a gap",
      said: [
        [0, yes],
        [11, yes],
        [12, yes],
        [13, yes],
      ],
      is: [0, 0, 0, Step.raised],
    },
    {
      name: "counts from the start of the context",
      said: [
        [0, yes, 0],
        [3, yes, 2],
        [4, yes, 2],
      ],
      is: [0, 0, Step.raised],
    },
    {
      name: "stays raised over a short unknown",
      said: [
        [0, yes],
        [2, yes],
        [15, yes],
      ],
      is: [0, Step.raised, Step.holding],
    },
    {
      name: "renews after a long unknown",
      said: [
        [0, yes],
        [2, yes],
        [17, yes],
        [18, yes],
        [19, yes],
      ],
      is: [0, Step.raised, 0, 0, Step.renewed],
    },
    {
      name: "clears after a long unknown",
      said: [
        [0, yes],
        [2, yes],
        [17, yes],
        [18, no],
      ],
      is: [0, Step.raised, 0, Step.cleared],
    },
    {
      name: "waits for a new run while doubtful",
      said: [
        [0, yes],
        [2, yes],
        [17, yes],
        [18, undecided],
        [19, yes],
        [21, yes],
      ],
      is: [0, Step.raised, 0, 0, 0, Step.renewed],
    },
  ] as const)("$name", ({ said, is }) => {
    expect(steps(said)).toEqual(is);
  });

  test("confirms an open episode again in a new epoch, and forgets a pending one", () => {
    const open = newHold();
    steps(
      [
        [100, yes],
        [102, yes],
      ],
      open,
    );
    restartHold(open);
    expect(isOpen(open)).toBe(true);
    expect(
      steps(
        [
          [0, yes],
          [1, yes],
          [2, yes],
        ],
        open,
      ),
    ).toEqual([0, 0, Step.renewed]);
    const pending = newHold();
    steps([[100, yes]], pending);
    restartHold(pending);
    expect(
      steps(
        [
          [0, yes],
          [1, yes],
        ],
        pending,
      ),
    ).toEqual([0, 0]);
  });
});
