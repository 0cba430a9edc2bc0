import { expect, test } from "vitest";
import { seldom } from "./seldom.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a costly figure is asked for once at a time and seldom, and answers at once", async () => {
  let nowMs = 0;
  const asked: PromiseWithResolvers<number>[] = [];
  const read = () => {
    const one = Promise.withResolvers<number>();
    asked.push(one);
    return one.promise;
  };
  const figure = seldom(read, -1, { everyMs: 100, monotonicMs: () => nowMs });
  expect([figure(), figure(), asked.length]).toEqual([-1, -1, 1]);
  nowMs = 500;
  asked[0]?.resolve(7);
  await settled();
  expect([figure(), figure(), asked.length]).toEqual([7, 7, 1]);
  nowMs = 600;
  expect([figure(), asked.length]).toEqual([7, 2]);
  asked[1]?.reject(new Error("closed"));
  await settled();
  expect([figure(), asked.length]).toEqual([7, 2]);
});
