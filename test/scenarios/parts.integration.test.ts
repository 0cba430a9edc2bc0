import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Caller,
  clockOf,
  good,
  HOUR_MS,
  newMachine,
  openServiceHub,
  type ServiceHub,
  typesOf,
} from "./service-hub.fixture.ts";

/** Monday, 08:00 in Shanghai. */
const monday = "2026-03-02T00:00:00.000Z";
const partNo = "FB-CP-PS-01";

let hub: ServiceHub;
let hq: Caller;
beforeEach(async () => {
  hub = await openServiceHub(monday);
  hq = hub.as("admin");
});
afterEach(() => hub.stop());

interface Level {
  readonly locationId: string;
  readonly onHand: number;
  readonly reserved: number;
}
const levels = async (): Promise<Level[]> => good(await hq.get(`stock?part=${partNo}`)).items;
const levelAt = async (place: string) =>
  (await levels()).find(({ locationId }) => locationId === place);

/** Somebody counted: these places have so many pieces, and no other place has any. Nothing is stocked up. */
async function stocktaking(wanted: Record<string, number>): Promise<void> {
  const known = (await levels()).map(({ locationId }) => locationId);
  for (const place of new Set([...known, ...Object.keys(wanted)])) {
    const path = `stock/${partNo}/${place}`;
    if (!known.includes(place)) good(await hq.post(`${path}/receive`, { quantity: 1 }));
    good(await hq.post(`${path}/policy`, { min: 0, target: 0, max: 9 }));
    const counted = wanted[place] ?? 0;
    good(await hq.post(`${path}/count`, { counted, reason: "stocktaking" }));
  }
}

/** On hand is the sum of the ledger, everywhere. */
async function expectLedger(): Promise<void> {
  const { items } = good(await hq.get(`stock/${partNo}/ledger`));
  for (const { locationId, onHand, reserved } of await levels()) {
    const moves = items.filter((one: { locationId: string }) => one.locationId === locationId);
    const sum = moves.reduce(
      (all: number, { quantity }: { quantity: number }) => all + quantity,
      0,
    );
    expect([locationId, sum]).toEqual([locationId, onHand]);
    expect(reserved).toBeLessThanOrEqual(onHand);
  }
}

const job = async (machineId: string, priority: string): Promise<Ticket> =>
  good(await hq.post("tickets", { machineId, title: "Pressure is gone", priority }));
/** Asked for, and approved where that is needed. */
const want = async ({ ticketId }: Ticket): Promise<Ticket> => {
  const lines = [{ partNo, quantity: 1 }];
  const asked: Ticket = good(await hq.post(`tickets/${ticketId}/parts/request`, { lines }));
  const needsApproval = asked.parts.every(({ state }) => state === "requested");
  return needsApproval ? good(await hq.post(`tickets/${asked.ticketId}/parts/approve`)) : asked;
};
const placeOf = ({ parts }: Ticket) => parts[0]?.reservation?.stationId;

describe("parts, over HTTP", () => {
  test("AS-6: the centre's only pump goes to one of two at the same time, headquarters' to the other, within a day", async () => {
    await stocktaking({ hq: 3, "rc-southwest": 1 });
    const jobs = [await job("PUMP-002", "emergency"), await job("PUMP-002", "emergency")];
    const asked = await Promise.all(jobs.map(want));
    expect(asked.map(placeOf).sort()).toEqual(["hq", "rc-southwest"]);
    expect(await levelAt("hq")).toMatchObject({ onHand: 3, reserved: 1 });
    expect(await levelAt("rc-southwest")).toMatchObject({ onHand: 1, reserved: 1 });
    const near = asked.find((one) => placeOf(one) === "rc-southwest");
    if (near === undefined) throw new Error("nothing comes from the centre");
    expect(clockOf(near, "parts_delivery")?.dueAt).toBe("2026-03-03T00:00:00.000Z");
    const etaMs = Date.parse(near.parts[0]?.source?.etaAt ?? "");
    expect(etaMs).toBeLessThanOrEqual(hub.nowMs() + 24 * HOUR_MS);

    const path = `transfers/${near.parts[0]?.transferId}`;
    for (const step of ["pick", "send"]) good(await hq.post(`${path}/${step}`));
    await hub.pass(etaMs - hub.nowMs());
    good(await hq.post(`${path}/receive`));
    const there = await hub.ticket(near.ticketId);
    expect([there.state, placeOf(there)]).toEqual(["ready", "chengdu"]);
    expect(clockOf(there, "parts_delivery")?.status).toBe("met");
    await expectLedger();
  });

  test("AS-10: the pump truck gets the last one, the roller's comes from elsewhere, the ring-fence stays", async () => {
    await newMachine(hq, { machineId: "ROLLER-1", productType: "road_roller" });
    await stocktaking({ changsha: 1, "rc-central": 2, hq: 1 });
    const fence = { ringFenced: { above: 2 } };
    good(await hq.post(`stock/${partNo}/rc-central/policy`, fence));
    const roller = await want(await job("ROLLER-1", "general"));
    expect(placeOf(roller)).toBe("changsha");
    const truck = await want(await job("PUMP-001", "general"));
    expect(placeOf(truck)).toBe("changsha");
    const loser = await hub.ticket(roller.ticketId);
    expect([loser.state, placeOf(loser)]).toEqual(["reserved", "hq"]);
    expect(typesOf(loser)).toContain("parts-preempted");
    expect(await levelAt("rc-central")).toMatchObject({ onHand: 2, reserved: 0 });
    await expectLedger();
  });
});
