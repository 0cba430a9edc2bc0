import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { createJudgeStore } from "../registry/judge-store.ts";
import { createTicketIds } from "../ticket-ids.ts";
import { dispatcher } from "../tickets.fixture.ts";
import type { World } from "../world.fixture.ts";
import { findMachineBySerial, loadMachineContext } from "./load-organisation.ts";
import { loadOrganisationOnce, readOrganisationFile } from "./load-organisation-file.ts";
import { testedOrganisation } from "./organisation.fixture.ts";
import type { OrganisationDesk } from "./organisation-desk.ts";

const actor = dispatcher;
const code = (name: string) => expect.objectContaining({ code: name });

describeEachDatabase("organisation", (open) => {
  let world: World;
  let desk: OrganisationDesk;
  const tested = testedOrganisation(open);
  beforeEach(() => {
    ({ world, desk } = tested.current);
  });

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
});
