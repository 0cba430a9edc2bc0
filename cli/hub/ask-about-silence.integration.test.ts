import { join } from "node:path";
import type { KnownHealth } from "@firebreak/ingest/health/health-book.ts";
import { LiveViewKeeper } from "@firebreak/ingest/live/live-view.ts";
import { watchSilence } from "@firebreak/ingest/silence/silence-watch.ts";
import { openDatabase } from "@firebreak/kit/database.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { prepareTickets } from "@firebreak/tickets/prepare-tickets.ts";
import { createTicketService } from "@firebreak/tickets/ticket-service.ts";
import { afterEach, expect, test } from "vitest";
import { createAudit } from "../../ingest/broker/audit.ts";
import { temporaryFolder } from "../../ingest/ingest.fixture.ts";
import { askAboutSilence } from "./ask-about-silence.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const minuteMs = 60_000;
const hour = 60;

/** Machines, each with a gateway and a site of its own, before the hub's own view, watch and tickets. */
async function startFleet(size: number) {
  let nowMs = Date.parse("2026-06-10T08:00:00Z");
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  const folder = temporaryFolder();
  endings.push(() => folder.remove());
  const db = openDatabase({ path: join(folder.path, "firebreak.sqlite") });
  endings.push(() => db.close());
  await prepareTickets(db, { clock });
  const planOf = () => undefined;
  const tickets = createTicketService({ db, clock, planOf });
  const live = new LiveViewKeeper(clock);
  endings.push(() => live.close());
  const ids = Array.from({ length: size }, (_, at) => `${at}`);
  const sessions = new Map<string, Pick<KnownHealth, "isOnline" | "end">>();
  const setSession = (id: string, session: Pick<KnownHealth, "isOnline" | "end">) => {
    sessions.set(`G-${id}`, session);
    const { isOnline } = session;
    live.setOnline({ machineId: `M-${id}`, gatewayId: `G-${id}`, isOnline, atMs: nowMs });
  };
  const start = () => {
    const silence = watchSilence({
      ...{ live, clock },
      log: silentLogger,
      audit: createAudit(clock),
      path: join(folder.path, "presence.json"),
      siteOf: (machineId) => `S-${machineId}`,
      hears: () => true,
      intake: { weekPattern: () => ({ weeks: 0, active: new Map() }) },
      health: {
        changes: () => [],
        of(gatewayId) {
          const known = sessions.get(gatewayId);
          return known && { gatewayId, reportedMs: 0, values: [], ...known };
        },
      },
    });
    const asked = askAboutSilence({ db, tickets, silence, live, planOf, clock }, silentLogger);
    return { silence, asked };
  };
  let hub = start();
  const stop = () => {
    hub.silence.close();
    return hub.asked.stop();
  };
  endings.push(stop);
  const fleet = {
    ids,
    come(some: readonly string[]) {
      for (const id of some) setSession(id, { isOnline: true, end: null });
    },
    go(some: readonly string[], saidGoodbye = false) {
      for (const id of some) setSession(id, { isOnline: false, end: { atMs: nowMs, saidGoodbye } });
    },
    /** With something of each machine that speaks and a look every minute, and a question every ten. */
    async run(minutes: number) {
      for (let minute = 0; minute < minutes; minute++) {
        nowMs += minuteMs;
        for (const id of ids)
          if (sessions.get(`G-${id}`)?.isOnline) live.setContact(`M-${id}`, `G-${id}`, nowMs);
        hub.silence.look();
        if (minute % 10 === 9) await hub.asked.now();
      }
    },
    async restartAfter(minutes: number) {
      await stop();
      nowMs += minutes * minuteMs;
      for (const id of ids)
        if (sessions.get(`G-${id}`)?.isOnline) setSession(id, { isOnline: false, end: null });
      hub = start();
    },
    async tickets() {
      const { items } = await tickets.page({ limit: 200 });
      return items.map(({ machineId, state }) => `${machineId} ${state}`).sort();
    },
    alarms: () => hub.asked.alarms(),
  };
  fleet.come(ids);
  return fleet;
}

test("a machine that was lost is an inspection after a day, and no longer once it is back", async () => {
  const fleet = await startFleet(20);
  await fleet.run(hour);
  fleet.go(["7"]);
  fleet.go(["8"], true);
  await fleet.run(23 * hour + 50);
  expect(await fleet.tickets()).toEqual([]);
  await fleet.run(20);
  expect(await fleet.tickets()).toEqual(["M-7 new"]);
  await fleet.restartAfter(30);
  fleet.come(fleet.ids.filter((id) => id !== "7" && id !== "8"));
  await fleet.run(26 * hour);
  expect(await fleet.tickets()).toEqual(["M-7 new"]);
  fleet.come(["7"]);
  await fleet.run(2 * hour);
  expect(await fleet.tickets()).toEqual(["M-7 cancelled"]);
});

test("a hub that was away for days, and one whose network fails, ask about nobody", async () => {
  const fleet = await startFleet(200);
  await fleet.run(hour);
  await fleet.restartAfter(3 * 24 * hour);
  await fleet.run(5);
  fleet.come(fleet.ids);
  await fleet.run(hour);
  fleet.go(fleet.ids);
  await fleet.run(30 * hour);
  fleet.come(fleet.ids);
  await fleet.run(2 * hour);
  expect(await fleet.tickets()).toEqual([]);
  expect(fleet.alarms()).toEqual([]);
});

test("a carrier that fails for a third of its machines is one line, not a ticket for each", async () => {
  const fleet = await startFleet(200);
  await fleet.run(hour);
  const some = fleet.ids.slice(0, 40);
  fleet.go(some);
  await fleet.run(26 * hour);
  expect(await fleet.tickets()).toEqual([]);
  expect(fleet.alarms()).toMatchObject([{ kind: "silence-tickets-wait", machines: 40 }]);
  fleet.come(some.slice(2));
  await fleet.run(hour);
  expect(await fleet.tickets()).toEqual(["M-0 new", "M-1 new"]);
  expect(fleet.alarms()).toEqual([]);
});
