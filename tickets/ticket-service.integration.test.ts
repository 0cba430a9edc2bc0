import { describe, expect, test } from "vitest";
import { describeEachDatabase } from "./each-database.fixture.ts";
import { createJudgeStore } from "./registry/judge-store.ts";
import { testedService } from "./ticket-service.fixture.ts";
import { dtc, finding, signal } from "./tickets.fixture.ts";

const day = 24 * 3600 * 1000;

describeEachDatabase("ticket service", (open) => {
  const tested = testedService(open);
  const { tickets, work, only, finish, stockOf } = tested;

  describe("applyFindings", () => {
    test("opens one ticket with one linked parts ticket that says where the reserved part lies", async () => {
      const changes = await tested.world.apply(finding());
      expect(changes.map(({ change, ticket }) => [change, ticket.kind, ticket.state])).toEqual([
        ["opened", "inspection", "new"],
        ["opened", "parts", "reserved"],
      ]);
      const ticket = await only();
      expect(ticket).toMatchObject({
        priority: "major",
        faultCode: "oil-pressure-sensor",
        dedupeKey: "M-1:oil-pressure-sensor:inspection",
        stationId: "changsha",
        regionId: "hunan",
        evidence: [{ kind: "dtc", spn: 100, fmi: 4, lamps: { amberWarning: "on" } }],
        predictedParts: [{ partNo: "FB-LT-OPS-01", name: { en: expect.any(String) } }, {}],
      });
      const child = await tested.world.service.get(ticket.childIds[0] ?? "");
      expect(child).toMatchObject({
        kind: "parts",
        state: "reserved",
        priority: "major",
        machineId: "M-1",
        parts: [
          {
            partNo: "FB-LT-OPS-01",
            quantity: 1,
            unitPriceFen: 38000,
            reservation: { stationId: "changsha", bin: "A-03-2" },
          },
        ],
      });
      expect(child.timeline.map(({ type }) => type)).toEqual([
        "opened",
        "parts-requested",
        "parts-approved",
        "parts-sourcing",
        "parts-reserved",
        "parts-committed",
      ]);
      expect(await stockOf("FB-LT-OPS-01")).toEqual([
        ["changsha", 4, 1],
        ["chengdu", 2, 0],
        ["wuhan", 1, 0],
      ]);
    });

    test("MR-1: counts a new onset, and opens no second ticket and no second parts ticket", async () => {
      await tested.world.apply(finding());
      await tested.world.apply(finding({ findingId: "f-2", at: "2026-03-01T09:00:00.000Z" }));
      await tested.world.apply(finding({ findingId: "f-3", at: "2026-03-01T10:00:00.000Z" }));
      const ticket = await only();
      expect([ticket.occurrenceCount, ticket.evidenceCount, ticket.childIds.length]).toEqual([
        3, 3, 1,
      ]);
      expect(await tickets({ kind: "parts" })).toHaveLength(1);
      expect((await stockOf("FB-LT-OPS-01"))[0]).toEqual(["changsha", 4, 1]);
    });

    test("does the same findings again without any effect", async () => {
      const episode = [
        finding(),
        finding({ phase: "updated", isOnset: false, evidence: [dtc({ redStop: "on" }, 2)] }),
        finding({ phase: "cleared", isOnset: false, at: "2026-03-01T08:05:00.000Z" }),
      ];
      await tested.world.apply(...episode);
      const before = await tickets();
      expect(await tested.world.apply(...episode, ...episode)).toEqual([]);
      expect(await tickets()).toEqual(before);
      await finish((await only()).ticketId);
      await tested.world.apply(...episode);
      expect(await work()).toHaveLength(1);
    });

    test("does a raised finding that said nothing new only once, too", async () => {
      await tested.world.apply(finding());
      const quiet = finding({ findingId: "f-2", isOnset: false });
      expect(await tested.world.apply(quiet)).toEqual([]);
      await finish((await only()).ticketId);
      await tested.world.apply(quiet);
      expect(await work()).toHaveLength(1);
    });

    test("raises the priority of a ticket and of its parts ticket, and never lowers it", async () => {
      await tested.world.apply(finding());
      const update = { phase: "updated", isOnset: false } as const;
      await tested.world.apply(
        finding({ ...update, at: "2026-03-01T08:00:20.000Z", evidence: [dtc({ redStop: "on" })] }),
        finding({ ...update, at: "2026-03-01T08:00:30.000Z", evidence: [dtc({})] }),
      );
      expect((await tickets()).map(({ priority }) => priority)).toEqual(["emergency", "emergency"]);
    });

    test("writes no line for a machine that only repeats itself", async () => {
      await tested.world.apply(finding());
      const { version } = await only();
      for (let second = 0; second < 30; second++)
        await tested.world.apply(
          finding({
            phase: "updated",
            isOnset: false,
            at: new Date(Date.parse("2026-03-01T08:01:00Z") + second * 1000).toISOString(),
          }),
        );
      expect((await only()).version).toBe(version);
    });

    test("notes that a fault cleared and leaves the ticket to people", async () => {
      await tested.world.apply(
        finding(),
        finding({ phase: "cleared", isOnset: false, at: "2026-03-01T08:05:00.000Z" }),
      );
      const ticket = await tested.world.service.get((await only()).ticketId);
      expect([ticket.state, ticket.timeline.at(-1)?.type]).toEqual(["new", "finding-cleared"]);
      expect(ticket.activeFindings).toEqual([]);
    });

    test("has one ticket for an inspection and a repair of one failure mode", async () => {
      await tested.world.apply(finding({ failureMode: "oil-pressure-low", evidence: [signal()] }));
      await tested.world.apply(finding({ failureMode: "oil-pressure-low", findingId: "f-2" }));
      expect((await only()).kind).toBe("repair");
    });

    test("FC-5: opens one inspection per unknown code and machine", async () => {
      const unknown = (findingId: string, subject: string, machineId = "M-1") =>
        finding({ findingId, subject, machineId, failureMode: "uncatalogued" });
      await tested.world.apply(
        unknown("f-1", "0/524020/31"),
        unknown("f-2", "0/524020/31"),
        unknown("f-3", "0/524021/31"),
        unknown("f-4", "0/524020/31", "M-2"),
      );
      expect((await work()).map(({ occurrenceCount }) => occurrenceCount).sort()).toEqual([
        1, 1, 2,
      ]);
    });

    test("FC-5: an entry that is not approved opens no ticket", async () => {
      await tested.world.apply(finding({ failureMode: "unproved", evidence: [signal()] }));
      expect(await tickets()).toEqual([]);
    });

    test("opens nothing for what began and ended in the past", async () => {
      expect(await tested.world.apply(finding({ isHistory: true }))).toEqual([]);
      expect(await tickets()).toEqual([]);
    });

    test("an episode that was told ends, though its end came with data of days ago", async () => {
      const { world } = tested;
      const late = { isHistory: true, isOnset: false } as const;
      await world.apply(
        finding(),
        finding({ ...late, phase: "updated", at: "2026-03-01T09:00:00.000Z" }),
      );
      expect((await only()).activeFindings).toEqual(["f-1"]);
      const gone = { phase: "cleared", at: "2026-03-01T10:00:00.000Z" } as const;
      await world.apply(finding({ ...late, ...gone, findingId: "f-0" }));
      expect((await only()).activeFindings).toEqual(["f-1"]);
      await world.apply(finding({ ...late, ...gone }));
      expect((await only()).activeFindings).toEqual([]);
    });

    test("what is looked at opens a ticket of its own once the repair of the component is done", async () => {
      const { world, order } = tested;
      await world.apply(finding({ failureMode: "oil-pressure-low", evidence: [signal()] }));
      const { ticketId } = await only();
      for (const one of [
        { type: "acknowledge" },
        { type: "start-remote", contact: "operator" },
        { type: "remote-fixed", mode: "remote_guidance", note: "reset" },
      ] as const)
        await world.service.order({ ...order(ticketId), order: one });
      await world.apply(finding({ findingId: "f-2", failureMode: "oil-pump" }));
      expect((await work()).map(({ faultCode }) => faultCode)).toEqual([
        "oil-pump",
        "oil-pressure-low",
      ]);
    });

    test("opens nothing for what a rule on trial found, however grave", async () => {
      const found = finding({ mode: "shadow", severity: "critical", failureMode: "unusual" });
      expect(await tested.world.apply(found)).toEqual([]);
      expect(await tickets()).toEqual([]);
    });

    test("MR-7: a fault that comes back within 7 days opens its ticket again, with its parts", async () => {
      await tested.world.apply(finding());
      const first = await finish((await only()).ticketId);
      tested.world.clock.advance(7 * day);
      await tested.world.apply(finding({ findingId: "f-2" }));
      const again = await only();
      expect(again).toMatchObject({
        ticketId: first.ticketId,
        state: "acknowledged",
        outcome: "not_fixed",
        reopenCount: 1,
        occurrenceCount: 2,
      });
      expect(await tickets({ kind: "parts", state: "open" })).toHaveLength(1);
    });

    test("MR-7: a ticket that is opened again knows what ended while it was closed", async () => {
      const { world } = tested;
      await world.apply(finding());
      await finish((await only()).ticketId);
      const gone = finding({ phase: "cleared", isOnset: false, at: "2026-03-01T10:00:00.000Z" });
      const store = createJudgeStore(world.db);
      await world.db.transaction((tx) => store.commit(tx, { offset: 1, findings: [gone] }));
      await world.apply(gone, finding({ findingId: "f-2" }));
      expect((await only()).activeFindings).toEqual(["f-2"]);
    });

    test("PL-6: a ticket stores plan@version, and a closed one is not judged again under a new version", async () => {
      await tested.world.apply(finding({ planRef: "loader@1" }));
      const { ticketId } = await only();
      const closed = await finish(ticketId);
      expect(closed.planRef).toBe("loader@1");
      const stored = await tested.world.service.get(ticketId);
      tested.world.clock.advance(31 * day);
      const under2 = { planRef: "loader@2", severity: "critical" } as const;
      await tested.world.apply(
        finding({ ...under2, isOnset: false, phase: "updated" }),
        finding({ ...under2, isOnset: false, phase: "cleared" }),
        finding({ ...under2, isHistory: true }),
      );
      expect(await work()).toHaveLength(1);
      await tested.world.apply(finding({ ...under2, findingId: "f-2" }));
      expect(await tested.world.service.get(ticketId)).toEqual(stored);
      const refs = (await work()).map((ticket) => [ticket.ticketId === ticketId, ticket.planRef]);
      expect(new Map(refs as [boolean, string][])).toEqual(
        new Map([
          [true, "loader@1"],
          [false, "loader@2"],
        ]),
      );
    });

    test("calls a fault that comes back within 30 days a recurrence", async () => {
      await tested.world.apply(finding());
      const first = await finish((await only()).ticketId);
      tested.world.clock.advance(8 * day);
      await tested.world.apply(finding({ findingId: "f-2" }));
      const [second] = await work();
      expect(second?.recurrenceOf).toBe(first.ticketId);
      await finish(second?.ticketId ?? "");
      tested.world.clock.advance(31 * day);
      await tested.world.apply(finding({ findingId: "f-3" }));
      expect((await work())[0]).not.toHaveProperty("recurrenceOf");
    });

    test("does not open a ticket again for a fault that goes on after people closed it", async () => {
      await tested.world.apply(finding());
      await finish((await only()).ticketId);
      await tested.world.apply(
        finding({ phase: "updated", isOnset: false, at: "2026-03-01T08:02:00.000Z" }),
      );
      expect(await work()).toHaveLength(1);
    });

    test("takes another station's part when the first has none left, then backorders", async () => {
      const needs = (machineId: string) =>
        finding({ findingId: machineId, machineId, failureMode: "oil-pump" });
      await tested.world.apply(needs("M-1"), needs("M-2"));
      const parts = (await tickets({ kind: "parts" })).toSorted((a, b) =>
        (a.machineId ?? "") < (b.machineId ?? "") ? -1 : 1,
      );
      expect(
        parts.map(({ state, parts: [line] }) => [state, line?.reservation?.stationId]),
      ).toEqual([
        ["reserved", "chengdu"],
        ["backordered", undefined],
      ]);
    });

    test("backorders a part the master does not know", async () => {
      await tested.world.apply(finding({ failureMode: "exotic" }));
      const [parts] = await tickets({ kind: "parts" });
      expect([parts?.state, parts?.parts[0]?.name.en]).toEqual(["backordered", "NOT-IN-MASTER"]);
    });

    test("undoes everything when the transaction fails", async () => {
      const failed = tested.world.db.transaction(async (tx) => {
        await tested.world.service.applyFindings(tx, [finding()]);
        throw new TypeError("the judge failed");
      });
      await expect(failed).rejects.toThrow("the judge failed");
      expect(await tickets()).toEqual([]);
      expect((await stockOf("FB-LT-OPS-01"))[0]).toEqual(["changsha", 4, 0]);
      await tested.world.apply(finding());
      await only();
    });
  });
});
