import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { aempGatewayId } from "../aemp/machine-samples.ts";
import { createAudit } from "../broker/audit.ts";
import type { KnownHealth } from "../health/health-book.ts";
import { temporaryFolder } from "../ingest.fixture.ts";
import { LiveViewKeeper } from "../live/live-view.ts";
import { watchSilence } from "./silence-watch.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const perSite = 30;
const everybody = 10_000;
const few = 600;
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** Machines of sites of 30, each with a gateway of its own, before the hub's own view and watch. */
function startFleet(size: number) {
  let nowMs = Date.parse("2026-06-10T08:00:00Z");
  let spentMs = 0;
  let readMs = 0;
  const clock: Clock = { nowMs: () => nowMs, monotonicMs: () => nowMs + spentMs };
  const live = new LiveViewKeeper(clock);
  const audit = createAudit(clock);
  const sessions = new Map<string, Pick<KnownHealth, "isOnline" | "end">>();
  const folder = temporaryFolder();
  const path = join(folder.path, "presence.json");
  let hears = true;
  const ids = Array.from({ length: size }, (_, at) => String(at).padStart(5, "0"));
  const siteOf = (machineId: string) => `S-${Math.floor(Number(machineId.slice(2)) / perSite)}`;
  const start = () =>
    watchSilence({
      live,
      audit,
      siteOf,
      path,
      clock,
      log: silentLogger,
      hears: () => hears,
      intake: { weekPattern: () => ({ weeks: 0, active: new Map() }) },
      health: {
        changes() {
          spentMs += readMs;
          return [];
        },
        of(gatewayId) {
          const known = sessions.get(gatewayId);
          return known && { gatewayId, reportedMs: 0, values: [], ...known };
        },
      },
    });
  let watch = start();
  stops.push(() => {
    watch.close();
    live.close();
    folder.remove();
  });
  const state = (id: string, isOnline: boolean) =>
    live.setOnline({ machineId: `M-${id}`, gatewayId: `G-${id}`, isOnline, atMs: nowMs });
  const fleet = {
    ids,
    audit,
    path,
    come(some = ids) {
      for (const id of some) {
        sessions.set(`G-${id}`, { isOnline: true, end: null });
        state(id, true);
      }
    },
    go(some: readonly string[], saidGoodbye: boolean | null = false) {
      for (const id of some) {
        sessions.set(`G-${id}`, { isOnline: false, end: { atMs: nowMs, saidGoodbye } });
        state(id, false);
      }
    },
    /** Time passes, with a batch of each of these and a look every minute. */
    run(minutes: number, speaking: readonly string[] = ids) {
      const counts: number[] = [];
      for (let minute = 0; minute < minutes; minute++) {
        nowMs += minuteMs;
        for (const id of speaking) live.setContact(`M-${id}`, `G-${id}`, nowMs);
        watch.look();
        counts.push(watch.notices().length);
      }
      return Math.max(...counts);
    },
    /** Something of a machine, once. */
    tell: (gatewayId: string, machineId: string) => live.setContact(machineId, gatewayId, nowMs),
    /** The hub is killed, and started again after that time. */
    restartAfter(minutes: number) {
      watch.close();
      nowMs += minutes * minuteMs;
      for (const id of ids) {
        sessions.set(`G-${id}`, { isOnline: false, end: null });
        state(id, false);
      }
      watch = start();
    },
    /** What a machine's past takes to be read. */
    readIn(ms: number) {
      readMs = ms;
    },
    /** The hub's connection to its broker. */
    hear(does: boolean) {
      hears = does;
    },
    pass(ms: number) {
      nowMs += ms;
      watch.look();
    },
    get watch() {
      return watch;
    },
  };
  fleet.come();
  return fleet;
}

