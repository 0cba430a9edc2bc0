import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { expect, test } from "vitest";
import { openNetwork } from "./network.fixture.ts";
import { expectStockConsistent } from "./stock.fixture.ts";

describeEachDatabase("parts tickets", (open) => {
  test("AS-6: the nearest centre gives its only pump, the second request goes to headquarters", async () => {
    const db = await open();
    const net = await openNetwork(db, {
      main: "PUMP: { bin: H, quantity: 3 }",
      "centre-1": "PUMP: { bin: C, quantity: 1 }",
    });
    const first = await net.want(await net.job("above-1", "emergency"), "PUMP");
    const second = await net.want(await net.job("above-2", "emergency"), "PUMP");
    expect(first.parts[0]?.reservation?.stationId).toBe("centre-1");
    expect(second.parts[0]?.reservation?.stationId).toBe("main");
    expect(await net.levels("PUMP")).toMatchObject({ main: "3/1", "centre-1": "1/1" });
    for (const { parts } of [first, second])
      expect(Date.parse(parts[0]?.source?.etaAt ?? "")).toBeLessThanOrEqual(
        net.clock.nowMs() + 24 * 3_600_000,
      );
    await expectStockConsistent(db);
  });

  test("O-21: an emergency is due at its destination 24 h after its approval, and met on arrival", async () => {
    const db = await open();
    const net = await openNetwork(db, { "centre-1": "PUMP: { bin: C, quantity: 1 }" });
    const { ticketId, sla, parts } = await net.want(await net.job("above-1", "emergency"), "PUMP");
    const kinds = sla.map(({ kind }) => kind);
    expect(kinds).toEqual(["parts_reply", "parts_delivery"]);
    expect(sla.find(({ kind }) => kind === "parts_delivery")?.dueAt).toBe(
      "2026-03-03T00:00:00.000Z",
    );
    const { transferId = "" } = parts[0] ?? {};
    const take = (step: "pick" | "send" | "receive") =>
      net.desk.stepTransfer({ ...net.order(), transferId, step });
    // The green channel needs no approval.
    await take("pick");
    await take("send");
    expect((await net.get(ticketId)).state).toBe("in_transit");
    net.clock.advance(8);
    await take("receive");
    const there = await net.get(ticketId);
    expect([there.state, there.parts[0]?.reservation?.stationId]).toEqual(["ready", "home"]);
    expect(there.sla.find(({ kind }) => kind === "parts_delivery")?.status).toBe("met");
    expect(await net.levels("PUMP")).toMatchObject({ home: "1/1", "centre-1": "0/0" });
    await expectStockConsistent(db);
  });
});
