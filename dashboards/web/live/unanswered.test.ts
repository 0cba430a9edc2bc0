import { expect, test } from "vitest";
import { Unanswered } from "./unanswered.ts";

test("an intention keeps its command ids until it is answered", () => {
  const unanswered = new Unanswered();
  const ids = unanswered.idsFor("hand in", 2);
  expect(new Set(ids).size).toBe(2);
  expect(unanswered.idsFor("hand in", 2)).toEqual(ids);
  expect(unanswered.idsFor("hand in, corrected", 2)).not.toEqual(ids);
  const second = unanswered.idsFor("hand in", 2);
  expect(second).not.toEqual(ids);
  unanswered.answered();
  expect(unanswered.idsFor("hand in", 2)).not.toEqual(second);
});
