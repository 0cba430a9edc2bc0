import { sql } from "kysely";
import { expect, test } from "vitest";
import type { ChannelTables } from "../channels/channels-tables.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import { requireTicket } from "../ticket-work.ts";
import { endChildren } from "./end-children.ts";
import { openLoans } from "./hand-out.ts";
import { type Network, openNetwork } from "./network.fixture.ts";
import { raiseChildren } from "./parts-ticket.ts";
import { partsSettled, reconcileParts } from "./reconcile-parts.ts";
import { expectStockConsistent } from "./stock.fixture.ts";

const noticesOf = async (net: Network): Promise<string[]> => {
  const rows = await net.db.tables<ChannelTables>().selectFrom("notices").select("body").execute();
  return rows.map(({ body }) => JSON.parse(body).kind);
};
const placeOf = ({ parts }: Ticket) => parts[0]?.reservation?.stationId;
const clockOf = ({ sla }: Ticket, wanted: string) => sla.find(({ kind }) => kind === wanted);
const arrive = async (net: Network, transferId = "") => {
  for (const step of ["pick", "send", "receive"] as const)
    await net.desk.stepTransfer({ ...net.order(), transferId, step });
};

describeEachDatabase("parts tickets", (open) => {
  test("AS-6: the nearest centre gives its only pump, the second request goes to headquarters", async () => {
    const net = await openNetwork(await open(), {
      main: "PUMP: { bin: H, quantity: 3 }",
      "centre-1": "PUMP: { bin: C, quantity: 1 }",
    });
    const first = await net.want(await net.job("above-1", "emergency"), "PUMP");
    const second = await net.want(await net.job("above-2", "emergency"), "PUMP");
    expect([placeOf(first), placeOf(second)]).toEqual(["centre-1", "main"]);
    expect(await net.levels("PUMP")).toMatchObject({ main: "3/1", "centre-1": "1/1" });
    for (const { parts } of [first, second])
      expect(Date.parse(parts[0]?.source?.etaAt ?? "")).toBeLessThanOrEqual(
        net.clock.nowMs() + 24 * 3_600_000,
      );
    await expectStockConsistent(net.db);
  });

  test("O-21: an emergency is due at its destination 24 h after its approval, and met on arrival", async () => {
    const net = await openNetwork(await open(), { "centre-1": "PUMP: { bin: C, quantity: 1 }" });
    const ticket = await net.want(await net.job("above-1", "emergency"), "PUMP");
    expect(ticket.sla.map(({ kind }) => kind)).toEqual(["parts_reply", "parts_delivery"]);
    expect(clockOf(ticket, "parts_delivery")?.dueAt).toBe("2026-03-03T00:00:00.000Z");
    net.clock.advance(8);
    // The green channel needs no approval.
    await arrive(net, ticket.parts[0]?.transferId);
    const there = await net.get(ticket.ticketId);
    expect([there.state, placeOf(there)]).toEqual(["ready", "home"]);
    expect(clockOf(there, "parts_delivery")?.status).toBe("met");
    expect(await net.levels("PUMP")).toMatchObject({ home: "1/1", "centre-1": "0/0" });
    expect(await noticesOf(net)).toContain("parts-ready");
    await expectStockConsistent(net.db);
  });

  test("O-06: wear-list parts are answered at once and supplied in 5 working days, others in 1 and 15", async () => {
    const net = await openNetwork(await open());
    const seal = await net.want(await net.job("meet-1"), "SEAL");
    const bolt = await net.want(await net.job("meet-2"), "BOLT");
    // Monday 08:00 in Shanghai; working days end at 18:00.
    expect(clockOf(seal, "parts_reply")).toMatchObject({
      status: "met",
      dueAt: "2026-03-02T00:00:00.000Z",
    });
    expect(clockOf(seal, "parts_supply")?.dueAt).toBe("2026-03-09T10:00:00.000Z");
    expect(seal.demand?.commitAt).toBe("2026-03-09T10:00:00.000Z");
    expect(clockOf(bolt, "parts_reply")).toMatchObject({
      status: "running",
      dueAt: "2026-03-03T10:00:00.000Z",
    });
    expect(clockOf(bolt, "parts_supply")?.dueAt).toBe("2026-03-23T10:00:00.000Z");
    // Friday 2026-03-06.
    net.clock.advance(4 * 24);
    const [friday, other] = [
      await net.want(await net.job("meet-3"), "SEAL"),
      await net.want(await net.job("meet-4"), "BOLT"),
    ];
    expect(clockOf(friday, "parts_supply")?.dueAt).toBe("2026-03-13T10:00:00.000Z");
    expect(clockOf(other, "parts_supply")?.dueAt).toBe("2026-03-27T10:00:00.000Z");
    const order = { ...net.order(), ticketId: bolt.ticketId };
    const promised = await net.desk.commitDate({ ...order, commitAt: "2026-03-10T00:00:00.000Z" });
    expect(clockOf(promised, "parts_reply")?.status).toBe("breached");
  });

  test("AS-10: the stronger tier gets the last one, the other is sourced elsewhere and told, the fence is untouched", async () => {
    const net = await openNetwork(await open(), {
      home: "PUMP: { bin: A, quantity: 1 }",
      near: "PUMP: { bin: N, quantity: 1, fenced: { above: 1 } }",
      main: "PUMP: { bin: H, quantity: 1 }",
    });
    const roller = await net.want(await net.job("meet-roller"), "PUMP");
    expect(placeOf(roller)).toBe("home");
    const truck = await net.want(await net.job("exceed-truck"), "PUMP");
    expect(placeOf(truck)).toBe("home");
    const loser = await net.get(roller.ticketId);
    expect([loser.state, placeOf(loser)]).toEqual(["reserved", "main"]);
    expect(loser.timeline.map(({ type }) => type)).toContain("parts-preempted");
    expect(await noticesOf(net)).toContain("parts-preempted");
    expect(await net.levels("PUMP")).toEqual({ home: "1/1", near: "1/0", main: "1/1" });
    await expectStockConsistent(net.db);
  });

  test("what is picked is taken from nobody", async () => {
    const net = await openNetwork(await open(), { home: "PUMP: { bin: A, quantity: 1 }" });
    const roller = await net.want(await net.job("meet-roller"), "PUMP");
    await net.desk.layOut({ ...net.order(), ticketId: roller.ticketId });
    const truck = await net.want(await net.job("exceed-truck"), "PUMP");
    expect([truck.state, (await net.get(roller.ticketId)).state]).toEqual(["backordered", "ready"]);
    expect(await noticesOf(net)).toContain("parts-risk");
  });

  test("a receipt serves who waits, the strongest claim first", async () => {
    const net = await openNetwork(await open());
    const weak = await net.want(await net.job("meet-1"), "PUMP");
    const strong = await net.want(await net.job("exceed-1"), "PUMP");
    expect([weak.state, strong.state]).toEqual(["backordered", "backordered"]);
    const receipt = { partNo: "PUMP", locationId: "home", quantity: 1 };
    await net.desk.receive({ ...net.order(), ...receipt });
    const states = async () => [
      (await net.get(weak.ticketId)).state,
      (await net.get(strong.ticketId)).state,
    ];
    expect(await states()).toEqual(["backordered", "reserved"]);
    await net.desk.receive({ ...net.order(), ...receipt });
    expect(await states()).toEqual(["reserved", "reserved"]);
    await expectStockConsistent(net.db);
  });

  test("of equal claims whoever asked first is served first, wherever the database has put the tickets", async () => {
    const net = await openNetwork(await open());
    const wanted: string[] = [];
    for (const machineId of ["meet-1", "meet-2", "meet-3"])
      wanted.push((await net.want(await net.job(machineId), "PUMP")).ticketId);
    // PostgreSQL puts a row that is written anew behind the others, and reads a small table as it lies.
    await net.db.transaction(async (tx) => {
      const tables = tx.tables<TicketTables>();
      for (const ticketId of wanted.slice(0, 2))
        await tables
          .updateTable("tickets")
          .set({ state: "backordered" })
          .where("ticket_id", "=", ticketId)
          .execute();
      await sql`analyze tickets`.execute(tables);
    });
    const states = () =>
      Promise.all(wanted.map(async (ticketId) => (await net.get(ticketId)).state));
    const receipt = { partNo: "PUMP", locationId: "home", quantity: 1 };
    await net.desk.receive({ ...net.order(), ...receipt });
    expect(await states()).toEqual(["reserved", "backordered", "backordered"]);
    await net.desk.receive({ ...net.order(), ...receipt });
    expect(await states()).toEqual(["reserved", "reserved", "backordered"]);
  });

  test("what is free again serves who waits: a request or a job that ended, and what was brought back", async () => {
    const net = await openNetwork(await open(), { home: "PUMP: { bin: A, quantity: 1 }" });
    const jobs = [await net.job("meet-1"), await net.job("meet-2"), await net.job("meet-3")];
    const wanted: Ticket[] = [];
    for (const job of [...jobs, await net.job("meet-4")]) wanted.push(await net.want(job, "PUMP"));
    const states = () =>
      Promise.all(wanted.map(async ({ ticketId }) => (await net.get(ticketId)).state));
    expect(await states()).toEqual(["reserved", "backordered", "backordered", "backordered"]);
    const [first, , third] = wanted.map(({ ticketId }) => ticketId);
    await net.desk.cancelRequest({ ...net.order(), ticketId: first ?? "", reason: "not needed" });
    expect(await states()).toEqual(["cancelled", "reserved", "backordered", "backordered"]);
    await net.work(async (work) => {
      const { ticket } = await requireTicket(work.tx, jobs[1]?.ticketId ?? "");
      await endChildren(work, ticket, { commandId: "end", partsUsed: [] });
    });
    expect(await states()).toEqual(["cancelled", "cancelled", "reserved", "backordered"]);
    await net.desk.handOut({ ...net.order(), ticketId: third ?? "", engineerId: "E-1" });
    const [loan] = (await net.desk.loans({ isOpen: true, limit: 9 })).items;
    await net.desk.returnLoan({ ...net.order(), loanId: loan?.loanId ?? "" });
    expect(await states()).toEqual(["cancelled", "cancelled", "closed", "reserved"]);
    await expectStockConsistent(net.db);
  });

  test("a transfer that nobody asked for ends when a ticket takes its pieces, or they are not there", async () => {
    const net = await openNetwork(await open(), { home: "PUMP: { bin: A, quantity: 1 }" });
    const move = { partNo: "PUMP", locationId: "home", toId: "near", quantity: 1 };
    const first = await net.desk.move({ ...net.order(), ...move });
    const { state, ticketId } = await net.want(await net.job("meet-1", "emergency"), "PUMP");
    const openOnes = async () => (await net.desk.transfers({ isOpen: true, limit: 9 })).items;
    expect([state, await openOnes()]).toEqual(["reserved", []]);
    await net.desk.cancelRequest({ ...net.order(), ticketId, reason: "not needed" });
    const second = await net.desk.move({ ...net.order(), ...move });
    expect(second.transferId).not.toBe(first.transferId);
    const counted = { partNo: "PUMP", locationId: "home", counted: 0, reason: "counted" };
    await net.desk.count({ ...net.order(), ...counted });
    expect(await openOnes()).toEqual([]);
    await expectStockConsistent(net.db);
  });

  test("an alternate that comes in serves who waits for the part it stands in for", async () => {
    const net = await openNetwork(await open());
    const { ticketId } = await net.want(await net.job("meet-1"), "OLD");
    const receipt = { partNo: "NEW", locationId: "home", quantity: 1 };
    await net.desk.receive({ ...net.order(), ...receipt });
    expect((await net.get(ticketId)).parts).toMatchObject([
      { partNo: "NEW", insteadOf: "OLD", state: "reserved" },
    ]);
  });

  test("SK-3: what is lost on the way is booked as a loss and looked for afresh", async () => {
    const net = await openNetwork(await open(), {
      "centre-1": "PUMP: { bin: C, quantity: 1 }",
      main: "PUMP: { bin: H, quantity: 1 }",
    });
    const { ticketId, parts } = await net.want(await net.job("meet-1", "emergency"), "PUMP");
    const transferId = parts[0]?.transferId ?? "";
    for (const step of ["pick", "send", "lose"] as const)
      await net.desk.stepTransfer({ ...net.order(), transferId, step, reason: "stolen" });
    const after = await net.get(ticketId);
    expect([after.state, placeOf(after)]).toEqual(["reserved", "main"]);
    const { items } = await net.desk.ledger({ partNo: "PUMP", locationId: "home", limit: 9 });
    expect(items.map(({ kind, quantity, reason }) => [kind, quantity, reason]).sort()).toEqual([
      ["adjust", -1, "lost: stolen"],
      ["transfer_in", 1, undefined],
    ]);
    await expectStockConsistent(net.db);
  });

  test("who will not send it is asked no more", async () => {
    const net = await openNetwork(await open(), {
      "centre-1": "PUMP: { bin: C, quantity: 5 }",
      main: "PUMP: { bin: H, quantity: 1 }",
    });
    const { ticketId, parts } = await net.want(await net.job("meet-1", "emergency"), "PUMP");
    const transferId = parts[0]?.transferId ?? "";
    await net.desk.stepTransfer({ ...net.order(), transferId, step: "cancel", reason: "rusty" });
    expect(placeOf(await net.get(ticketId))).toBe("main");
    expect(await net.levels("PUMP")).toMatchObject({ "centre-1": "5/0", main: "1/1" });
  });

  test("SK-6: a station shares what it can spare; in an emergency all of it", async () => {
    const net = await openNetwork(await open(), {
      near: "PUMP: { bin: N, quantity: 2, min: 2, max: 4 }",
    });
    expect((await net.want(await net.job("exceed-1"), "PUMP")).state).toBe("backordered");
    expect(placeOf(await net.want(await net.job("meet-1", "emergency"), "PUMP"))).toBe("near");
  });

  test("a request that becomes urgent is owed a delivery instead of a supply", async () => {
    const net = await openNetwork(await open());
    const job = await net.job("meet-1");
    const { ticketId } = await net.want(job, "PUMP");
    net.clock.advance(1);
    await net.work(async (work) => {
      const { ticket } = await requireTicket(work.tx, job.ticketId);
      await raiseChildren(work, { ...ticket, priority: "emergency" }, "raise-1");
    });
    const raised = await net.get(ticketId);
    expect(clockOf(raised, "parts_supply")?.status).toBe("cancelled");
    expect(clockOf(raised, "parts_delivery")?.dueAt).toBe("2026-03-03T01:00:00.000Z");
  });

  test("the same part is not asked for twice; another one gets a ticket of its own", async () => {
    const net = await openNetwork(await open(), { home: "PUMP: { bin: A, quantity: 5 }" });
    const job = await net.job("meet-1");
    const ask = (partNo: string) =>
      net.desk.request({
        ...net.order(),
        ticketId: job.ticketId,
        lines: [{ partNo, quantity: 1 }],
      });
    const first = await ask("PUMP");
    expect(first?.demand?.approval).toBe("station");
    expect(await ask("PUMP")).toBeNull();
    const other = await ask("BOLT");
    expect(other?.dedupeKey).toBe(`${job.ticketId}:parts:2`);
    expect((await net.get(job.ticketId)).childIds).toHaveLength(2);
  });

  test("SK-7, TK-5: a job is settled when everything is used or back, and the old part in warranty too", async () => {
    const net = await openNetwork(await open(), {
      home: "PUMP: { bin: A, quantity: 3 }, SEAL: { bin: B, quantity: 2 }",
      van: "BOLT: { bin: V, quantity: 4 }",
    });
    const job = await net.job("meet-1");
    await net.want(job, "PUMP", { quantity: 2 });
    await net.want(await net.get(job.ticketId), "SEAL");
    const parent = (inner: Parameters<Parameters<typeof net.work>[0]>[0]) =>
      requireTicket(inner.tx, job.ticketId);
    const left = await net.work(async (work) =>
      openLoans(work, (await parent(work)).ticket, { engineerId: "E-1" }),
    );
    expect(left.loaned.map(({ partNo }) => partNo)).toEqual(["PUMP", "SEAL"]);
    expect(left.missing).toEqual([]);
    const use = (partNo: string, quantity: number) => ({ partNo, quantity, reportLine: "R-1/1" });
    const report = { commandId: "report-1", engineerId: "E-1" };
    // One of two pumps, nothing of the seals, and bolts from the van that nobody asked for.
    const out = await net.work(async (work) =>
      reconcileParts(work, await parent(work), {
        ...report,
        partsUsed: [use("PUMP", 1), use("BOLT", 3)],
      }),
    );
    expect(out.map(({ partNo, used }) => [partNo, used]).sort()).toEqual([
      ["PUMP", 1],
      ["SEAL", 0],
    ]);
    expect(await net.levels("BOLT")).toMatchObject({ van: "1/0" });
    const settled = () => net.work(async (work) => partsSettled(work, (await parent(work)).ticket));
    expect((await settled()).isSettled).toBe(false);
    for (const { loanId } of out) await net.desk.returnLoan({ ...net.order(), loanId });
    expect(await settled()).toEqual({ isSettled: true, openTickets: [], openLoans: [] });
    expect(await net.levels("PUMP")).toMatchObject({ home: "2/0" });
    const tooMany = net.work(async (work) =>
      reconcileParts(work, await parent(work), { ...report, partsUsed: [use("PUMP", 9)] }),
    );
    await expect(tooMany).rejects.toMatchObject({ code: "TICKET_PARTS" });
    await expectStockConsistent(net.db);
  });
});
