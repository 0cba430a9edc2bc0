import { configurationHash } from "@firebreak/wire/configuration-codec.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  begin,
  confirm,
  inForce,
  isNews,
  type LayerDocument,
  maxStarts,
  noLayer,
  type RemoteState,
  refuse,
  restarted,
  rollBack,
} from "./trial.ts";

const documentOf = (version: number): LayerDocument => {
  const text = `version: 1\nbatchAgeMs: ${1_000 + version}\n`;
  return { version, hash: configurationHash(text), text };
};

type Step =
  | { readonly kind: "try"; readonly version: number }
  | { readonly kind: "confirm"; readonly version: number }
  | { readonly kind: "restart" }
  | { readonly kind: "expire" };

/** As the gateway does it: odd thirds of the configurations have mistakes. */
function take(state: RemoteState, step: Step): RemoteState {
  if (step.kind === "restart") return restarted(state);
  if (step.kind === "expire") return rollBack(state, { reason: "no word" });
  const document = documentOf(step.version);
  if (step.kind === "confirm") return confirm(state, document);
  if (!isNews(state, document)) return state;
  return step.version % 3 === 0
    ? refuse(state, document, { reason: "mistakes" })
    : begin(state, document);
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("try" as const),
        version: fc.integer({ min: 1, max: 8 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("confirm" as const),
        version: fc.integer({ min: 1, max: 8 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom({ kind: "restart" as const }, { kind: "expire" as const }),
    },
  ),
  { maxLength: 40 },
);
const runs = { numRuns: process.env.FIREBREAK_SOAK ? 50_000 : 500 };

describe("trial of a configuration", () => {
  test("a confirmed one stays, an unconfirmed one goes", () => {
    const first = confirm(begin(noLayer, documentOf(1)), documentOf(1));
    expect(first).toMatchObject({ confirmed: { version: 1 }, trial: null });
    const second = begin(first, documentOf(2));
    expect(inForce(second)).toMatchObject({ version: 2 });
    const back = rollBack(second, { reason: "no word" });
    expect(inForce(back)).toMatchObject({ version: 1 });
    expect(back.newest).toMatchObject({ version: 2, state: "rolled-back", reason: "no word" });
  });

  test(`after ${maxStarts} starts without the hub's word it is gone`, () => {
    let state = begin(noLayer, documentOf(1));
    for (let start = 1; start < maxStarts; start++) {
      state = restarted(state);
      expect(inForce(state)).toMatchObject({ version: 1 });
    }
    state = restarted(state);
    expect(inForce(state)).toBeNull();
    expect(state.newest?.state).toBe("rolled-back");
  });

  test("messages in any order and any number: numbers grow, and only what was tried and confirmed stays", () => {
    fc.assert(
      fc.property(steps, (given) => {
        let state: RemoteState = noLayer;
        const tried = new Set<number>();
        for (const step of given) {
          const before = state;
          state = take(state, step);
          if (state.trial) tried.add(state.trial.version);
          expect(state.newest?.version ?? 0).toBeGreaterThanOrEqual(before.newest?.version ?? 0);
          expect(state.confirmed?.version ?? 0).toBeGreaterThanOrEqual(
            before.confirmed?.version ?? 0,
          );
          const isNew = state.confirmed?.version !== before.confirmed?.version;
          if (isNew) expect(step).toEqual({ kind: "confirm", version: before.trial?.version });
          if (state.confirmed) expect(tried.has(state.confirmed.version)).toBe(true);
          // The same message once more changes nothing.
          if (step.kind === "try" || step.kind === "confirm")
            expect(take(state, step)).toEqual(state);
        }
        // Whatever happened, so many starts without a word end every trial.
        for (let start = 0; start < maxStarts; start++) state = restarted(state);
        expect(state.trial).toBeNull();
      }),
      runs,
    );
  });
});
