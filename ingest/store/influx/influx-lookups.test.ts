import { expect, test } from "vitest";
import { createStampLookUp } from "./influx-lookups.ts";

/** As the client of the database says it. */
const tooLate = Object.assign(new Error("late"), { name: "RequestTimedOutError" });

const stamp = (sec: number) => ({ sec, ns: 0 });
const spansOf = (text: string) =>
  [...text.matchAll(/time >= (\d+) and time <= (\d+)/g)].map(
    ([, from, to]) => (Number(to) - Number(from)) / 1e9,
  );

test("a question that came too late is asked smaller, and larger again once it is answered", async () => {
  const asked: string[] = [];
  let isSlow = true;
  const lookUp = createStampLookUp({
    async query(text) {
      asked.push(text);
      if (isSlow && Math.max(...spansOf(text)) > 60) throw tooLate;
      return [];
    },
  });
  const hours = [{ from: stamp(0), to: stamp(3_600) }];
  const longest = () => Math.max(...asked.splice(0).flatMap(spansOf));
  await expect(lookUp("m", hours)).rejects.toThrow("late");
  expect(longest()).toBeGreaterThan(500);
  await expect(lookUp("m", hours)).rejects.toThrow("late");
  await lookUp("m", hours);
  expect(longest()).toBeGreaterThan(30);
  isSlow = false;
  for (let turn = 0; turn < 10; turn++) await lookUp("m", hours);
  asked.splice(0);
  await lookUp("m", hours);
  expect(longest()).toBeGreaterThan(500);
});

test("the pieces of a span leave nothing out and nothing twice", async () => {
  const pieces: [bigint, bigint][] = [];
  const lookUp = createStampLookUp({
    async query(text) {
      for (const [, from = "", to = ""] of text.matchAll(/time >= (\d+) and time <= (\d+)/g))
        pieces.push([BigInt(from), BigInt(to)]);
      return [];
    },
  });
  await lookUp("m", [{ from: { sec: 5, ns: 7 }, to: { sec: 2_000, ns: 9 } }]);
  expect(pieces[0]?.[0]).toBe(5_000_000_007n);
  expect(pieces.at(-1)?.[1]).toBe(2_000_000_000_009n);
  for (const [at, [from, to]] of pieces.entries()) {
    expect(to).toBeGreaterThanOrEqual(from);
    if (at > 0) expect(from).toBe((pieces[at - 1]?.[1] ?? 0n) + 1n);
  }
});

test("a server that is away is asked for as much again: it was not too much", async () => {
  const asked: string[] = [];
  let isAway = true;
  const lookUp = createStampLookUp({
    async query(text) {
      asked.push(text);
      if (isAway) throw Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
      return [];
    },
  });
  const hours = [{ from: stamp(0), to: stamp(3_600) }];
  for (let turn = 0; turn < 5; turn++) await expect(lookUp("m", hours)).rejects.toThrow();
  isAway = false;
  asked.splice(0);
  await lookUp("m", hours);
  expect(asked).toHaveLength(1);
});
