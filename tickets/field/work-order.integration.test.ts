import { Value } from "typebox/value";
import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { installPart } from "../organisation/installed-parts.ts";
import { putMachine } from "../organisation/put-machine.ts";
import { buildWorkOrder } from "./build-work-order.ts";
import { drawingsOf } from "./draw-series.ts";
import { emptyContent } from "./empty-content.ts";
import { etagOf } from "./etag-of.ts";
import {
  engineer,
  type FieldWorld,
  openFieldWorld,
  startMs,
  tractorPlan,
  unplugged,
} from "./field-world.fixture.ts";
import { saveDraft, submitDraft } from "./report-store.ts";
import type { ReportContent } from "./service-report.ts";
import { SmartWorkOrder } from "./work-order.ts";

const solved: ReportContent = {
  ...emptyContent("inspection"),
  symptom: "no number",
  attempts: [{ judgement: "plug", handling: "pushed in", result: "fixed" }],
  rootCause: {
    faultCode: "engine-oil-pressure-sensor",
    causeId: "plug-loose",
    responsibility: "manufacturer",
  },
  solution: "pushed the plug in until it locked",
  preventionAdvice: "look at it at each service",
  fullMachineCheck: true,
  machineStateNormal: true,
  partsUsed: [{ partNo: "FB-LT-PLUG-01", quantity: 1 }],
};

describeEachDatabase("F-13: the smart work order", (open) => {
  let world: FieldWorld;
  let asked: { signal: string; points: number }[];
  beforeEach(async () => {
    world = await openFieldWorld(await open());
    asked = [];
  });

  const order = (ticketId: string) =>
    buildWorkOrder(
      {
        db: world.db,
        planOf: () => tractorPlan,
        nowMs: world.clock.nowMs,
        telemetry: {
          buckets: async ({ signal, points }) => {
            asked.push({ signal, points });
            const t = ["2026-03-02T07:58:00.000000000Z"];
            return signal === "engineSpeed"
              ? { t: [], min: [], max: [] }
              : { t, min: [0], max: [9] };
          },
        },
      },
      ticketId,
    );

  test("one call gives evidence with its course, causes, checks, parts with place, history and cases", async () => {
    const earlier = await world.bring("in_progress");
    await world.work(engineer, async (work) => {
      const of = { ticketId: earlier, visitNo: 1, engineerId: "E-1" };
      await submitDraft(work, await saveDraft(work, of, solved));
      await putMachine(work, {
        machineId: "M-2",
        serialNumber: "SN-2",
        productType: "loader_tractor",
        state: "in_service",
        regionId: "hunan",
        demonstrationSite: false,
        peakPeriods: [],
      });
      const part = { position: "drive-belt", partNo: "FB-LT-BLT-01", installedAt: work.at };
      await installPart(work, "M-2", { ...part, installedAtHours: 10, source: "default" });
    });
    const ticketId = await world.bring("new", { findingId: "f-2", machineId: "M-2" });
    const built = await order(ticketId);
    expect([...Value.Errors(SmartWorkOrder, built)]).toEqual([]);
    expect(built).toMatchObject({
      ticketId,
      state: "new",
      evidence: [{ kind: "dtc", spn: 100, fmi: 4 }],
      series: [{ signal: "engineOilPressure", unit: "kPa", max: [9] }],
      faults: [{ faultCode: "engine-oil-pressure-sensor", causes: [{ id: "plug-loose" }, {}, {}] }],
      standardHours: 1,
      skill: "vehicle-electrics",
      parts: [
        { partNo: "FB-LT-OPS-01", probability: 0.6 },
        { partNo: "FB-LT-PLUG-01", probability: 0.3 },
      ],
      reserved: [{ partNo: "FB-LT-OPS-01" }],
      installedParts: [{ position: "drive-belt", title: { en: "Drive belt" } }],
      similar: [
        {
          ticketId: earlier,
          causeId: "plug-loose",
          solution: "pushed the plug in until it locked",
          partNos: ["FB-LT-PLUG-01"],
        },
      ],
    });
    const places = built.parts[0]?.places ?? [];
    expect(places.some(({ bin, free }) => bin !== undefined && free > 0)).toBe(true);
    expect(places.map(({ etaAt }) => etaAt)).toEqual(places.map(({ etaAt }) => etaAt).sort());
    expect(built.checklist.map(({ stepId }) => stepId)).toEqual(["check-1", "check-2", "check-3"]);
    expect(built.safety.map(({ en }) => en).join(" ")).toContain("Disconnect the battery");
    expect(new Set(asked.map(({ points }) => points))).toEqual(new Set([240]));
  });

  test("the machine's earlier tickets are its history, the ticket itself is not", async () => {
    const first = await world.bring("new");
    const second = await world.bring("new", {
      findingId: "f-2",
      failureMode: "engine-overheating",
    });
    expect((await order(second)).history).toMatchObject([
      { ticketId: first, faultCode: "engine-oil-pressure-sensor" },
    ]);
  });

  test("the etag stays while nothing changes, although time goes on, and changes with the ticket", async () => {
    const ticketId = await world.bring("new");
    const before = etagOf(await order(ticketId));
    world.clock.advance(3600_000);
    expect(etagOf(await order(ticketId))).toBe(before);
    await world.order(ticketId, { type: "acknowledge" });
    expect(etagOf(await order(ticketId))).not.toBe(before);
  });

  test("an unknown ticket is said to be so", async () => {
    await expect(order("T-0")).rejects.toMatchObject({ code: "TICKET_UNKNOWN" });
  });
});

describe("drawingsOf", () => {
  const evidence = unplugged().evidence.map((piece) => ({
    ...piece,
    findingId: "f-1",
    planRef: "loader-tractor@1",
  }));

  test("draws what a trouble code speaks of, then what the checks look at, each once", () => {
    const checks = [
      {
        check: { en: "a", "zh-CN": "a" },
        expected: { en: "b", "zh-CN": "b" },
        signal: "engineSpeed",
      },
      {
        check: { en: "a", "zh-CN": "a" },
        expected: { en: "b", "zh-CN": "b" },
        signal: "engineOilPressure",
      },
    ];
    const drawings = drawingsOf({ evidence: evidence as never, checks }, tractorPlan);
    expect(drawings.map(({ signal }) => signal)).toEqual(["engineOilPressure", "engineSpeed"]);
    expect(drawings[0]?.fromMs).toBeLessThan(startMs);
  });

  test("draws nothing without evidence", () => {
    expect(drawingsOf({ evidence: [], checks: [] }, tractorPlan)).toEqual([]);
  });
});
