import { randomUUID } from "node:crypto";
import type { Database } from "@firebreak/kit/database.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createAuditDesk } from "../audit/audit-desk.ts";
import { createJudgeStore } from "../registry/judge-store.ts";
import { createTicketIds } from "../ticket-ids.ts";
import { dispatcher, finding } from "../tickets.fixture.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { ticketsOfCustomer } from "./customer-tickets.ts";
import {
  findMachineBySerial,
  loadEngineers,
  loadInstalledParts,
  loadMachineContext,
} from "./load-organisation.ts";
import { loadOrganisationOnce, readOrganisationFile } from "./load-organisation-file.ts";
import { operatingHoursOf } from "./machine-file.ts";
import { noteMoveOnTickets } from "./note-move.ts";
import { createOrganisationDesk, type OrganisationDesk } from "./organisation-desk.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import { erasePerson, loadPeople } from "./people.ts";
import type { MachineMove } from "./put-machine.ts";

const actor = dispatcher;
const code = (name: string) => expect.objectContaining({ code: name });

describeEachDatabase("organisation", (open) => {
  let world: World;
  let desk: OrganisationDesk;
  let moves: MachineMove[];
  beforeEach(async () => {
    world = await openWorld(await open());
    moves = [];
    desk = createOrganisationDesk({
      db: world.db,
      clock: world.clock,
      onMoved: async (work, move) => {
        moves.push(move);
        await noteMoveOnTickets(world.service.begin(work.tx, work.actor), move);
      },
    });
  });
  afterEach(() => world.close());

  const pump = () => desk.get("machines", "PUMP-001");

  describe("the first organisation", () => {
    test("is written once and never again", async () => {
      const ids = createTicketIds(() => world.clock.nowMs());
      const at = new Date(world.clock.nowMs()).toISOString();
      const work = { actor, nowMs: world.clock.nowMs(), at, ids };
      expect(await loadOrganisationOnce(world.db, readOrganisationFile(at), work)).toBe(false);
      const { items } = await desk.page("engineers", { limit: 100 });
      expect(items).toHaveLength(12);
      expect(items.every(({ version }) => version === 1)).toBe(true);
    });

    test("keeps the stations of the stock file first", async () => {
      const stations = await desk.page("stations", { limit: 100 });
      const ids = stations.items.map(({ file }) => file.stationId);
      expect(ids).toContain("wuhan");
      expect((await desk.machine("never-seen")).station.stationId).toBe("changsha");
    });
  });

  describe("loadMachineContext", () => {
    test("knows all that a ticket needs of a registered machine", async () => {
      const context = await desk.machine("PUMP-001");
      expect(context.machine?.serialNumber).toBe("FBPT56-2024-0031");
      expect(context.customer?.tier).toBe("high_value");
      expect(context.site?.siteId).toBe("S-001");
      expect(context.station.stationId).toBe("changsha");
      expect(context.regionPath.map(({ regionId }) => regionId)).toEqual(["central", "hunan"]);
      expect(context.commitment?.commitmentId).toBe("SC-001");
      expect(context.installedParts).toHaveLength(3);
    });

    test("gives a commitment on its days only", async () => {
      const on = async (day: string) =>
        (await loadMachineContext(world.db, "PUMP-002", Date.parse(day))).commitment?.commitmentId;
      // The day of the region: in China it begins eight hours before it does in Greenwich.
      expect(await on("2025-12-31T15:59:59.000Z")).toBeUndefined();
      expect(await on("2025-12-31T16:00:00.000Z")).toBe("SC-002");
      expect(await on("2028-12-31T15:59:59.000Z")).toBe("SC-002");
      expect(await on("2028-12-31T16:00:00.000Z")).toBeUndefined();
    });

    test("a machine without a file falls back to the first station and is listed as unregistered", async () => {
      const seen = {
        plan: "loader-tractor",
        dictionaryHash: "abc",
        firstSeenAt: "2026-03-01T08:00:00.000Z",
      };
      await world.db.transaction((tx) =>
        createJudgeStore(world.db).commit(tx, {
          offset: 1,
          machines: [
            { ...seen, machineId: "PUMP-001", gatewayId: "PUMP-001" },
            { ...seen, machineId: "STRANGER", gatewayId: "G-9" },
          ],
          dictionaries: [],
          states: [],
          findings: [],
        }),
      );
      expect((await desk.unregistered()).map(({ machineId }) => machineId)).toEqual(["STRANGER"]);
      const context = await desk.machine("STRANGER");
      expect(context.machine).toBeUndefined();
      expect(context.station.stationId).toBe("changsha");
      expect(context.regionPath.at(-1)?.regionId).toBe("hunan");
    });

    test("MA-1: finds a machine by its serial number however it is typed", async () => {
      const found = await findMachineBySerial(world.db, " fbpt56-2024-0031 ");
      expect(found?.machineId).toBe("PUMP-001");
      expect(await findMachineBySerial(world.db, "FBPT56-9999")).toBeUndefined();
    });
  });

  describe("writing", () => {
    test("a change must name the version it saw", async () => {
      const before = await pump();
      const file = { ...before.file, model: "PT-58" };
      const after = await desk.write("machines", { actor, file, version: before.version });
      expect(after).toEqual({ file, version: 2 });
      await expect(
        desk.write("machines", { actor, file: { ...file, model: "PT-60" }, version: 1 }),
      ).rejects.toThrow(code("ORGANISATION_CHANGED"));
      expect((await pump()).file.model).toBe("PT-58");
    });

    test("of two changes at once exactly one is taken", async () => {
      const { file, version } = await desk.get("customers", "C-003");
      const results = await Promise.allSettled(
        ["one", "two"].map((name) =>
          desk.write("customers", { actor, file: { ...file, name }, version }),
        ),
      );
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    test("TK-9: the same command id again changes nothing and gives the first answer", async () => {
      const { file, version } = await desk.get("sites", "S-002");
      const writing = { actor, commandId: "c-1", version, file: { ...file, projectName: "二期" } };
      const first = await desk.write("sites", writing);
      expect(await desk.write("sites", writing)).toEqual(first);
      expect((await desk.get("sites", "S-002")).version).toBe(2);
      await expect(
        desk.write("sites", { ...writing, file: { ...file, siteId: "S-001" } }),
      ).rejects.toThrow(code("COMMAND_REUSED"));
    });

    test("a new file that exists, and a reference to nothing, are refused", async () => {
      const { file } = await desk.get("sites", "S-002");
      await expect(desk.write("sites", { actor, file })).rejects.toThrow(
        code("ORGANISATION_EXISTS"),
      );
      const lost = { ...file, siteId: "S-900", regionId: "atlantis", customerId: "C-900" };
      await expect(desk.write("sites", { actor, file: lost })).rejects.toThrow(
        /customerId: there is no customer C-900; regionId: there is no region atlantis/,
      );
      await expect(desk.get("sites", "S-900")).rejects.toThrow(code("ORGANISATION_UNKNOWN"));
    });

    test("MA-1: a serial number is never used again, not even after it was corrected", async () => {
      const before = await pump();
      await desk.write("machines", {
        actor,
        file: { ...before.file, serialNumber: "FBPT56-2024-0032" },
        version: before.version,
      });
      const { file } = await desk.get("machines", "PUMP-101");
      await expect(
        desk.write("machines", {
          actor,
          file: { ...file, machineId: "PUMP-102", serialNumber: "FBPT56-2024-0031" },
        }),
      ).rejects.toThrow(/the machine PUMP-001 has it already/);
    });

    test("pages are cut by id and searched in both languages", async () => {
      const first = await desk.page("machines", { limit: 2 });
      const rest = await desk.page("machines", { limit: 100, after: first.next ?? "" });
      const ids = [...first.items, ...rest.items].map(({ file }) => file.machineId);
      expect(ids).toHaveLength(5);
      expect(new Set(ids).size).toBe(5);
      expect(rest.next).toBeNull();
      const found = await desk.page("customers", { search: "铁路", limit: 10 });
      expect(found.items.map(({ file }) => file.customerId)).toEqual(["C-002"]);
      const of = await desk.page("machines", { where: { customer_id: "C-001" }, limit: 10 });
      expect(of.items.map(({ file }) => file.machineId).sort()).toEqual(["LOADER-101", "PUMP-001"]);
      await expect(desk.page("machines", { after: "no cursor", limit: 1 })).rejects.toThrow(
        code("ORGANISATION_CURSOR"),
      );
    });
  });

  describe("hour meters", () => {
    test("MA-4: hours go on after a meter was replaced, and never back", async () => {
      const order = { actor, machineId: "PUMP-001" };
      await desk.recordHours({ ...order, readingHours: 3200 });
      await expect(desk.recordHours({ ...order, readingHours: 3199 })).rejects.toThrow(
        code("MACHINE_HOURS"),
      );
      await expect(
        desk.replaceMeter({ ...order, lastHours: 3100, firstHours: 0, reason: "display dead" }),
      ).rejects.toThrow(code("MACHINE_HOURS"));
      const replaced = await desk.replaceMeter({
        ...order,
        lastHours: 3210,
        firstHours: 5,
        reason: "display dead",
      });
      expect(operatingHoursOf(replaced.file)).toBe(3210);
      const later = await desk.recordHours({ ...order, readingHours: 15 });
      expect(operatingHoursOf(later.file)).toBe(3220);
      expect(later.file.meter?.replacements).toHaveLength(1);
    });
  });

  describe("installed parts", () => {
    test("MA-6: one part in one position; the one before it is removed", async () => {
      const part = {
        position: "s-valve-accumulator",
        partNo: "FB-CP-BLD-01",
        installedAt: "2026-03-01T08:00:00.000Z",
        installedAtHours: 3125,
        source: "measured" as const,
      };
      await desk.installPart({ actor, machineId: "PUMP-001", part });
      const now = await loadInstalledParts(world.db, "PUMP-001");
      expect(now.filter(({ position }) => position === part.position)).toEqual([part]);
      expect(now).toHaveLength(3);
      await expect(doubleInstall(world.db)).rejects.toThrow(code("DATABASE_CONSTRAINT"));
    });
  });

  describe("commitments", () => {
    test("SC-1: a second active commitment for the same machine and days is refused", async () => {
      const { file } = await desk.get("commitments", "SC-001");
      const other = { ...file, commitmentId: "SC-100", machineIds: ["PUMP-001"] };
      await expect(desk.write("commitments", { actor, file: other })).rejects.toThrow(
        /SC-001 is active/,
      );
      const draft = await desk.write("commitments", { actor, file: { ...other, state: "draft" } });
      await expect(
        desk.write("commitments", { actor, file: other, version: draft.version }),
      ).rejects.toThrow(code("ORGANISATION_INVALID"));
    });
  });

  describe("people", () => {
    test("nothing personal is stored outside the people's rows, and a person can be erased", async () => {
      const tables = world.db.tables<OrganisationTables>();
      const bodies = [
        ...(await tables.selectFrom("engineers").selectAll().execute()),
        ...(await tables.selectFrom("customers").selectAll().execute()),
        ...(await tables.selectFrom("machine_files").selectAll().execute()),
      ].map((row) => JSON.stringify(row));
      const people = await tables.selectFrom("people").selectAll().execute();
      expect(people).toHaveLength(17);
      for (const { body } of people) {
        const { name, phone } = JSON.parse(body) as { name: string; phone?: string };
        expect(bodies.filter((text) => text.includes(name))).toEqual([]);
        expect(bodies.filter((text) => phone && text.includes(phone))).toEqual([]);
      }
      expect(await world.db.transaction((tx) => erasePerson(tx, "E-002"))).toBe(true);
      const [engineer] = await loadEngineers(world.db, { engineerIds: ["E-002"] });
      expect(engineer?.name).toBe("E-002");
    });

    test("contacts that are left out are forgotten, and nobody else's row can be taken", async () => {
      const { file, version } = await desk.get("customers", "C-001");
      const one = { personId: "P-001", name: "李建华" };
      const after = await desk.write("customers", { actor, file, version, people: [one] });
      expect(after.file.contactIds).toEqual(["P-001"]);
      expect([...(await loadPeople(world.db, ["P-001", "P-002"])).keys()]).toEqual(["P-001"]);
      await expect(
        desk.write("customers", {
          actor,
          file,
          version: after.version,
          people: [{ personId: "E-001", name: "x" }],
        }),
      ).rejects.toThrow(code("ORGANISATION_EXISTS"));
    });
  });

  describe("engineers", () => {
    test("are found by station, region and squad, with state and place", async () => {
      const ids = async (filter: object) =>
        (await loadEngineers(world.db, filter)).map(({ engineerId }) => engineerId);
      expect(await ids({ stationId: "wuhan" })).toEqual(["E-008", "E-009", "E-010"]);
      expect(await ids({ regionId: "central", flyingSquad: true })).toEqual(["E-004", "E-010"]);
      const at = "2026-03-01T08:00:00.000Z";
      await desk.setPresence({
        actor,
        engineerId: "E-009",
        state: "travelling",
        position: { lat: 30.6, lon: 114.3, at },
      });
      const older = { lat: 1, lon: 1, at: "2026-03-01T07:00:00.000Z" };
      await desk.setPresence({ actor, engineerId: "E-009", position: older });
      const [engineer] = await loadEngineers(world.db, { engineerIds: ["E-009"] });
      expect(engineer).toMatchObject({
        state: "travelling",
        position: { lat: 30.6, lon: 114.3, at },
      });
      await expect(
        desk.setPresence({ actor, engineerId: "E-999", state: "leave" }),
      ).rejects.toThrow(code("ORGANISATION_UNKNOWN"));
    });
  });

  describe("F9: a machine that goes to another customer while a ticket is open", () => {
    const move = { actor, machineId: "PUMP-001", customerId: "C-002", siteId: "S-003" };

    test("keeps the ticket with its customer, notes it, and shows the new one nothing of before", async () => {
      const ticketId = await ticketFor(world, "PUMP-001");
      world.clock.advance(60_000);
      await desk.moveMachine({
        ...move,
        commandId: "m-1",
        stationId: "chengdu",
        regionId: "southwest",
      });
      await desk.moveMachine({
        ...move,
        commandId: "m-1",
        stationId: "chengdu",
        regionId: "southwest",
      });
      expect(moves).toHaveLength(1);

      const ticket = await world.service.get(ticketId);
      expect(ticket.customerId).toBe("C-001");
      expect(ticket.timeline.filter(({ type }) => type === "note-added")).toEqual([
        expect.objectContaining({
          note: "machine-moved customer C-001, site S-001 -> customer C-002, site S-003",
          actor,
        }),
      ]);
      const { items: log } = await createAuditDesk({ db: world.db, newId: randomUUID }).page({
        limit: 5,
      });
      expect(log.filter(({ action }) => action === "machine.moved")).toMatchObject([
        { subjectId: "PUMP-001", facts: { fromCustomer: "C-001", toCustomer: "C-002" } },
      ]);
      const seenBy = async (customerId: string) =>
        (await ticketsOfCustomer(world.db, { customerId })).map((one) => one.ticketId);
      expect(await seenBy("C-001")).toEqual([ticketId]);
      expect(await seenBy("C-002")).toEqual([]);

      const later = await ticketFor(world, "PUMP-001", "f-2");
      expect(await seenBy("C-002")).toEqual([later]);
      expect(await seenBy("C-001")).toEqual([ticketId]);
      expect(await desk.owners("PUMP-001")).toMatchObject([
        { customerId: "C-001", siteId: "S-001", until: expect.any(String) },
        { customerId: "C-002", siteId: "S-003", until: null },
      ]);
    });

    test("no longer has the promises that were made to the customer before", async () => {
      await desk.moveMachine(move);
      expect((await desk.machine("PUMP-001")).commitment).toBeUndefined();
    });

    test("is refused to a site that is another customer's", async () => {
      await expect(desk.moveMachine({ ...move, siteId: "S-001" })).rejects.toThrow(
        /the site S-001 is one of the customer C-001/,
      );
      expect(moves).toEqual([]);
      expect((await pump()).file.customerId).toBe("C-001");
    });
  });
});

/** Past every check of ours, as another process might. */
const doubleInstall = (db: Database) =>
  db.transaction((tx) =>
    tx
      .tables<OrganisationTables>()
      .insertInto("installed_parts")
      .values({
        row_id: "x",
        machine_id: "PUMP-001",
        position: "s-valve-accumulator",
        part_no: "P",
        removed_at: null,
        body: "{}",
      })
      .execute(),
  );

/** A ticket as the judge opens it, for whoever has the machine at that time. */
async function ticketFor(world: World, machineId: string, findingId = "f-1"): Promise<string> {
  const failureMode = `mode-${findingId}`;
  const changes = await world.apply(finding({ machineId, findingId, failureMode }));
  return changes[0]?.ticket.ticketId ?? "";
}
