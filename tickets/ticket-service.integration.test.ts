import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PartsTables } from "./parts/parts-tables.ts";
import type { TicketChange } from "./ticket-service.ts";
import { dispatcher, dtc, finding, signal } from "./tickets.fixture.ts";
import { expectConsistent, openWorld, type World } from "./world.fixture.ts";

const day = 24 * 3600 * 1000;

describeEachDatabase("ticket service", (open) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(await open());
  });
  afterEach(async () => {
    await expectConsistent(world.db);
    await world.close();
  });

  let commands = 0;
  const order = (ticketId: string, commandId = `c-${commands++}`) => ({
    ticketId,
    actor: dispatcher,
    commandId,
  });
  const tickets = async (query = {}) => (await world.service.page({ limit: 200, ...query })).items;
  const work = async () => (await tickets()).filter(({ kind }) => kind !== "parts");
  const only = async () => {
    const [ticket, ...others] = await work();
    expect(others).toEqual([]);
    if (!ticket) throw new TypeError("no ticket");
    return ticket;
  };
  const finish = async (ticketId: string, partsUsed?: string[]) => {
    await world.service.acknowledge(order(ticketId));
    return world.service.close({
      ...order(ticketId),
      outcome: "fixed",
      note: "replaced",
      ...(partsUsed ? { partsUsed } : {}),
    });
  };
  const stockOf = async (partNo: string) => {
    const rows = await world.db
      .tables<PartsTables>()
      .selectFrom("stock_levels")
      .select(["location_id", "on_hand", "reserved"])
      .where("part_no", "=", partNo)
      .orderBy("location_id")
      .execute();
    return rows.map(({ location_id, on_hand, reserved }) => [location_id, on_hand, reserved]);
  };

  describe("applyFindings", () => {
    test("opens one ticket with one linked parts ticket that says where the reserved part lies", async () => {
      const changes = await world.apply(finding());
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
      const child = await world.service.get(ticket.childIds[0] ?? "");
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
      await world.apply(finding());
      await world.apply(finding({ findingId: "f-2", at: "2026-03-01T09:00:00.000Z" }));
      await world.apply(finding({ findingId: "f-3", at: "2026-03-01T10:00:00.000Z" }));
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
      await world.apply(...episode);
      const before = await tickets();
      expect(await world.apply(...episode, ...episode)).toEqual([]);
      expect(await tickets()).toEqual(before);
      await finish((await only()).ticketId);
      await world.apply(...episode);
      expect(await work()).toHaveLength(1);
    });

    test("does a raised finding that said nothing new only once, too", async () => {
      await world.apply(finding());
      const quiet = finding({ findingId: "f-2", isOnset: false });
      expect(await world.apply(quiet)).toEqual([]);
      await finish((await only()).ticketId);
      await world.apply(quiet);
      expect(await work()).toHaveLength(1);
    });

    test("raises the priority of a ticket and of its parts ticket, and never lowers it", async () => {
      await world.apply(finding());
      const update = { phase: "updated", isOnset: false } as const;
      await world.apply(
        finding({ ...update, at: "2026-03-01T08:00:20.000Z", evidence: [dtc({ redStop: "on" })] }),
        finding({ ...update, at: "2026-03-01T08:00:30.000Z", evidence: [dtc({})] }),
      );
      expect((await tickets()).map(({ priority }) => priority)).toEqual(["emergency", "emergency"]);
    });

    test("writes no line for a machine that only repeats itself", async () => {
      await world.apply(finding());
      const { version } = await only();
      for (let second = 0; second < 30; second++)
        await world.apply(
          finding({
            phase: "updated",
            isOnset: false,
            at: new Date(Date.parse("2026-03-01T08:01:00Z") + second * 1000).toISOString(),
          }),
        );
      expect((await only()).version).toBe(version);
    });

    test("notes that a fault cleared and leaves the ticket to people", async () => {
      await world.apply(
        finding(),
        finding({ phase: "cleared", isOnset: false, at: "2026-03-01T08:05:00.000Z" }),
      );
      const ticket = await world.service.get((await only()).ticketId);
      expect([ticket.state, ticket.timeline.at(-1)?.type]).toEqual(["new", "finding-cleared"]);
      expect(ticket.activeFindings).toEqual([]);
    });

    test("has one ticket for an inspection and a repair of one failure mode", async () => {
      await world.apply(finding({ failureMode: "oil-pressure-low", evidence: [signal()] }));
      await world.apply(finding({ failureMode: "oil-pressure-low", findingId: "f-2" }));
      expect((await only()).kind).toBe("repair");
    });

    test("FC-5: opens one inspection per unknown code and machine", async () => {
      const unknown = (findingId: string, subject: string, machineId = "M-1") =>
        finding({ findingId, subject, machineId, failureMode: "uncatalogued" });
      await world.apply(
        unknown("f-1", "0/524020/31"),
        unknown("f-2", "0/524020/31"),
        unknown("f-3", "0/524021/31"),
        unknown("f-4", "0/524020/31", "M-2"),
      );
      expect((await work()).map(({ occurrenceCount }) => occurrenceCount).sort()).toEqual([
        1, 1, 2,
      ]);
    });

    test("FC-5: an entry that is not approved opens no ticket, and its case is seen again when it is", async () => {
      await world.apply(finding({ failureMode: "unproved", evidence: [signal()] }));
      expect(await tickets()).toEqual([]);
    });

    test("opens nothing for what began and ended in the past", async () => {
      expect(await world.apply(finding({ isHistory: true }))).toEqual([]);
      expect(await tickets()).toEqual([]);
    });

    test("MR-7: a fault that comes back within 7 days opens its ticket again, with its parts", async () => {
      await world.apply(finding());
      const first = await finish((await only()).ticketId);
      world.clock.advance(7 * day);
      await world.apply(finding({ findingId: "f-2" }));
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

    test("calls a fault that comes back within 30 days a recurrence", async () => {
      await world.apply(finding());
      const first = await finish((await only()).ticketId);
      world.clock.advance(8 * day);
      await world.apply(finding({ findingId: "f-2" }));
      const [second] = await work();
      expect(second?.recurrenceOf).toBe(first.ticketId);
      await finish(second?.ticketId ?? "");
      world.clock.advance(31 * day);
      await world.apply(finding({ findingId: "f-3" }));
      expect((await work())[0]).not.toHaveProperty("recurrenceOf");
    });

    test("does not open a ticket again for a fault that goes on after people closed it", async () => {
      await world.apply(finding());
      await finish((await only()).ticketId);
      await world.apply(
        finding({ phase: "updated", isOnset: false, at: "2026-03-01T08:02:00.000Z" }),
      );
      expect(await work()).toHaveLength(1);
    });

    test("takes another station's part when the first has none left, then backorders", async () => {
      const needs = (machineId: string) =>
        finding({ findingId: machineId, machineId, failureMode: "oil-pump" });
      await world.apply(needs("M-1"), needs("M-2"));
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
      await world.apply(finding({ failureMode: "exotic" }));
      const [parts] = await tickets({ kind: "parts" });
      expect([parts?.state, parts?.parts[0]?.name.en]).toEqual(["backordered", "NOT-IN-MASTER"]);
    });

    test("undoes everything when the transaction fails", async () => {
      const failed = world.db.transaction(async (tx) => {
        await world.service.applyFindings(tx, [finding()]);
        throw new TypeError("the judge failed");
      });
      await expect(failed).rejects.toThrow("the judge failed");
      expect(await tickets()).toEqual([]);
      expect((await stockOf("FB-LT-OPS-01"))[0]).toEqual(["changsha", 4, 0]);
      await world.apply(finding());
      await only();
    });
  });

  describe("acknowledge and close", () => {
    beforeEach(async () => {
      await world.apply(finding());
    });

    test("gives reservations back and cancels the parts ticket when the part was not needed", async () => {
      const { ticketId, childIds } = await only();
      const ticket = await finish(ticketId);
      expect(ticket).toMatchObject({ state: "closed", outcome: "fixed", ownerId: "user-1" });
      expect(await world.service.get(childIds[0] ?? "")).toMatchObject({
        state: "cancelled",
        parts: [{ state: "released" }],
      });
      expect((await stockOf("FB-LT-OPS-01"))[0]).toEqual(["changsha", 4, 0]);
    });

    test("takes a used part out of the stock and closes the parts ticket", async () => {
      const { ticketId, childIds } = await only();
      await finish(ticketId, ["FB-LT-OPS-01"]);
      expect(await world.service.get(childIds[0] ?? "")).toMatchObject({
        state: "closed",
        parts: [{ state: "consumed" }],
      });
      expect((await stockOf("FB-LT-OPS-01"))[0]).toEqual(["changsha", 3, 0]);
    });

    test("refuses a used part that was not reserved, and changes nothing", async () => {
      const { ticketId } = await only();
      await expect(finish(ticketId, ["FB-LT-OF-01"])).rejects.toMatchObject({
        code: "TICKET_PARTS",
      });
      expect((await only()).state).toBe("acknowledged");
    });

    test("does a command once and answers with the ticket as it is", async () => {
      const { ticketId } = await only();
      const first = await world.service.acknowledge(order(ticketId, "same"));
      expect(await world.service.acknowledge(order(ticketId, "same"))).toEqual(first);
      const closing = { ...order(ticketId, "end"), outcome: "not_fixed", note: "no time" } as const;
      const ended = await world.service.close(closing);
      expect(await world.service.close(closing)).toEqual(ended);
      expect(await world.service.acknowledge(order(ticketId, "same"))).toEqual(ended);
    });

    test.each(["same", "finding/f-1/raised/2026-03-01T08:00:10.000Z"])(
      "refuses a command id of another command (%s)",
      async (commandId) => {
        await world.apply(finding({ findingId: "f-2", machineId: "M-2" }));
        const [one, two] = await work();
        await world.service.acknowledge(order(one?.ticketId ?? "", commandId));
        await expect(
          world.service.acknowledge(order(two?.ticketId ?? "", commandId)),
        ).rejects.toMatchObject({ code: "TICKET_COMMAND_REUSED" });
        const close = {
          ...order(one?.ticketId ?? "", commandId),
          outcome: "fixed",
          note: "x",
        } as const;
        await expect(world.service.close(close)).rejects.toMatchObject({
          code: "TICKET_COMMAND_REUSED",
        });
      },
    );

    test("refuses what the state does not allow, and unknown tickets", async () => {
      const { ticketId, childIds } = await only();
      const closing = { outcome: "fixed", note: "x" } as const;
      const refused = { code: "TICKET_TRANSITION" };
      await expect(world.service.close({ ...order(ticketId), ...closing })).rejects.toMatchObject(
        refused,
      );
      const child = childIds[0] ?? "";
      await expect(world.service.acknowledge(order(child))).rejects.toMatchObject(refused);
      await expect(world.service.close({ ...order(child), ...closing })).rejects.toMatchObject(
        refused,
      );
      const unknown = { code: "TICKET_UNKNOWN" };
      await expect(world.service.get("T-0")).rejects.toMatchObject(unknown);
      await expect(world.service.acknowledge(order("T-0"))).rejects.toMatchObject(unknown);
    });
  });

  describe("reading", () => {
    test("pages newest first without gap or repeat while new tickets arrive", async () => {
      for (let index = 0; index < 7; index++) {
        await world.apply(finding({ findingId: `f-${index}`, machineId: `M-${index}` }));
        if (index % 2) world.clock.advance(1000);
      }
      const all = (await tickets()).map(({ ticketId }) => ticketId);
      expect(all).toHaveLength(14);
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await world.service.page({ limit: 3, ...(after ? { after } : {}) });
        paged.push(...page.items.map(({ ticketId }) => ticketId));
        after = page.next ?? undefined;
        world.clock.advance(1);
        await world.apply(
          finding({ findingId: `n-${paged.length}`, machineId: `N-${paged.length}` }),
        );
      } while (after);
      expect(paged).toEqual(all);
      await expect(world.service.page({ limit: 3, after: "nonsense" })).rejects.toMatchObject({
        code: "TICKET_CURSOR",
      });
    });

    test("filters by machine, state and kind, and counts", async () => {
      await world.apply(finding(), finding({ findingId: "f-2", machineId: "M-2" }));
      const [one] = await tickets({ machine: "M-1", kind: "inspection" });
      await finish(one?.ticketId ?? "");
      expect(await tickets({ state: "open" })).toHaveLength(2);
      expect(await tickets({ state: "closed", machine: "M-1" })).toHaveLength(2);
      expect(await tickets({ state: "closed", machine: "M-2" })).toHaveLength(0);
      expect(await world.service.counts()).toEqual({
        open: 2,
        openByKind: { inspection: 1, repair: 0, parts: 1 },
        machines: 1,
      });
      expect(await world.service.counts("M-1")).toMatchObject({ open: 0, machines: 0 });
    });

    test("tells listeners what changed once it is committed, until they stop", async () => {
      const told: TicketChange[] = [];
      const stop = world.service.onChange((change) => told.push(change));
      await world.apply(finding());
      const { ticketId } = await only();
      await finish(ticketId);
      stop();
      await world.apply(finding({ machineId: "M-2", findingId: "f-2" }));
      expect(told.map(({ change, ticket }) => [change, ticket.kind, ticket.state])).toEqual([
        ["opened", "inspection", "new"],
        ["opened", "parts", "reserved"],
        ["updated", "inspection", "acknowledged"],
        ["ended", "inspection", "closed"],
        ["ended", "parts", "cancelled"],
      ]);
    });

    test("gives every ticket a progress code of its own that nobody can guess", async () => {
      await world.apply(finding(), finding({ findingId: "f-2", machineId: "M-2" }));
      const codes = (await tickets()).map(({ progressCode }) => progressCode);
      expect(new Set(codes).size).toBe(4);
      for (const code of codes) expect(Buffer.from(code, "base64url")).toHaveLength(16);
    });
  });
});
