import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Step, SyncAnswer } from "./field-types.ts";
import {
  nextBatch,
  overwritten,
  photoRef,
  photosIn,
  retryDelayMs,
  settled,
  toCommand,
  withMediaIds,
} from "./outbox.ts";

const step = (seq: number, more: Partial<Step> = {}): Step => ({
  seq,
  user: "e-1",
  commandId: `c-${seq}`,
  ticketId: "T-1",
  type: "note",
  body: { note: "n" },
  at: "2026-03-02T08:00:00.000Z",
  watch: { id: "w-1", ms: 1_000 },
  status: "waiting",
  tries: 0,
  ...more,
});
const photos = (...list: { localId: string; mediaId?: string; refusedCode?: string }[]) =>
  new Map(list.map((one) => [one.localId, one]));
const idsOf = (steps: readonly Step[]) => steps.map(({ commandId }) => commandId);

describe("the order of the outbox", () => {
  test("steps go in the order of recording, whatever order they lie in", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { maxLength: 30 }), (seqs) => {
        const batch = nextBatch(
          seqs.map((seq) => step(seq)),
          photos(),
        );
        expect(batch.map(({ seq }) => seq)).toEqual([...seqs].sort((a, b) => a - b));
      }),
    );
  });

  test("a photo that has not arrived holds up later steps of its own ticket and of no other", () => {
    const steps = [
      step(1),
      step(2, { body: { photoIds: [photoRef("p")] } }),
      step(3),
      step(4, { ticketId: "T-2" }),
    ];
    expect(idsOf(nextBatch(steps, photos({ localId: "p" })))).toEqual(["c-1", "c-4"]);
    const sent = nextBatch(steps, photos({ localId: "p", mediaId: "m" }));
    expect(idsOf(sent)).toEqual(["c-1", "c-2", "c-3", "c-4"]);
    expect(sent[1]?.body).toEqual({ photoIds: ["m"] });
  });

  test("what was settled, or sent in this round already, does not go again", () => {
    const steps = [step(1, { status: "refused" }), step(2, { status: "done" }), step(3), step(4)];
    expect(idsOf(nextBatch(steps, photos(), new Set(["c-3"])))).toEqual(["c-4"]);
  });
});

describe("photos in what is sent", () => {
  test("every reference is found and replaced; one refused or gone is left out", () => {
    const body = { photos: [photoRef("a"), photoRef("b"), "m-0"], sign: { id: photoRef("gone") } };
    expect(photosIn(body)).toEqual(["a", "b", "gone"]);
    const known = photos(
      { localId: "a", mediaId: "m-a" },
      { localId: "b", refusedCode: "MEDIA_TOO_LARGE" },
    );
    expect(withMediaIds(body, known)).toEqual({ photos: ["m-a", "m-0"], sign: {} });
    expect(withMediaIds(body, photos({ localId: "a" }))).toBeUndefined();
  });
});

test("a stopwatch counts only while it is the one that saw the step", () => {
  expect(toCommand(step(1), { id: "w-1", ms: 61_000.4 })).toMatchObject({ elapsedMs: 60_000 });
  expect(toCommand(step(1), { id: "w-2", ms: 61_000 })).not.toHaveProperty("elapsedMs");
});

describe("answers", () => {
  const at = "2026-03-02T09:00:00.000Z";
  const refused = (whatToDo: NonNullable<SyncAnswer["whatToDo"]>): SyncAnswer => ({
    commandId: "c-1",
    status: "refused",
    code: "TICKET_TRANSITION",
    message: "not now",
    whatToDo,
  });

  test("done is done; what may succeed later waits with its reason; the rest needs the engineer", () => {
    expect(settled(step(1), { commandId: "c-1", status: "already" }, at).status).toBe("already");
    expect(settled(step(1), refused("retry"), at)).toMatchObject({
      status: "waiting",
      answer: { code: "TICKET_TRANSITION", message: "not now", whatToDo: "retry" },
    });
    for (const advice of ["correct", "drop", "call-dispatch"] as const)
      expect(settled(step(1), refused(advice), at).status).toBe("refused");
  });

  test("a later success leaves no old reason behind", () => {
    const before = settled(step(1), refused("retry"), at);
    expect(settled(before, { commandId: "c-1", status: "done" }, at)).not.toHaveProperty("answer");
  });
});

describe("drafts", () => {
  const draft = (seq: number, more: Partial<Step> = {}) =>
    step(seq, { type: "save-report", ...more });

  test("a newer draft takes the place of one that nobody has seen", () => {
    const next = { type: "save-report", ticketId: "T-1" } as const;
    const steps = [draft(1, { tries: 1 }), draft(2), draft(3, { ticketId: "T-2" })];
    expect(idsOf(overwritten(steps, next))).toEqual(["c-2"]);
    expect(overwritten([step(1)], { type: "note", ticketId: "T-1" })).toEqual([]);
  });

  test("what was handed in stays what was handed in", () => {
    const steps = [draft(1), step(2, { type: "hand-in-report" }), draft(3)];
    const next = { type: "save-report", ticketId: "T-1" } as const;
    expect(idsOf(overwritten(steps, next))).toEqual(["c-3"]);
  });
});

test("attempts come further and further apart, never more than two minutes, never all at once", () => {
  const delays = [0, 1, 2, 3, 20].map((failures) => retryDelayMs(failures, 1));
  expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 120_000]);
  expect(retryDelayMs(20, 0)).toBe(60_000);
});
