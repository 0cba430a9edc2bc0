import { silentLogger } from "@firebreak/kit/logger.ts";
import type { HealthEntry, HealthValue } from "@firebreak/wire/gateway-health.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../ingest.fixture.ts";
import { gatewayHealth } from "./gateway-health.ts";
import { HealthBook } from "./health-book.ts";
import { healthProblems, isDegraded } from "./health-problems.ts";
import { interruptions } from "./interruptions.ts";

const nowMs = Date.parse("2026-11-26T06:00:00Z");
const clock = { wallMs: nowMs, nowMs: () => clock.wallMs, monotonicMs: () => clock.wallMs - nowMs };
let folder: ReturnType<typeof temporaryFolder>;
let book: HealthBook;
const open = (aliveMs?: number) =>
  new HealthBook(`${folder.path}/health.sqlite`, { clock, log: silentLogger, aliveMs });

beforeEach(() => {
  clock.wallMs = nowMs;
  folder = temporaryFolder();
  book = open();
});
afterEach(() => {
  book.close();
  folder.remove();
});

const entry = (path: string, value: HealthValue, atMs = nowMs): HealthEntry => ({
  path: path.split("/"),
  value,
  atMs,
});
const say = (
  entries: readonly HealthEntry[],
  how: { isBirth?: boolean; sentMs?: number; isHistorical?: boolean } = {},
) =>
  book.take({
    gatewayId: "gw",
    isBirth: false,
    isHistorical: false,
    receivedMs: clock.wallMs,
    sentMs: clock.wallMs,
    ...how,
    entries,
  });
const judged = () => {
  const known = book.of("gw");
  if (known === undefined) throw new Error("nothing is known");
  return healthProblems(gatewayHealth(known), clock.wallMs).map(({ code, severity, since }) => ({
    code,
    severity,
    since,
  }));
};
/** Beginnings and ends of what kept samples of the machine away, ms. */
const interrupted = () => {
  const [fromMs, toMs] = [nowMs - 86_400_000, nowMs + 86_400_000];
  const changes = book.changes("gw", fromMs, toMs);
  return interruptions({ machineId: "M", changes, losses: [], spooled: 0, fromMs, toMs }).map(
    ({ from, to }) => [Date.parse(from), to === null ? null : Date.parse(to)],
  );
};
const twoBuses = (second: string) => [
  entry("bus/M/a/can0/state", "ok"),
  entry("bus/M/b/can1/state", second, nowMs - 2_880_000),
];

