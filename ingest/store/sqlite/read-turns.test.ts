import { CodedError } from "@firebreak/kit/coded-error.ts";
import { expect, test } from "vitest";
import type { Reading } from "../reading.ts";
import { ReadTurns } from "./read-turns.ts";

/** Readings of so many steps, a millisecond each by the clock of the test. */
function turns() {
  let nowMs = 0;
  const made = new Set(["first"]);
  const reading = new Set<string>();
  let most = 0;
  const steps: string[] = [];
  const all = new ReadTurns<string>({
    first: "first",
    open() {
      const handle = `handle ${made.size} at ${nowMs}`;
      made.add(handle);
      return handle;
    },
    close: (handle) => made.delete(handle),
    nowMs: () => nowMs,
  });
  const read = (name: string, count: number, check?: () => void) =>
    all.run(function* (handle): Reading<string> {
      // A handle has one snapshot at a time.
      if (reading.has(handle)) throw new TypeError(`${handle} is in use`);
      reading.add(handle);
      most = Math.max(most, reading.size);
      try {
        for (let step = 0; step < count; step++) {
          nowMs++;
          steps.push(name);
          yield;
        }
        return name;
      } finally {
        reading.delete(handle);
      }
    }, check);
  return { read, close: () => all.close(), steps, reading, made, most: () => most };
}

const turnOfTheLoop = () => new Promise(setImmediate);

test("G9: what takes little is answered before whatever was asked earlier and takes long", async () => {
  const { read } = turns();
  const answered: string[] = [];
  const asked = (name: string, steps: number) =>
    read(name, steps).then((answer) => answered.push(answer));
  const long = Array.from({ length: 12 }, (_, at) => asked(`long ${at}`, 400));
  for (let turn = 0; turn < 20; turn++) await turnOfTheLoop();
  const short = [asked("short", 5), asked("longer than at one go", 30)];
  await Promise.all([...long, ...short]);
  expect(answered.slice(0, 2)).toEqual(["short", "longer than at one go"]);
});

test("those that take as long as each other get on alike", async () => {
  const { read, steps } = turns();
  await Promise.all([read("a", 100), read("b", 100)]);
  const half = steps.slice(0, 100).filter((name) => name === "a").length;
  expect(half).toBeGreaterThan(40);
  expect(half).toBeLessThan(60);
});

test("only so many have begun, each on a handle of its own, and few handles are kept", async () => {
  const { read, made, most } = turns();
  const all = Array.from({ length: 40 }, (_, at) => read(`${at}`, 50));
  expect(await Promise.all(all)).toHaveLength(40);
  expect(most()).toBe(16);
  expect(made.size).toBe(2);
});

test("what nobody waits for any more ends between two steps and leaves its handle", async () => {
  const { read, steps, reading } = turns();
  let isGone = false;
  const gone = read("gone", 1_000, () => {
    if (isGone) throw new CodedError("QUERY_CANCELLED", "nobody waits");
  });
  const other = read("other", 60);
  await turnOfTheLoop();
  isGone = true;
  await expect(gone).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  expect(await other).toBe("other");
  expect(steps.filter((name) => name === "gone").length).toBeLessThan(20);
  expect(reading.size).toBe(0);
});

test("what was given up before its turn is not begun", async () => {
  const { read, steps } = turns();
  const never = read("never", 5, () => {
    throw new CodedError("QUERY_CANCELLED", "nobody waits");
  });
  await expect(never).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
  expect(steps).toEqual([]);
});

test("closing ends what is not answered yet, and closes every handle", async () => {
  const { read, close, reading, made } = turns();
  const all = Array.from({ length: 20 }, (_, at) => read(`${at}`, 1_000));
  const ends = Promise.allSettled(all);
  for (let turn = 0; turn < 30; turn++) await turnOfTheLoop();
  close();
  for (const end of await ends)
    expect(end).toMatchObject({ status: "rejected", reason: { code: "STORE_CLOSED" } });
  expect([reading.size, made.size]).toEqual([0, 0]);
});
