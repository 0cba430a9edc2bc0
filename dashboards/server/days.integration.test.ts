import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "@firebreak/ingest/journal/journal.ts";
import { contractMachine, type Row } from "@firebreak/ingest/store/contract-machine.fixture.ts";
import { openSqliteStore } from "@firebreak/ingest/store/sqlite/sqlite-store.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

const machineId = "JD5055E-1";
const quarterMs = 15 * 60_000;
/** Clocks change on 28 March in Europe, on 4 April in the south, on 31 October and 7 November; then a leap day. */
const spans = [
  ["2027-03-20T00:00:00Z", "2027-04-12T00:00:00Z"],
  ["2027-09-20T00:00:00Z", "2027-11-20T00:00:00Z"],
  ["2028-02-26T00:00:00Z", "2028-03-04T00:00:00Z"],
] as const;
/** One sample a quarter of an hour, of a counter that grows by a quarter with each. */
const stretches = spans.map(([from, to]) =>
  Array.from(
    { length: (Date.parse(to) - Date.parse(from)) / quarterMs },
    (_, at) => Date.parse(from) + at * quarterMs,
  ),
);
const stamps = stretches.flat();
const chunks = (all: readonly number[]) =>
  Array.from({ length: Math.ceil(all.length / 1_000) }, (_, at) =>
    all.slice(at * 1_000, (at + 1) * 1_000),
  );

const folder = mkdtempSync(join(tmpdir(), "firebreak-days-"));
const log = silentLogger;
let regionZone: string | undefined;
let app: FastifyInstance;
let end: () => Promise<void>;
beforeAll(async () => {
  const journal = await openJournal({ folder: join(folder, "journal"), log, clock: systemClock });
  const machine = contractMachine(machineId);
  journal.append(machine.explained);
  for (const some of stretches.flatMap((one) => chunks(one))) {
    const [baseMs = 0] = some;
    const before = stamps.indexOf(baseMs);
    const rows = some.map((ms, at): Row => ["odd", (ms - baseMs) * 1e6, (before + at) / 4]);
    journal.append(machine.batch(rows, BigInt(baseMs) * 1_000_000n));
  }
  await journal.sync();
  const store = await openSqliteStore({ path: join(folder, "telemetry.sqlite"), journal, log });
  await store.caughtUp();
  await store.sealAll();
  const { ports } = await seededPorts(1);
  const region = () => ({
    ...{ regionId: "r", name: { en: "r", "zh-CN": "r" } },
    ...(regionZone === undefined ? {} : { zone: regionZone }),
  });
  const organisation: Pick<typeof ports.organisation, "machine"> = {
    machine: async () => ({ regionPath: [region()] }) as never,
  };
  app = createServer({
    ...ports,
    telemetry: store,
    organisation: { ...ports.organisation, ...organisation },
  });
  end = async () => {
    await app.close();
    await store.close();
    await journal.close();
    rmSync(folder, { recursive: true });
  };
});
afterAll(() => end());

interface Days {
  readonly zone: string;
  readonly items: readonly Record<string, readonly (string | number)[]>[];
}
const ask = async (query: string) => {
  const reply = await app.inject({
    url: `/api/v1/machines/${machineId}/days?signal=odd&${query}`,
    headers: { authorization: `Bearer ${tokenOf("viewer")}` },
  });
  return { status: reply.statusCode, body: reply.json() };
};
const days = async (query: string) => (await ask(query)).body as Days;
const day = ({ items }: Days, name: string) => {
  const at = items[0]?.day?.indexOf(name) ?? -1;
  return Object.fromEntries(
    Object.entries(items[0] ?? {}).map(([key, column]) => [key, column[at]]),
  );
};

describe("sums of local days", () => {
  test("E5: the day on which clocks are put forward has 23 hours, and nothing of its neighbours", async () => {
    const answer = await days("from=2027-03-27&to=2027-03-30&zone=Europe/Berlin");
    expect(day(answer, "2027-03-27")).toMatchObject({ hours: 24, count: 96 });
    const changed = day(answer, "2027-03-28");
    expect(changed).toMatchObject({ hours: 23, count: 92, t: "2027-03-27T23:00:00.000Z" });
    expect(Number(changed.last) - Number(changed.first)).toBe(23 - 0.25);
    expect(day(answer, "2027-03-29")).toMatchObject({ hours: 24, t: "2027-03-28T22:00:00.000Z" });
    const autumn = await days("from=2027-10-31&to=2027-11-01&zone=Europe/Berlin");
    expect(day(autumn, "2027-10-31")).toMatchObject({ hours: 25, count: 100 });
  });

  test("E5: days of a machine are those of its region, 5:45 off too", async () => {
    regionZone = "Asia/Kathmandu";
    const answer = await days("from=2027-03-28&to=2027-03-29");
    expect(answer.zone).toBe("Asia/Kathmandu");
    expect(day(answer, "2027-03-28")).toMatchObject({
      ...{ hours: 24, count: 96, t: "2027-03-27T18:15:00.000Z" },
      first: stamps.indexOf(Date.parse("2027-03-27T18:15:00Z")) / 4,
      last: stamps.indexOf(Date.parse("2027-03-28T18:00:00Z")) / 4,
    });
    regionZone = undefined;
    expect((await days("from=2027-03-28&to=2027-03-29")).zone).toBe("Asia/Shanghai");
  });

  test("E5: a leap day is a day", async () => {
    const answer = await days("from=2028-02-28&to=2028-03-02&zone=Asia/Shanghai");
    expect(answer.items[0]?.day).toEqual(["2028-02-28", "2028-02-29", "2028-03-01"]);
    expect(day(answer, "2028-02-29")).toMatchObject({ count: 96, t: "2028-02-28T16:00:00.000Z" });
  });

  // Half an hour's change, 12:45 off, changes at midnight, half an hour off, none at all.
  test.each([
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kolkata",
    "America/New_York",
    "UTC",
  ])("E5: every sample counts in the day that a wall clock in %s shows", async (zone) => {
    const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
    const shown = new Map<string, number>();
    for (const ms of stamps) shown.set(format.format(ms), (shown.get(format.format(ms)) ?? 0) + 1);
    const { items } = await days(`from=2027-03-01&to=2028-04-01&zone=${zone}`);
    const [found] = items;
    expect(new Map(found?.day?.map((name, at) => [name, found.count?.[at]]))).toEqual(shown);
  });

  test.each([
    ["from=2027-03-28&to=2027-03-29&zone=Mars/Olympus", 400, "zone"],
    ["from=2027-02-29&to=2027-03-29", 400, "from"],
    ["from=2027-03-29&to=2027-03-28", 400, "from"],
    ["from=2010-01-01&to=2027-03-28", 413, "to"],
  ])("%s is refused", async (query, status, where) => {
    const reply = await ask(query);
    expect([reply.status, reply.body.where]).toEqual([status, where]);
    if (status === 413) expect(reply.body.message).toMatch(/end the range by 2020-12-14/);
  });
});
