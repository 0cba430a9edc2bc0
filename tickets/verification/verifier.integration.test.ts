import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import {
  type FieldWorld,
  finishOrders,
  openFieldWorld,
  startMs,
  tractorPlan,
  unplugged,
} from "../field/field-world.fixture.ts";
import type { Observation } from "./evaluate.ts";
import { createVerifier, type Verifier, type VerifierOptions } from "./verifier.ts";

const second = 1000;

describeEachDatabase("verification of a ticket", (open) => {
  let world: FieldWorld;
  let verifier: Verifier;
  let ticketId: string;
  const make = (more: Partial<VerifierOptions> = {}) =>
    createVerifier({ db: world.db, planOf: () => tractorPlan, hasGateway: () => true, ...more });

  beforeEach(async () => {
    world = await openFieldWorld(await open());
    verifier = make();
    await verifier.start();
    ticketId = await world.bring("in_progress");
  });

  const system = { kind: "system", id: "rules" } as const;
  const finish = async () => {
    const ticket = await world.order(ticketId, finishOrders.finish);
    await world.work(system, (work) => verifier.begin(work, ticket));
  };
  const report = async () => {
    const ticket = await world.order(ticketId, finishOrders.report);
    await world.work(system, async (work) => {
      await verifier.begin(work, ticket);
      await verifier.settle(work, ticketId);
    });
  };
  /** Healthy seconds after the finish, both included. */
  const healthy = (from: number, to: number, more: Partial<Observation> = {}): Observation => ({
    epoch: "a",
    samples: Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((at) => [
      { atMs: startMs + at * second, signal: "engineSpeed", value: 900 },
      { atMs: startMs + at * second, signal: "engineOilPressure", value: 240 },
    ]),
    onsets: [],
    open: [],
    health: 100,
    ...more,
  });
  const observe = (...seen: readonly Observation[]) =>
    world.work(system, (work) => verifier.observe(work, "M-1", seen));
  const onset = {
    onsets: [{ fault: "engine-oil-pressure-sensor", atMs: startMs + 4 * second, findingId: "f-9" }],
  };

  test("passed: the ticket goes on to follow-up", async () => {
    await finish();
    await report();
    await observe(healthy(1, 40));
    expect((await world.ticket(ticketId)).state).toBe("verifying");
    await observe(healthy(41, 62));
    expect(await world.ticket(ticketId)).toMatchObject({
      state: "follow_up",
      verification: { status: "passed" },
    });
    expect(verifier.watched("M-1")).toBeUndefined();
  });

  test("AS-9: failed: the ticket is assigned again and counts as opened once more", async () => {
    await finish();
    await report();
    await observe(healthy(1, 10, onset));
    expect(await world.ticket(ticketId)).toMatchObject({
      state: "assigned",
      outcome: "not_fixed",
      reopenCount: 1,
      verification: { status: "failed" },
    });
  });

  test("what is decided before the report is in waits for it", async () => {
    await finish();
    await observe(healthy(1, 70));
    expect((await world.ticket(ticketId)).state).toBe("work_done");
    await report();
    expect((await world.ticket(ticketId)).state).toBe("follow_up");
  });

  test("a fault that came again before the report fails it, though the report found something else", async () => {
    await finish();
    await observe(healthy(1, 10, onset));
    const { faultCode: _faultCode, causeId: _causeId, ...plain } = finishOrders.report;
    const ticket = await world.order(ticketId, { ...plain, faultCode: "charging-fault" });
    await world.work(system, async (work) => {
      await verifier.begin(work, ticket);
      await verifier.settle(work, ticketId);
    });
    expect((await world.ticket(ticketId)).verification).toMatchObject({ status: "failed" });
  });

  test("a fault that came after an inspection found nothing, before its report, opens it again", async () => {
    const nothing = { ...finishOrders.finish.attempts[0], result: "no_fault_found" } as const;
    const done = await world.order(ticketId, { ...finishOrders.finish, attempts: [nothing] });
    await world.work(system, (work) => verifier.begin(work, done));
    const at = new Date(startMs + 4 * second).toISOString();
    const again = unplugged({ findingId: "f-9", since: at, at });
    await world.db.transaction((tx) => world.service.applyFindings(tx, [again]));
    await observe(healthy(1, 10, onset));
    await report();
    expect(await world.ticket(ticketId)).toMatchObject({
      state: "assigned",
      reopenCount: 1,
      verification: { status: "failed" },
    });
  });

  test("a restart loses nothing: another process goes on where this one was", async () => {
    await finish();
    await report();
    await observe(healthy(1, 40));
    verifier = make();
    expect(verifier.watched("M-1")).toBeUndefined();
    await verifier.start();
    expect([...(verifier.watched("M-1") ?? [])].sort()).toEqual([
      "engineOilPressure",
      "engineSpeed",
    ]);
    await observe(healthy(41, 62));
    expect((await world.ticket(ticketId)).state).toBe("follow_up");
  });

  test("a step that fails and is judged again counts once", async () => {
    await finish();
    await report();
    const failing = world.work(system, async (work) => {
      await verifier.observe(work, "M-1", [healthy(1, 50)]);
      throw new TypeError("the disk is full");
    });
    await expect(failing).rejects.toThrow("disk");
    await observe(healthy(1, 50));
    expect((await world.ticket(ticketId)).state).toBe("verifying");
    await observe(healthy(51, 62));
    expect((await world.ticket(ticketId)).state).toBe("follow_up");
  });

  test("no operation for 72 hours: a person asks, and telemetry may still decide", async () => {
    await finish();
    await report();
    world.clock.advance(72 * 3600 * second - 1);
    expect(await world.work(system, (work) => verifier.endOverdue(work))).toEqual([]);
    world.clock.advance(1);
    expect(await world.work(system, (work) => verifier.endOverdue(work))).toEqual([ticketId]);
    expect(await world.ticket(ticketId)).toMatchObject({
      state: "verifying",
      verification: { status: "inconclusive" },
    });
    expect(await world.work(system, (work) => verifier.endOverdue(work))).toEqual([]);
    await observe(healthy(1, 62));
    expect((await world.ticket(ticketId)).state).toBe("follow_up");
  });

  test("a machine without a gateway is verified by phone", async () => {
    verifier = make({ hasGateway: () => false });
    await finish();
    await report();
    expect(await world.ticket(ticketId)).toMatchObject({
      state: "verifying",
      verification: { status: "inconclusive", detail: "the machine has no gateway" },
    });
    expect(verifier.watched("M-1")).toBeUndefined();
    await world.order(ticketId, { type: "verification-confirmed", detail: "customer: runs well" });
    expect((await world.ticket(ticketId)).state).toBe("follow_up");
  });

  test("a second finish begins afresh", async () => {
    await finish();
    await report();
    await observe(healthy(1, 50, onset));
    world.clock.advance(100 * second);
    for (const order of [
      { type: "depart" },
      { type: "arrive", distanceKm: 0 },
      { type: "start-work", isSafetyChecked: true },
    ] as const)
      await world.order(ticketId, order);
    await finish();
    await report();
    await observe(healthy(51, 99));
    expect((await world.ticket(ticketId)).state).toBe("verifying");
    await observe(healthy(101, 170, { epoch: "b" }));
    expect(await world.ticket(ticketId)).toMatchObject({ state: "follow_up", reopenCount: 1 });
  });

  test("a machine whose repairs are not being proved costs nothing", async () => {
    expect(verifier.watched("M-1")).toBeUndefined();
    await finish();
    expect(verifier.watched("M-2")).toBeUndefined();
    expect(verifier.watched("M-1")).toBeDefined();
  });
});