describe("what the hub makes of a gateway's words", () => {
  test.each([
    ["A2", "down", "bus-down", "fault"],
    ["A3", "gone", "bus-gone", "fault"],
    ["A4", "bus-off", "bus-off", "fault"],
    ["A4", "wrong-bit-rate", "bus-wrong-rate", "fault"],
    ["A4", "silent", "bus-silent", "warning"],
  ])("%s: a second bus that is %s is told, with since when", (_, state, code, severity) => {
    say(twoBuses(state), { isBirth: true });
    expect(judged()).toEqual([{ code, severity, since: "2026-11-26T05:12:00.000Z" }]);
  });

  test("a machine that is switched off is no fault of its gateway", () => {
    say([entry("bus/M/a/can0/state", "silent"), entry("bus/M/b/can1/state", "silent")]);
    const known = book.of("gw");
    const problems = known ? healthProblems(gatewayHealth(known), nowMs) : [];
    expect(problems.map(({ code }) => code)).toEqual(["buses-silent", "buses-silent"]);
    expect(isDegraded(problems)).toBe(false);
  });

  test("B7: the disk takes nothing: the reason, and how long memory lasts", () => {
    const spool = { mode: "memory", code: "EROFS", memoryMinutesLeft: 14.4 };
    say(Object.entries(spool).map(([field, value]) => entry(`spool/${field}`, value)));
    const known = book.of("gw");
    expect(known && healthProblems(gatewayHealth(known), nowMs)).toMatchObject([
      { code: "storage-failing", severity: "fault", facts: { code: "EROFS", minutes: 14 } },
    ]);
  });

  test("B8: catching up is told with the hours that are left, and is no fault", () => {
    say([
      entry("spool/mode", "disk"),
      entry("spool/isCatchingUp", true),
      entry("spool/hoursToCatchUp", 41),
    ]);
    expect(judged()).toMatchObject([{ code: "catching-up", severity: "note" }]);
  });

  test.each([
    ["unknown", null, "time-unknown"],
    ["suspect", 11_520, "time-suspect"],
    ["unconfirmed", 3, "time-unconfirmed"],
    ["ntp", 600, "hub-clock"],
  ])("E1: a clock that is %s", (trust, seconds, code) => {
    say([entry("clock/trust", trust), entry("clock/hubDifferenceSeconds", seconds)]);
    expect(judged()).toMatchObject([{ code }]);
  });

  test("a certificate that comes to its end is told two weeks before", () => {
    say([
      entry("certificate/endsAt", "2026-12-05T00:00:00.000Z"),
      entry("certificate/renewal", "failing"),
    ]);
    expect(judged()).toMatchObject([{ code: "certificate-ends", severity: "warning" }]);
  });

  test("E1: what a gateway in 1970 says came about as long ago as it says", () => {
    say([entry("clock/trust", "unknown", 100_000)], { sentMs: 160_000 });
    expect(judged()).toMatchObject([{ since: "2026-11-26T05:59:00.000Z" }]);
  });

  test("changes are remembered over a restart, told once, and also those that come late", () => {
    say(twoBuses("ok"), { isBirth: true });
    clock.wallMs += 60_000;
    say(twoBuses("ok"), { isBirth: true });
    const path = "bus/M/b/can1/state";
    const missed = [entry(path, "down", nowMs + 30_000), entry(path, "ok", nowMs + 40_000)];
    say(missed, { isHistorical: true });
    book.close();
    book = open();
    const changes = book
      .changes("gw", nowMs, clock.wallMs)
      .filter(({ path }) => path[3] === "can1");
    expect(changes.map(({ value, atMs }) => [value, atMs - nowMs])).toEqual([
      ["ok", -2_880_000],
      ["down", 30_000],
      ["ok", 40_000],
    ]);
    const values = book.of("gw")?.values ?? [];
    expect(values.map(({ value, sinceMs }) => [value, sinceMs - nowMs])).toEqual([
      ["ok", 0],
      ["ok", 40_000],
    ]);
  });

  test("A2: what is told again because it may not have arrived counts once", () => {
    say(twoBuses("ok"), { isBirth: true });
    const path = "bus/M/b/can1/state";
    clock.wallMs += 10_000;
    say([entry(path, "down", nowMs + 10_000)]);
    clock.wallMs += 60_000;
    const again = [entry(path, "down", nowMs + 10_400), entry(path, "ok", nowMs + 30_000)];
    say(again, { isHistorical: true });
    say(twoBuses("ok"), { isBirth: true });
    expect(interrupted()).toEqual([[nowMs + 10_000, nowMs + 30_000]]);
  });

  test("a session that ended with the hub ended when the hub was there last, not when it began again", () => {
    const session = (isOnline: boolean) =>
      book.session("gw", { isOnline, atMs: clock.wallMs, saidGoodbye: null });
    session(true);
    say(twoBuses("ok"), { isBirth: true });
    clock.wallMs += 5_000;
    say([entry("gateway/celsius", 40)]);
    book.close();
    clock.wallMs += 3 * 3_600_000;
    book = open(nowMs + 12_000);
    clock.wallMs += 60_000;
    session(true);
    expect(interrupted()).toEqual([[nowMs + 12_000, clock.wallMs]]);
    expect(book.of("gw")?.end).toBeNull();
  });

  test("of a time the changes in it are told, and of each state the newest before it", () => {
    const path = "bus/M/b/can1/state";
    for (const at of [1, 2, 3, 4, 5]) say([entry(path, `${at}`, nowMs - 10_000 + at)]);
    say([entry("bus/M/a/can0/state", "ok", nowMs - 20_000)]);
    const told = book.changes("gw", nowMs - 10_000 + 3, nowMs - 10_000 + 4);
    expect(told.map(({ path: [, , , bus], value }) => [bus, value])).toEqual([
      ["can0", "ok"],
      ["can1", "2"],
      ["can1", "3"],
      ["can1", "4"],
    ]);
  });

  test("what was lost is remembered as long as changes are, by the hub's clock", () => {
    const lose = (minute: number) =>
      book.lost({ machineId: "M", minute, reason: "retention", samples: 1 });
    const now = Math.floor(nowMs / 60_000);
    lose(now);
    lose(now - 401 * 24 * 60);
    const minutes = () => book.losses("M", 0, nowMs + 60_000).map(({ minute }) => minute);
    expect(minutes()).toEqual([now]);
    clock.wallMs += 401 * 86_400_000;
    lose(now + 1_000 * 24 * 60);
    expect(minutes()).toEqual([]);
  });

  test("a gateway that says something new all the time does not fill the hub", () => {
    for (let at = 0; at < 1_000; at++) say([entry("bus/M/b/can1/state", `${at}`, nowMs + at)]);
    expect(book.changes("gw", nowMs, nowMs + 10_000).length).toBeLessThanOrEqual(120);
  });

  test("what a birth does not name is no more, and its interruption has an end", () => {
    say(twoBuses("down"), { isBirth: true });
    clock.wallMs += 60_000;
    say([entry("bus/M/a/can0/state", "ok")], { isBirth: true });
    expect(judged()).toEqual([]);
    expect(interrupted()).toEqual([[nowMs - 2_880_000, nowMs + 60_000]]);
  });

  test("A2: an end that comes with more than may be kept at once is kept all the same", () => {
    say(twoBuses("ok"), { isBirth: true });
    clock.wallMs += 400_000;
    const flaps = Array.from({ length: 201 }, (_, at) =>
      entry("bus/M/b/can1/state", at % 2 === 0 ? "ok" : "down", nowMs + at * 1_000),
    );
    say(flaps, { isHistorical: true });
    clock.wallMs += 61_000;
    expect(interrupted().at(-1)?.[1]).toBe(nowMs + 200_000);
  });

  test("E4: of a gateway whose clock is ahead of the hub's, every change keeps its own time", () => {
    say(twoBuses("ok"), { isBirth: true });
    clock.wallMs += 60_000;
    const path = "bus/M/b/can1/state";
    const aheadMs = 30_000;
    const missed = [
      entry(path, "down", clock.wallMs - 20_000 + aheadMs),
      entry(path, "ok", clock.wallMs - 5_000 + aheadMs),
    ];
    say(missed, { isHistorical: true, sentMs: clock.wallMs + aheadMs });
    expect(interrupted()).toEqual([[clock.wallMs - 20_000, clock.wallMs - 5_000]]);
  });
});
