import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "./each-database.fixture.ts";
import { openWork } from "./open-work.ts";
import { leaking, type OrdersWorld, openOrdersWorld, pumpId } from "./orders/orders.fixture.ts";
import { dtc } from "./tickets.fixture.ts";
import { expectConsistent } from "./world.fixture.ts";

const at = (second: number): string =>
  new Date(Date.parse("2026-03-02T00:00:10Z") + second * 1000).toISOString();

describeEachDatabase("findings that belong together", (open) => {
  let world: OrdersWorld;
  beforeEach(async () => {
    world = await openOrdersWorld(await open());
  });
  const work = async (state: "open" | "merged") =>
    (await world.service.page({ limit: 200, kind: "work", state })).items;

  test("MR-2: a repair takes in the inspection of its component, with its evidence and parts", async () => {
    const inspection = await world.db.transaction(async (tx) =>
      openWork(
        world.service.begin(tx, { kind: "person", id: "u" }),
        {
          key: `${pumpId}:look`,
          kind: "inspection",
          priority: "general",
          trigger: "manual",
          channel: "web",
          title: { en: "Look", "zh-CN": "查看" },
          machineId: pumpId,
          component: "s-valve-accumulator",
          predictedParts: [{ partNo: "FB-CP-BLD-01", qty: 1, probability: 0.9 }],
        },
        "look",
      ),
    );
    const repair = await world.apply(leaking());
    const merged = await world.service.get(inspection.ticket.ticketId);
    expect(merged).toMatchObject({ state: "merged", mergedInto: repair.ticketId });
    expect((await world.service.get(merged.childIds[0] ?? "")).state).toBe("cancelled");
    expect(
      (await work("open")).map(({ ticketId, absorbedIds }) => [ticketId, absorbedIds]),
    ).toEqual([[repair.ticketId, [merged.ticketId]]]);
    await expectConsistent(world.db);
  });

  test("MR-2: what a merged inspection's finding says later is said to the repair", async () => {
    const sensor = { failureMode: "accumulator-pressure-sensor", findingId: "f-s" };
    const inspection = await world.apply(leaking(sensor));
    const repair = await world.apply(leaking());
    await world.give(inspection.ticketId, { type: "merge", into: repair.ticketId });
    await world.apply(leaking({ ...sensor, isOnset: true, phase: "updated", at: at(60) }));
    const after = await world.service.get(repair.ticketId);
    expect(after.activeFindings).toContain("f-s");
    expect(after.occurrenceCount).toBe(3);
    await world.apply(leaking({ ...sensor, isOnset: false, phase: "cleared", at: at(90) }));
    expect((await world.service.get(repair.ticketId)).activeFindings).not.toContain("f-s");
  });

  test("MR-5: ten episodes on one machine within ten minutes are one electrical fault", async () => {
    const code = (number: number) =>
      leaking({
        findingId: `f-${number}`,
        failureMode: "uncatalogued",
        subject: `0/${number}/2`,
        evidence: [dtc(number === 3 ? { redStop: "on" } : { amberWarning: "on" }, number)],
        at: at(number),
      });
    for (let number = 1; number <= 9; number++) await world.apply(code(number));
    expect(await work("open")).toHaveLength(9);
    await world.apply(code(10));
    expect(await work("open")).toHaveLength(1);
    for (const number of [11, 12]) await world.apply(code(number));
    const [storm, ...others] = await work("open");
    expect(others).toEqual([]);
    expect(storm).toMatchObject({ faultCode: "electrical-storm", priority: "emergency" });
    expect(storm?.absorbedIds).toHaveLength(12);
    expect(await work("merged")).toHaveLength(12);
    // The last three are told to nobody: whoever hears of the storm hears of them.
    const told = (await world.notices()).filter(({ kind }) => kind === "ticket-opened");
    expect(told.length).toBeLessThanOrEqual(10);
    await expectConsistent(world.db);
  });

  test("MR-5: all signals of one control unit bad together are one ticket, the others its consequences", async () => {
    const lost = (findingId: string, signal: string, ruleId: string, failureMode: string) => ({
      ...{ findingId, ruleId, failureMode },
      evidence: [
        {
          kind: "signal" as const,
          ...{ signal, unit: "bar", rule: ruleId, context: null },
          ...{ observed: null, limit: null, quality: "error", from: at(0), to: at(10) },
        },
      ],
    });
    const [sensor, hot] = [
      lost("f-1", "accumulatorPressure", "accumulator-reading-lost", "accumulator-pressure-sensor"),
      lost("f-2", "waterBoxTemperature", "water-box-hot", "piston-wear"),
    ];
    const far = lost("f-3", "engineSpeed", "engine-odd", "engine-overheating");
    for (const one of [sensor, hot, far]) await world.apply(leaking(one));
    const end = { phase: "cleared", isOnset: false, at: at(20), cause: "sensor_fault" } as const;
    for (const one of [sensor, hot]) await world.apply(leaking({ ...one, ...end }));
    const unit = await world.apply(
      leaking({
        ...lost("f-4", "mainPressure", "machine-controller-lost", "machine-controller-supply"),
        at: at(20),
      }),
    );
    const open = await work("open");
    expect(open.map(({ faultCode }) => faultCode).sort()).toEqual([
      "engine-overheating",
      "machine-controller-supply",
    ]);
    const { absorbedIds } = await world.service.get(unit.ticketId);
    expect(absorbedIds).toHaveLength(2);
    await expectConsistent(world.db);
  });

  test("F3: a fault that comes and goes every second is one ticket, flagged, and told once", async () => {
    for (let second = 0; second < 30; second++) {
      const state = { at: at(second), isOnset: second % 2 === 0 };
      await world
        .apply(leaking({ ...state, phase: second === 0 ? "raised" : "updated" }))
        .catch(() => undefined);
    }
    const [ticket, ...others] = await work("open");
    expect(others).toEqual([]);
    expect(ticket).toMatchObject({ occurrenceCount: 15, flapping: { onsetCount: 15 } });
    expect((await world.notices()).filter(({ kind }) => kind === "ticket-opened")).toHaveLength(1);
  });

  test("F3: what a rule tells of a chattering signal is counted on the ticket, its line written when it grows", async () => {
    const tell = (count: number, more: object) =>
      world.apply(leaking({ chatter: { count, perMinute: 60 }, ...more })).catch(() => undefined);
    await tell(10, {});
    const [opened] = await work("open");
    expect(opened).toMatchObject({ flapping: { onsetCount: 60, totalCount: 10 } });
    const update = { phase: "updated", isOnset: false } as const;
    await tell(70, { ...update, at: at(60) });
    await tell(70, { ...update, at: at(61) });
    await tell(3_600, { phase: "cleared", isOnset: false, at: at(3_600) });
    const { timeline, flapping } = await world.service.get(opened?.ticketId ?? "");
    expect(flapping).toMatchObject({ onsetCount: 60, totalCount: 3_600 });
    expect(timeline.filter(({ type }) => type === "flapping-noted")).toHaveLength(3);
  });

  test("MR-6: what was found of a signal whose sensor is broken goes into the sensor's ticket", async () => {
    const piece = (rule: string) => ({
      ...{ kind: "signal", signal: "accumulatorPressure", unit: "bar", rule, context: null },
      ...{ observed: 90, limit: null, quality: "good", from: at(0), to: at(1) },
    });
    const about = (findingId: string, failureMode: string) =>
      ({ findingId, failureMode, ruleId: failureMode, evidence: [piece(failureMode)] }) as const;
    const low = about("f-low", "accumulator-precharge-loss");
    const component = await world.apply(leaking({ ...low } as object));
    const end = { phase: "cleared", isOnset: false, at: at(600), cause: "sensor_fault" } as const;
    await world.apply(leaking({ ...low, ...end } as object));
    const odd = about("f-odd", "accumulator-pressure-sensor");
    const sensor = await world.apply(leaking({ ...odd, at: at(600) } as object));
    const open = await work("open");
    expect(open.map(({ faultCode }) => faultCode)).toEqual(["accumulator-pressure-sensor"]);
    expect(open[0]?.absorbedIds).toEqual([component.ticketId]);
    expect((await world.service.get(component.ticketId)).timeline).toContainEqual(
      expect.objectContaining({ type: "finding-cleared", cause: "sensor_fault" }),
    );
    expect(sensor.ticketId).toBe(open[0]?.ticketId);
    await expectConsistent(world.db);
  });

  test("F9: an episode that another version of the plan ends is closed with its cause", async () => {
    const { ticketId } = await world.apply(leaking());
    await world.apply(
      leaking({ phase: "cleared", isOnset: false, planRef: "concrete-pump-truck@2", at: at(40) }),
    );
    expect((await world.service.get(ticketId)).timeline.at(-1)).toMatchObject({
      type: "finding-cleared",
      cause: "rule_changed",
    });
  });

  test("TK-6: merging into a merged ticket goes to the one that stays", async () => {
    const one = await world.apply(leaking());
    const two = await world.apply(leaking({ findingId: "f-2", failureMode: "piston-wear" }));
    const three = await world.apply(
      leaking({ findingId: "f-3", failureMode: "engine-overheating" }),
    );
    await world.give(two.ticketId, { type: "merge", into: one.ticketId });
    await world.give(three.ticketId, { type: "merge", into: two.ticketId });
    expect((await world.service.get(three.ticketId)).mergedInto).toBe(one.ticketId);
    await expectConsistent(world.db);
  });
});