describe("a fleet", () => {
  test("C7, F10: the hub was away for two hours: no alarm about a machine, and they are counted as they come back", () => {
    const fleet = startFleet(everybody);
    expect(fleet.run(30)).toBe(0);
    fleet.restartAfter(120);
    expect(fleet.watch.reconnecting).toBe(everybody);
    expect(fleet.watch.counts()["hub-away"]).toBe(everybody);
    expect(fleet.watch.notices()).toEqual([]);

    fleet.come(fleet.ids.slice(0, 7_312));
    fleet.pass(10_000);
    expect(fleet.watch.reconnecting).toBe(everybody - 7_312);
    fleet.come();
    expect(fleet.run(20)).toBe(0);
    expect(fleet.watch.list()).toEqual([]);
    expect(fleet.watch.reconnecting).toBe(0);
  });

  test("C7: the broker was away for two hours: no alarm about a machine", () => {
    const fleet = startFleet(few);
    fleet.run(5);
    fleet.hear(false);
    fleet.go(fleet.ids, null);
    expect(fleet.run(120, [])).toBe(0);
    expect(fleet.watch.counts()["hub-away"]).toBe(few);
    fleet.hear(true);
    fleet.come();
    expect(fleet.run(20)).toBe(0);
    expect(fleet.watch.list()).toEqual([]);
  });

  test("the hub was away, and one site did not come back: one notice, of that site", () => {
    const fleet = startFleet(few);
    fleet.run(5);
    fleet.restartAfter(120);
    const back = fleet.ids.slice(perSite);
    fleet.come(back);
    expect(fleet.run(9, back)).toBe(0);
    fleet.run(10, back);
    expect(fleet.watch.notices()).toMatchObject([
      { cause: "no-coverage", siteId: "S-0", machines: perSite, count: 1 },
    ]);
  });

  test("one site of thirty loses its coverage: one notice that names it, and it ends", () => {
    const fleet = startFleet(everybody);
    fleet.run(5);
    const [site, rest] = [
      fleet.ids.slice(60, 90),
      fleet.ids.filter((_, at) => at < 60 || at >= 90),
    ];
    fleet.go(site);
    fleet.run(14, rest);
    expect(fleet.watch.notices()).toEqual([]);
    fleet.run(6, rest);
    expect(fleet.watch.notices()).toMatchObject([
      { cause: "no-coverage", siteId: "S-2", machines: 30, gatewayId: null, detail: "neighbours" },
    ]);
    fleet.come(site);
    fleet.run(5);
    expect(fleet.watch.list()).toEqual([]);
    expect(fleet.watch.notices()).toHaveLength(1);
    fleet.run(6);
    expect(fleet.watch.notices()).toEqual([]);
  });

  test("C12: one gateway with a revoked certificate: it is named, and why", () => {
    const fleet = startFleet(everybody);
    fleet.run(5);
    const [one = "", ...rest] = fleet.ids.slice(4_321).concat(fleet.ids.slice(0, 4_321));
    fleet.go([one]);
    fleet.audit.refuse("revoked", `G-${one}`, "203.0.113.9:40112", "by admin");
    fleet.run(16, rest);
    expect(fleet.watch.notices()).toMatchObject([
      {
        cause: "credentials",
        gatewayId: "G-04321",
        machineId: "M-04321",
        siteId: "S-144",
        detail: "revoked",
      },
    ]);
  });

  test("a past that takes long to read holds up no look: machines wait for the next", () => {
    const fleet = startFleet(few);
    fleet.run(5);
    fleet.readIn(60);
    const gone = fleet.ids.filter((_, at) => at % perSite === 0).slice(0, 6);
    const rest = fleet.ids.filter((id) => !gone.includes(id));
    fleet.go(gone);
    fleet.run(15, rest);
    expect(fleet.watch.list().length).toBeLessThan(6);
    fleet.run(4, rest);
    expect(fleet.watch.list()).toHaveLength(6);
  });

  test("one that comes and goes is one notice, counted, and not a new one each time", () => {
    const fleet = startFleet(few);
    const [one = "", ...rest] = fleet.ids.slice(0, 100);
    const told = new Set<number>();
    for (let round = 0; round < 4; round++) {
      fleet.go([one]);
      fleet.run(20, rest);
      const [notice, ...others] = fleet.watch
        .notices()
        .filter(({ machineId }) => machineId === `M-${one}`);
      told.add(notice?.firstMs ?? 0);
      expect([notice?.count, others]).toEqual([round + 1, []]);
      fleet.come([one]);
      fleet.run(15, fleet.ids.slice(0, 100));
    }
    expect(told.size).toBe(1);
  });

  test("a machine of another maker's server is not waited for", () => {
    const fleet = startFleet(few);
    fleet.tell(aempGatewayId("maker"), "M-90001");
    fleet.tell("G-90002", "M-90002");
    fleet.run(30);
    expect(fleet.watch.list().map(({ machineId }) => machineId)).toEqual(["M-90002"]);
  });

  test("everybody switches off in order in the evening: nobody is told, until a day has passed", () => {
    const fleet = startFleet(few);
    fleet.go(fleet.ids, true);
    fleet.run(60, []);
    expect(fleet.watch.counts()["switched-off"]).toBe(few);
    expect(fleet.watch.notices()).toEqual([]);
  });
});

describe("when the hub was there", () => {
  test("kill -9: the file of the run before tells since when it was away; a damaged one is none", () => {
    const fleet = startFleet(few);
    fleet.run(30);
    writeFileSync(fleet.path, '{"aliveMs": 17812');
    fleet.restartAfter(120);
    fleet.come();
    expect(fleet.run(20)).toBe(0);
  });

  test("a process that stood still has not listened", () => {
    const fleet = startFleet(few);
    fleet.run(5);
    fleet.pass(2 * hourMs);
    expect(fleet.watch.counts()["hub-away"]).toBe(few);
    expect(fleet.run(15)).toBe(0);
    onTestFinished(() => fleet.watch.close());
  });
});
