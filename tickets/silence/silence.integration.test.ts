import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Database } from "@firebreak/kit/database.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { leaveToFormerOwner } from "../former-owner.ts";
import { DAY_MS, HOUR_MS } from "../lifecycle/step.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import { createOrganisationDesk } from "../organisation/organisation-desk.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import { dispatcher } from "../tickets.fixture.ts";
import { expectConsistent, openWorld, type World } from "../world.fixture.ts";
import { settleSilences } from "./settle-silences.ts";
import { silentMachine } from "./silence.fixture.ts";
import type { SilentMachine } from "./silent-machine.ts";

const watch = { kind: "system", id: "silence" } as const;
const child = join(import.meta.dirname, "silence-child.fixture.ts");
const hours = 90;
/** At least so many of them are done between two kills. */
const hoursOfLife = process.env.FIREBREAK_SOAK === "1" ? 15 : 28;

/** Runs the child from an hour on; kills it once it has done `killAfter` more. The hour to go on with. */
async function run(url: string, from: number, killAfter: number): Promise<number> {
  const args = [child, url, String(from), String(hours)];
  const looking = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(looking, "exit");
  let next = from;
  for await (const line of createInterface(looking.stdout)) {
    next = Number(line.slice("step ".length)) + 1;
    if (next - from === killAfter) looking.kill("SIGKILL");
  }
  const [code, signal] = await exited;
  if (signal === null) expect(code).toBe(0);
  return next;
}

/** Without what is random. */
async function outcomeOf(db: Database): Promise<string[]> {
  const rows = await db.tables<TicketTables>().selectFrom("tickets").select("body").execute();
  const tickets = rows.map(({ body }) => JSON.parse(body) as Ticket);
  return tickets
    .map((one) => [one.machineId, one.createdAt, one.state, one.occurrenceCount, one.updatedAt])
    .map((facts) => facts.join(" "))
    .sort();
}

