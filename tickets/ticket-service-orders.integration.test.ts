import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "./each-database.fixture.ts";
import { testedService } from "./ticket-service.fixture.ts";
import type { TicketChange } from "./ticket-service.ts";
import { finding } from "./tickets.fixture.ts";

describeEachDatabase("ticket service", (open) => {
  const tested = testedService(open);
  const { order, tickets, work, only, finish, stockOf } = tested;

  describe("acknowledge and close", () => {
    beforeEach(async () => {
      await tested.world.apply(finding());
    });

    test("gives reservations back and cancels the parts ticket when the part was not needed", async () => {
      const { ticketId, childIds } = await only();
      const ticket = await finish(ticketId);
      expect(ticket).toMatchObject({ state: "closed", outcome: "fixed", ownerId: "user-1" });
      expect(await tested.world.service.get(childIds[0] ?? "")).toMatchObject({
        state: "cancelled",
        parts: [{ state: "released" }],
      });
      expect((await stockOf("FB-LT-OPS-01"))[0]).toEqual(["changsha", 4, 0]);
    });

    test("takes a used part out of the stock and closes the parts ticket", async () => {
      const { ticketId, childIds } = await only();
      await finish(ticketId, ["FB-LT-OPS-01"]);
      expect(await tested.world.service.get(childIds[0] ?? "")).toMatchObject({
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
      const first = await tested.world.service.acknowledge(order(ticketId, "same"));
      expect(await tested.world.service.acknowledge(order(ticketId, "same"))).toEqual(first);
      const closing = { ...order(ticketId, "end"), outcome: "not_fixed", note: "no time" } as const;
      const ended = await tested.world.service.close(closing);
      expect(await tested.world.service.close(closing)).toEqual(ended);
      expect(await tested.world.service.acknowledge(order(ticketId, "same"))).toEqual(ended);
    });

    test.each(["same", "finding/f-1/raised/2026-03-01T08:00:10.000Z"])(
      "refuses a command id of another command (%s)",
      async (commandId) => {
        await tested.world.apply(finding({ findingId: "f-2", machineId: "M-2" }));
        const [one, two] = await work();
        await tested.world.service.acknowledge(order(one?.ticketId ?? "", commandId));
        await expect(
          tested.world.service.acknowledge(order(two?.ticketId ?? "", commandId)),
        ).rejects.toMatchObject({ code: "TICKET_COMMAND_REUSED" });
        const close = {
          ...order(one?.ticketId ?? "", commandId),
          outcome: "fixed",
          note: "x",
        } as const;
        await expect(tested.world.service.close(close)).rejects.toMatchObject({
          code: "TICKET_COMMAND_REUSED",
        });
      },
    );

    test("refuses what the state does not allow, and unknown tickets", async () => {
      const { ticketId, childIds } = await only();
      const closing = { outcome: "fixed", note: "x" } as const;
      const refused = { code: "TICKET_TRANSITION" };
      await expect(
        tested.world.service.close({ ...order(ticketId), ...closing }),
      ).rejects.toMatchObject(refused);
      const child = childIds[0] ?? "";
      await expect(tested.world.service.acknowledge(order(child))).rejects.toMatchObject(refused);
      await expect(
        tested.world.service.close({ ...order(child), ...closing }),
      ).rejects.toMatchObject(refused);
      const unknown = { code: "TICKET_UNKNOWN" };
      await expect(tested.world.service.get("T-0")).rejects.toMatchObject(unknown);
      await expect(tested.world.service.acknowledge(order("T-0"))).rejects.toMatchObject(unknown);
    });
  });

  describe("reading", () => {
    test("pages newest first without gap or repeat while new tickets arrive", async () => {
      for (let index = 0; index < 7; index++) {
        await tested.world.apply(finding({ findingId: `f-${index}`, machineId: `M-${index}` }));
        if (index % 2) tested.world.clock.advance(1000);
      }
      const all = (await tickets()).map(({ ticketId }) => ticketId);
      expect(all).toHaveLength(14);
      const paged: string[] = [];
      let after: string | undefined;
      do {
        const page = await tested.world.service.page({ limit: 3, ...(after ? { after } : {}) });
        paged.push(...page.items.map(({ ticketId }) => ticketId));
        after = page.next ?? undefined;
        tested.world.clock.advance(1);
        await tested.world.apply(
          finding({ findingId: `n-${paged.length}`, machineId: `N-${paged.length}` }),
        );
      } while (after);
      expect(paged).toEqual(all);
      await expect(
        tested.world.service.page({ limit: 3, after: "nonsense" }),
      ).rejects.toMatchObject({
        code: "TICKET_CURSOR",
      });
    });

    test("filters by machine, state and kind, and counts", async () => {
      await tested.world.apply(finding(), finding({ findingId: "f-2", machineId: "M-2" }));
      const [one] = await tickets({ machine: "M-1", kind: "inspection" });
      await finish(one?.ticketId ?? "");
      expect(await tickets({ state: "open" })).toHaveLength(2);
      expect(await tickets({ state: "closed", machine: "M-1" })).toHaveLength(2);
      expect(await tickets({ state: "closed", machine: "M-2" })).toHaveLength(0);
      expect(await tested.world.service.counts()).toEqual({
        open: 2,
        openByKind: { inspection: 1, repair: 0, parts: 1 },
        machines: 1,
      });
      expect(await tested.world.service.counts("M-1")).toMatchObject({ open: 0, machines: 0 });
    });

    test("tells listeners what changed once it is committed, until they stop", async () => {
      const told: TicketChange[] = [];
      const stop = tested.world.service.onChange((change) => told.push(change));
      await tested.world.apply(finding());
      const { ticketId } = await only();
      await finish(ticketId);
      stop();
      await tested.world.apply(finding({ machineId: "M-2", findingId: "f-2" }));
      expect(told.map(({ change, ticket }) => [change, ticket.kind, ticket.state])).toEqual([
        ["opened", "inspection", "new"],
        ["opened", "parts", "reserved"],
        ["updated", "inspection", "acknowledged"],
        ["ended", "inspection", "closed"],
        ["ended", "parts", "cancelled"],
      ]);
    });

    test("gives every ticket a progress code of its own that nobody can guess", async () => {
      await tested.world.apply(finding(), finding({ findingId: "f-2", machineId: "M-2" }));
      const codes = (await tickets()).map(({ progressCode }) => progressCode);
      expect(new Set(codes).size).toBe(4);
      for (const code of codes) expect(Buffer.from(code, "base64url")).toHaveLength(16);
    });
  });
});
