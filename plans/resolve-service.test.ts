import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looserThanBase } from "./check-emergency.ts";
import { checkLayerTimes } from "./check-layers.ts";
import { explainPromises } from "./explain-promises.ts";
import type { RegionPatch, SegmentPatch } from "./layer-schema.ts";
import { loadPlan } from "./load-plans.ts";
import type { Service } from "./plan-schema.ts";
import { foldService, type ResolvedService, resolveService } from "./resolve-service.ts";
import type { CommitmentTerms, PlacedOverride, ServiceLayers } from "./service-layers.ts";
import { promisesOfLevel } from "./service-promises.ts";
import { emergencyPriorities, slaProfileNames } from "./sla-profiles.ts";

const plan = loadPlan("trailer-concrete-pump");
const pump = plan.service;
const withLayers = (
  regionOverrides: Record<string, RegionPatch>,
  segmentOverrides: Record<string, SegmentPatch> = {},
): Service => ({ ...pump, regionOverrides, segmentOverrides });
const nowhere: ServiceLayers = { regionIds: [] };

const months = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 });
const profile = fc.constantFrom(...slaProfileNames);
const clock = fc.record(
  {
    clock: fc.constantFrom("response", "arrival", "resolution"),
    priority: fc.constantFrom(...emergencyPriorities),
    targetMinutes: fc.integer({ min: 1, max: 5000 }),
  },
  { requiredKeys: ["clock", "targetMinutes"] },
);
const patchTerms = {
  calendarMonths: months,
  peak: fc.record({ leadDays: fc.nat(60), afterDays: fc.nat(60) }),
  frequencyMultiplier: fc.integer({ min: 1, max: 4 }),
  slaProfile: profile,
  slaUplift: fc.integer({ min: 0, max: 2 }),
  clocks: fc.array(clock, { maxLength: 4 }),
  staffing: fc.record({
    minLevel: fc.constantFrom("junior", "senior"),
    dedicatedSpecialist: fc.boolean(),
  }),
};
const segmentPatch = fc.record(patchTerms, { requiredKeys: [] });
const regionPatch = fc.record(
  {
    ...patchTerms,
    stockFactor: fc.double({ min: 0.1, max: 10, noNaN: true }),
    marketStage: fc.constantFrom("mature", "developing"),
    premium: fc.record({
      operatorTraining: fc.boolean(),
      standbyMachine: fc.boolean(),
      assuranceMode: fc.boolean(),
    }),
  },
  { requiredKeys: [] },
);
const regionId = fc.constantFrom("central", "hunan", "changsha", "south");
const segment = fc.constantFrom("railway", "water");
const place = fc.oneof(fc.record({ regionId }), fc.record({ segment }));
const override = fc
  .tuple(
    place,
    fc.record(
      {
        calendarMonths: months,
        peak: patchTerms.peak,
        slaProfile: profile,
        slaUplift: patchTerms.slaUplift,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([where, terms]) => ({ ...where, ...terms }));
const overrides = fc
  .array(override, { maxLength: 5 })
  .map((all) => all.map((one, index): PlacedOverride => ({ ...one, overrideId: `O-${index}` })));
const commitment: fc.Arbitrary<CommitmentTerms> = fc.record(
  {
    commitmentId: fc.constant("SC-1"),
    inspectionMonths: months,
    slaProfile: profile,
    slaOverrides: fc.array(clock, { maxLength: 4 }),
  },
  { requiredKeys: ["commitmentId"] },
);
const tier = fc.constantFrom("exceed", "above", "meet");
const given = fc.record({
  regions: fc.dictionary(regionId, regionPatch, { maxKeys: 4 }),
  segments: fc.dictionary(segment, segmentPatch, { maxKeys: 2 }),
  overrides,
  commitment: fc.option(commitment, { nil: undefined }),
  tier,
});
const regionIds = ["central", "hunan", "changsha"];

const valuesOf = ({ level, clocks, ...settled }: ResolvedService) => ({
  level,
  clocks: clocks.map(({ value }) => value),
  ...Object.fromEntries(
    Object.entries(settled).map(([name, one]) => [name, typeof one === "object" ? one.value : one]),
  ),
});

describe("resolveService", () => {
  test("PL-7: plan, root region, leaf region, segment, commitment: the last that names a thing counts", () => {
    const service = withLayers(
      {
        hunan: { calendarMonths: [5], slaUplift: 1 },
        central: { calendarMonths: [4], peak: { leadDays: 9, afterDays: 9 } },
      },
      { railway: { slaUplift: 2 } },
    );
    const resolved = resolveService(service, {
      regionIds: ["central", "hunan"],
      segment: "railway",
    });
    expect(resolved).toMatchObject({
      slaProfile: {
        value: "tiered_3",
        origin: { layer: "plan", of: "", path: ["service", "emergency", "slaProfile"] },
      },
      slaUplift: { value: 2, origin: { layer: "segment", of: "railway" } },
      calendarMonths: {
        value: [1, 5],
        origin: {
          layer: "region",
          of: "hunan",
          path: ["service", "regionOverrides", "hunan", "calendarMonths"],
        },
      },
      peak: { value: { leadDays: 9, afterDays: 9 }, origin: { layer: "region", of: "central" } },
    });
    const promised = { commitmentId: "SC-7", inspectionMonths: [9] };
    const committed = resolveService(service, { regionIds: ["central"], commitment: promised });
    expect(committed.calendarMonths).toEqual({
      value: [1, 9],
      origin: { layer: "commitment", of: "SC-7" },
    });
  });

  test("PL-7: in one place headquarters are laid over the plan, and a leaf's plan over a root's headquarters", () => {
    const service = withLayers({ hunan: { slaProfile: "standard" } });
    const at = (overrides: readonly PlacedOverride[]) =>
      resolveService(service, { regionIds: ["central", "hunan"], overrides }).slaProfile;
    expect(at([{ overrideId: "O-1", regionId: "central", slaProfile: "dealer_2h" }]).value).toBe(
      "standard",
    );
    expect(at([{ overrideId: "O-2", regionId: "hunan", slaProfile: "dealer_2h" }])).toEqual({
      value: "dealer_2h",
      origin: { layer: "region", of: "hunan", overrideId: "O-2" },
    });
  });

  test("clocks count one by one: a region's time of one priority leaves those of the others", () => {
    const service: Service = {
      ...withLayers({
        hunan: { clocks: [{ clock: "arrival", priority: "major", targetMinutes: 300 }] },
      }),
      emergency: { slaProfile: "tiered_3", clocks: [{ clock: "arrival", targetMinutes: 600 }] },
    };
    const { level } = resolveService(service, { regionIds: ["hunan"] });
    const arrivals = emergencyPriorities.map((one) => promisesOfLevel(level, one).arrival);
    expect(arrivals).toEqual([600, 300, 600]);
  });

  test("a region called as what every object has is a region like others", () => {
    const { calendarMonths } = resolveService(pump, { regionIds: ["constructor", "toString"] });
    expect(calendarMonths?.value).toEqual([1, 3, 6, 12]);
  });

  test("O-08, PL-2: month 1 is there for any layers, and tier meet has no other", () => {
    fc.assert(
      fc.property(given, (one) => {
        const service = { ...withLayers(one.regions, one.segments), tier: one.tier };
        const { calendarMonths } = resolveService(service, {
          ...one,
          regionIds,
          segment: "railway",
        });
        expect(calendarMonths?.value[0]).toBe(1);
        if (one.tier === "meet") expect(calendarMonths?.value).toEqual([1]);
      }),
      { numRuns: 100 },
    );
  });

  test("PL-3: no layer gives a tier what it is not entitled to, save premium services of a region", () => {
    fc.assert(
      fc.property(given, (one) => {
        const service = { ...withLayers(one.regions, one.segments), tier: one.tier };
        const resolved = resolveService(service, { ...one, regionIds, segment: "railway" });
        const { premium, staffing, peak, frequencyMultiplier } = resolved;
        if (one.tier === "meet")
          expect([premium, peak, frequencyMultiplier]).toEqual([undefined, undefined, undefined]);
        if (one.tier === "above" && premium) expect(premium.origin.layer).toBe("region");
        if (one.tier !== "exceed") expect(staffing?.value.dedicatedSpecialist).not.toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("PL-7: neither the order of layers in the file nor that of headquarters' overrides counts", () => {
    const shuffled = <Value>(all: readonly Value[]) =>
      fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });
    const both = given.chain((one) =>
      fc.tuple(
        fc.constant(one),
        shuffled(Object.entries(one.regions)),
        shuffled(Object.entries(one.segments)),
        shuffled(one.overrides),
      ),
    );
    fc.assert(
      fc.property(both, ([one, regions, segments, others]) => {
        const layers = { commitment: one.commitment, regionIds, segment: "railway" };
        const first = withLayers(one.regions, one.segments);
        const second = withLayers(Object.fromEntries(regions), Object.fromEntries(segments));
        expect(resolveService(second, { ...layers, overrides: others })).toEqual(
          resolveService(first, { ...layers, overrides: one.overrides }),
        );
      }),
      { numRuns: 100 },
    );
  });

  test("PL-7: resolving what is resolved changes nothing, with its layers or without them", () => {
    fc.assert(
      fc.property(given, (one) => {
        const service = { ...withLayers(one.regions, one.segments), tier: one.tier };
        const layers = { ...one, regionIds, segment: "railway" };
        const resolved = resolveService(service, layers);
        const folded = foldService(service, resolved);
        const again = resolveService(
          { ...folded, regionOverrides: one.regions, segmentOverrides: one.segments },
          layers,
        );
        expect(valuesOf(again)).toEqual(valuesOf(resolved));
        const { calendarMonths, peak, slaProfile, staffing } = resolveService(folded, nowhere);
        expect({ calendarMonths, peak, slaProfile, staffing }).toMatchObject({
          calendarMonths: { value: resolved.calendarMonths?.value },
          slaProfile: { value: resolved.slaProfile.value },
        });
        expect([peak?.value, staffing?.value]).toEqual([
          resolved.peak?.value,
          resolved.staffing?.value,
        ]);
      }),
      { numRuns: 100 },
    );
  });
});

describe("what is promised in a place", () => {
  test("PL-7: a commitment never loosens a time, and takes none away", () => {
    fc.assert(
      fc.property(given, commitment, (one, promised) => {
        const service = withLayers(one.regions, one.segments);
        const layers = { overrides: one.overrides, regionIds, segment: "railway" };
        const before = resolveService(service, layers).level;
        const after = resolveService(service, { ...layers, commitment: promised }).level;
        for (const priority of emergencyPriorities) {
          const times = promisesOfLevel(after, priority);
          for (const [kind, minutes] of Object.entries(promisesOfLevel(before, priority)))
            expect(Object.entries(times).find(([name]) => name === kind)?.[1]).toBeLessThanOrEqual(
              minutes,
            );
        }
      }),
      { numRuns: 100 },
    );
  });

  test("PL-1: a plan that promises less somewhere than every customer may expect is refused", () => {
    const tree = new Map(regionIds.map((id, index) => [id, regionIds.slice(0, index + 1)]));
    let looser = 0;
    fc.assert(
      fc.property(given, ({ regions, segments, overrides: others }) => {
        const service = withLayers(regions, segments);
        const { level } = resolveService(service, {
          overrides: others,
          regionIds,
          segment: "railway",
        });
        const isLooser = emergencyPriorities.some(
          (of) => looserThanBase(of, promisesOfLevel(level, of)).length > 0,
        );
        if (isLooser) looser += 1;
        if (isLooser) expect(checkLayerTimes({ ...plan, service }, tree)).not.toEqual([]);
      }),
      { numRuns: 200, seed: 1 },
    );
    expect(looser).toBeGreaterThan(5);
  });

  test("every time that holds is explained, by what promises as much first", () => {
    fc.assert(
      fc.property(given, (one) => {
        const service = withLayers(one.regions, one.segments);
        const resolved = resolveService(service, { ...one, regionIds, segment: "railway" });
        const times = explainPromises(resolved, one.commitment);
        for (const priority of emergencyPriorities) {
          const told = times.filter((time) => time.priority === priority);
          expect(Object.fromEntries(told.map(({ kind, minutes }) => [kind, minutes]))).toEqual(
            promisesOfLevel(resolved.level, priority),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  test("a commitment is named where it tightens, and nowhere else", () => {
    const promised: CommitmentTerms = {
      commitmentId: "SC-1",
      slaProfile: "standard",
      slaOverrides: [{ clock: "arrival", priority: "emergency", targetMinutes: 480 }],
    };
    const resolved = resolveService(pump, {
      regionIds: ["south"],
      segment: "railway",
      commitment: promised,
    });
    const told = explainPromises(resolved, promised).map(
      ({ priority, kind, minutes, by, origin }) =>
        `${priority} ${kind} ${minutes} ${by} ${origin.layer} ${origin.of}`,
    );
    expect(told).toEqual([
      "emergency response 60 profile plan ",
      "emergency arrival 480 clock commitment SC-1",
      "major response 60 uplift segment railway",
      "major arrival 720 uplift segment railway",
      "general response 240 uplift segment railway",
      "general arrival 1440 uplift segment railway",
      "general resolution 2880 profile commitment SC-1",
    ]);
  });
});
