import type { Database } from "@firebreak/kit/database.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { dispatcher } from "../tickets.fixture.ts";
import type { World } from "../world.fixture.ts";
import { loadEngineers, loadInstalledParts } from "./load-organisation.ts";
import { operatingHoursOf } from "./machine-file.ts";
import { testedOrganisation } from "./organisation.fixture.ts";
import type { OrganisationDesk } from "./organisation-desk.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import { erasePerson, loadPeople } from "./people.ts";

const actor = dispatcher;
const code = (name: string) => expect.objectContaining({ code: name });

describeEachDatabase("organisation", (open) => {
  let world: World;
  let desk: OrganisationDesk;
  const tested = testedOrganisation(open);
  beforeEach(() => {
    ({ world, desk } = tested.current);
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
