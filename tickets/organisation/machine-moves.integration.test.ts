import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { createAuditDesk } from "../audit/audit-desk.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { dispatcher, finding } from "../tickets.fixture.ts";
import type { World } from "../world.fixture.ts";
import { ticketsOfCustomer } from "./customer-tickets.ts";
import { loadEngineers } from "./load-organisation.ts";
import { testedOrganisation } from "./organisation.fixture.ts";
import type { OrganisationDesk } from "./organisation-desk.ts";
import type { MachineMove } from "./put-machine.ts";

const actor = dispatcher;
const code = (name: string) => expect.objectContaining({ code: name });

describeEachDatabase("organisation", (open) => {
  let world: World;
  let desk: OrganisationDesk;
  let moves: readonly MachineMove[];
  const tested = testedOrganisation(open);
  beforeEach(() => {
    ({ world, desk, moves } = tested.current);
  });

  const pump = () => desk.get("machines", "PUMP-001");

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

/** A ticket as the judge opens it, for whoever has the machine at that time. */
async function ticketFor(world: World, machineId: string, findingId = "f-1"): Promise<string> {
  const failureMode = `mode-${findingId}`;
  const changes = await world.apply(finding({ machineId, findingId, failureMode }));
  return changes[0]?.ticket.ticketId ?? "";
}