describeEachDatabase("a silent machine", (open, { urlOf }) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(await open());
  });
  afterEach(() => world.close());

  /** `contactMs`: when each machine was heard last, if not as long ago as it says. */
  const look = (silent: readonly SilentMachine[], contactMs = 0) =>
    settleSilences(
      {
        db: world.db,
        begin: (tx) => world.service.begin(tx, watch),
        nowMs: world.clock.nowMs(),
      },
      { silent, contactMs: () => contactMs },
    );
  const ticketsOf = async (machine = "M-1"): Promise<Ticket[]> => {
    const { items } = await world.service.page({ machine, limit: 200 });
    return Promise.all(items.map(({ ticketId }) => world.service.get(ticketId)));
  };
  const theTicket = async (): Promise<Ticket> => {
    const [ticket, ...others] = await ticketsOf();
    expect(others).toEqual([]);
    if (!ticket) throw new Error("there is no ticket");
    return ticket;
  };
  /** Heard now and for the hour after it. */
  const comeBack = async () => {
    await look([], world.clock.nowMs());
    world.clock.advance(HOUR_MS);
    return look([], world.clock.nowMs());
  };
  const register = (file: Partial<MachineFile>) =>
    createOrganisationDesk({ db: world.db, clock: world.clock }).write("machines", {
      actor: dispatcher,
      file: {
        machineId: "M-1",
        serialNumber: "SN-1",
        productType: "concrete_pump_truck",
        state: "in_service",
        regionId: "hunan",
        handoverAt: "2026-01-20",
        demonstrationSite: false,
        peakPeriods: [],
        ...file,
      },
    });

  test("becomes one inspection with its cause and what tells it, however often it is looked at", async () => {
    const machine = silentMachine({ cause: "bus-dead", isCertain: true, detail: "can0: down" });
    expect(await look([machine])).toEqual({ opened: 1, ended: 0, waiting: 0, failed: [] });
    for (let hour = 0; hour < 3; hour++) {
      world.clock.advance(HOUR_MS);
      expect((await look([machine])).opened).toBe(0);
    }
    expect(await theTicket()).toMatchObject({
      kind: "inspection",
      state: "new",
      priority: "general",
      trigger: "machine_silent",
      title: { "zh-CN": "设备失联：网关在线，总线无数据" },
      job: { faultClass: "electrical" },
      evidence: [{ kind: "silence", cause: "bus-dead", isCertain: true, detail: "can0: down" }],
      occurrenceCount: 1,
    });
    await expectConsistent(world.db);
  });

  test("that speaks again takes its ticket back, after an hour, where nobody has set to work", async () => {
    await look([silentMachine()]);
    await look([], world.clock.nowMs());
    expect((await theTicket()).state).toBe("new");
    world.clock.advance(HOUR_MS);
    expect((await look([], world.clock.nowMs())).ended).toBe(1);
    const { state, timeline } = await theTicket();
    expect(state).toBe("cancelled");
    expect(timeline.at(-1)).toMatchObject({ actor: watch, reason: "data-again" });
    expect((await look([], world.clock.nowMs())).ended).toBe(0);
    await expectConsistent(world.db);
  });

  test("that speaks for minutes only keeps its ticket", async () => {
    await look([silentMachine()]);
    await look([], world.clock.nowMs());
    world.clock.advance(HOUR_MS / 2);
    await look([silentMachine({ heardMs: HOUR_MS / 4, sinceMs: world.clock.nowMs() })]);
    expect((await comeBack()).ended).toBe(1);
    expect((await theTicket()).timeline.at(-1)?.at).toBe(
      new Date(world.clock.nowMs()).toISOString(),
    );
  });

  test("that somebody works on gets a line, and another one when it falls silent again", async () => {
    await look([silentMachine()]);
    const { ticketId } = await theTicket();
    await world.service.acknowledge({ ticketId, commandId: "a", actor: dispatcher });
    expect((await comeBack()).ended).toBe(1);
    const back = await theTicket();
    expect([back.state, back.timeline.at(-1)?.type]).toEqual(["acknowledged", "finding-cleared"]);
    expect(back.activeFindings).toEqual([]);
    world.clock.advance(2 * DAY_MS);
    expect((await look([silentMachine({ sinceMs: world.clock.nowMs() - DAY_MS })])).opened).toBe(1);
    expect((await theTicket()).occurrenceCount).toBe(2);
    await expectConsistent(world.db);
  });

  test("whose ticket people closed gets no other one while it goes on; a new silence opens it again", async () => {
    await look([silentMachine()]);
    const { ticketId } = await theTicket();
    const by = { ticketId, actor: dispatcher };
    await world.service.acknowledge({ ...by, commandId: "a" });
    await world.service.close({ ...by, commandId: "c", outcome: "no_fault_found", note: "asleep" });
    world.clock.advance(HOUR_MS);
    expect((await look([silentMachine()])).opened).toBe(0);
    expect((await comeBack()).ended).toBe(1);
    expect((await theTicket()).state).toBe("closed");
    world.clock.advance(2 * DAY_MS);
    expect((await look([silentMachine()])).opened).toBe(1);
    expect(await theTicket()).toMatchObject({ state: "acknowledged", reopenCount: 1 });
    await expectConsistent(world.db);
  });

  test("that is parked by plan wants none, and one that is parked later gives it back", async () => {
    await register({ state: "in_service" });
    await register({ machineId: "M-2", serialNumber: "SN-2", state: "in_service" });
    const desk = createOrganisationDesk({ db: world.db, clock: world.clock });
    const park = (machineId: string) =>
      desk.setState({ actor: dispatcher, machineId, state: "standby" });
    await park("M-2");
    const silent = [silentMachine(), silentMachine({ machineId: "M-2" })];
    expect(await look(silent)).toMatchObject({ opened: 1, waiting: 0 });
    expect(await ticketsOf("M-2")).toEqual([]);
    await park("M-1");
    expect((await look(silent)).ended).toBe(1);
    const { state, timeline } = await theTicket();
    expect([state, timeline.at(-1)]).toMatchObject(["cancelled", { reason: "machine-parked" }]);
  });

  test("that was sold is asked about anew, for its new owner", async () => {
    await look([silentMachine()]);
    await world.db.transaction((tx) => leaveToFormerOwner(tx, "M-1"));
    expect(await look([silentMachine()])).toMatchObject({ opened: 0, ended: 1 });
    expect((await look([silentMachine()])).opened).toBe(1);
    expect((await ticketsOf()).map(({ state }) => state)).toEqual(["new", "new"]);
  });

  test("one of many: the fleet gets twenty tickets an hour, not ten thousand at once", async () => {
    const all = Array.from({ length: 10_000 }, (_, at) =>
      silentMachine({ machineId: `F-${at}`, heardMs: 100 * HOUR_MS }),
    );
    expect(await look(all)).toMatchObject({ opened: 20, waiting: 9_980 });
    expect(await look(all)).toMatchObject({ opened: 0, waiting: 9_980 });
    world.clock.advance(HOUR_MS);
    expect(await look(all)).toMatchObject({ opened: 20, waiting: 9_960 });
  });

  test("is asked about once, wherever the hub is killed", async () => {
    const calm = world.db;
    expect(await run(urlOf(calm), 0, Number.POSITIVE_INFINITY)).toBe(hours);
    const shaken = await open();
    for (let next = 0, kill = 0; next < hours; kill++)
      next = await run(urlOf(shaken), next, hoursOfLife + (kill % 4));
    const wanted = await outcomeOf(calm);
    expect(wanted.filter((line) => line.includes("cancelled"))).toHaveLength(10);
    expect(wanted.filter((line) => line.includes(" new "))).toHaveLength(30);
    expect(await outcomeOf(shaken)).toEqual(wanted);
    await expectConsistent(shaken);
  });
});
