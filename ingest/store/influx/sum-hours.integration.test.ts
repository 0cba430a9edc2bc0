import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import type { Deliverer, RefusedLine } from "./deliver.ts";
import { createDueHours, createHourBook } from "./hour-book.ts";
import type { InfluxClient } from "./influx-client.ts";
import { openInfluxState } from "./influx-state.ts";
import { createHourSums } from "./sum-hours.ts";

/** As the client of the database says it. */
const tooLate = Object.assign(new Error("late"), { name: "RequestTimedOutError" });

const hourMs = 3_600_000;
let folder: ReturnType<typeof temporaryFolder>;
let database: ReturnType<typeof openInfluxState>;
beforeEach(() => {
  folder = temporaryFolder();
  database = openInfluxState(join(folder.path, "state.sqlite"));
  database.exec("insert into machine values (1, 'm')");
});
afterEach(() => {
  database.close();
  folder.remove();
});

test("sums that are refused hold up no others: charts read their samples, and late data makes them due again", async () => {
  const book = createHourBook(database);
  const dueHours = createDueHours(database);
  for (const hour of [1, 2, 3, 30]) book.mark(1, hour);
  const values = [1, 2, 3].map((hour) => {
    const time = new Date(hour * hourMs).toISOString();
    return [time, 1, 0, 1, 1, 1, 1, 1];
  });
  const tags = { machine: "m", signal: "odd", unit: "m", spn: "", sa: "" };
  const query: InfluxClient["query"] = async (text) => [
    text.includes(`>= ${hourMs}000000 `) ? [{ tags, columns: [], values }] : [],
  ];
  const refuse = async (lines: readonly string[]): Promise<RefusedLine[]> =>
    lines.flatMap((line, at) => {
      if (line.endsWith(` ${hourMs}000000`)) return { line: at, reason: "beyond retention policy" };
      if (line.endsWith(` ${2 * hourMs}000000`)) return { line: at, reason: "type conflict" };
      return [];
    });
  const refused: object[] = [];
  const sums = createHourSums({
    book,
    client: { query },
    deliverer: deliveringBy(refuse),
    onRefused: (one) => refused.push(one),
  });
  const sum = () => sums(100 * hourMs);
  expect(await sum()).toBe(true);
  expect(dueHours("m", 0, 100)).toEqual([2, 30]);
  expect(refused).toEqual([{ machineId: "m", hours: 1, reason: "type conflict" }]);
  expect(await sum()).toBe(true);
  expect(dueHours("m", 0, 100)).toEqual([2]);
  expect(await sum()).toBe(false);
  book.mark(1, 2);
  expect(book.next(100)).toMatchObject([{ hour: 2 }]);
});

test("what the database cannot sum up in time is asked for fewer hours", async () => {
  const book = createHourBook(database);
  for (let hour = 1; hour <= 20; hour++) book.mark(1, hour);
  const asked: number[] = [];
  const query: InfluxClient["query"] = async (text) => {
    const [from = 0n, to = 0n] = [...text.matchAll(/time (?:>=|<) (\d+)/g)].map((one) =>
      BigInt(one[1] ?? 0),
    );
    asked.push(Number((to - from) / 3_600_000_000_000n));
    if ((asked.at(-1) ?? 0) > 6) throw tooLate;
    return [];
  };
  const sum = createHourSums({
    book,
    client: { query },
    deliverer: deliveringBy(async () => []),
    onRefused: () => undefined,
  });
  while (book.next(100).length > 0) await sum(100 * hourMs).catch(() => undefined);
  expect(asked.slice(0, 3)).toEqual([20, 12, 6]);
  expect(Math.max(...asked.slice(2))).toBeLessThanOrEqual(7);
});

const deliveringBy = (deliver: Deliverer["deliver"]): Deliverer => ({
  outage: undefined,
  deliver,
  patiently: (work) => work(),
  stop: () => undefined,
});
