import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { coverageOf } from "./coverage.ts";
import { at, candidate, engineer, job, north, nowMs } from "./dispatch.fixture.ts";
import type { Candidate, DispatchJob } from "./dispatch-job.ts";
import { rankEngineers } from "./rank-engineers.ts";

const numRuns = process.env.FIREBREAK_SOAK ? 3000 : 150;
const moment = { nowMs };
const rank = (what: DispatchJob, candidates: readonly Candidate[]) =>
  rankEngineers(what, candidates, { moment });

const levels = ["junior", "intermediate", "senior", "expert"] as const;
const products = ["crane", "paver"] as const;
const classes = ["electrical", "hydraulic"] as const;

const candidates = fc
  .array(
    fc.record({
      station: fc.constantFrom("wuhan/central", "huangshi/central", "changsha/hunan", "hq/north"),
      employment: fc.constantFrom("own" as const, "partner" as const),
      level: fc.constantFrom(...levels),
      state: fc.constantFrom("available" as const, "working" as const, "off_duty" as const),
      productTypes: fc.subarray([...products]),
      faultClasses: fc.subarray([...classes]),
      validUntil: fc.constantFrom("2026-02-28", "2026-03-02", "2027-01-01"),
      flyingSquad: fc.boolean(),
      km: fc.integer({ min: 0, max: 900 }),
      assignedHours: fc.integer({ min: 0, max: 48 }),
      partsOnBoardShare: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 8 },
  )
  .map((rows) =>
    rows.map(({ station, productTypes, faultClasses, validUntil, ...row }, index) => {
      const [stationId = "", regionId = ""] = station.split("/");
      return candidate(`e${index}`, {
        ...row,
        stationId,
        regionId,
        flyingSquad: row.flyingSquad && (row.level === "senior" || row.level === "expert"),
        skills: { productTypes, faultClasses },
        certifications: products.map((productType) => ({ productType, validUntil })),
      });
    }),
  );

const jobs = fc
  .record({
    priority: fc.constantFrom("emergency" as const, "major" as const, "general" as const),
    productType: fc.constantFrom(...products),
    faultClass: fc.constantFrom(...classes, undefined),
    minLevel: fc.constantFrom(...levels),
    standardHours: fc.integer({ min: 1, max: 12 }),
    wantsSpecialist: fc.boolean(),
    excludedEngineerIds: fc.subarray(["e0", "e1", "e2"]),
    arrivalDueAt: fc.constantFrom(at(2), at(12), at(48), undefined),
  })
  .map((changes) => job(changes));

/** §3.12 written out once more, not the code under test. */
function mayGo(what: DispatchJob, { engineer: one, assignedHours }: Candidate): boolean {
  return (
    !["off_duty", "leave"].includes(one.state) &&
    one.skills.productTypes.includes(what.productType) &&
    one.certifications.some(
      ({ productType, validUntil }) =>
        productType === what.productType && validUntil >= "2026-03-02",
    ) &&
    (what.faultClass === undefined || one.skills.faultClasses.includes(what.faultClass)) &&
    levels.indexOf(one.level) >= levels.indexOf(what.minLevel) &&
    assignedHours + what.standardHours <= one.maxLoadHours &&
    !what.excludedEngineerIds.includes(one.engineerId)
  );
}

describe("rankEngineers", () => {
  test("AG-1: nobody is ever ranked who fails a hard filter, and everybody else is accounted for", () => {
    fc.assert(
      fc.property(jobs, candidates, (what, all) => {
        const { ranked, rejected } = rank(what, all);
        const known = new Map(all.map((one) => [one.engineer.engineerId, one]));
        for (const { engineerId } of ranked) {
          const one = known.get(engineerId);
          expect(one && mayGo(what, one)).toBe(true);
          expect(one?.engineer.flyingSquad && what.priority !== "emergency").not.toBe(true);
        }
        expect(ranked.length + rejected.length).toBe(all.length);
        for (const { why } of rejected) expect(why.length).toBeGreaterThan(0);
      }),
      { numRuns },
    );
  });

  const scoreWith = (what: DispatchJob, changes: Parameters<typeof candidate>[1]) =>
    rank(what, [candidate("e1", { maxLoadHours: 200, ...changes })]).chosen?.score ?? Number.NaN;

  test("AG-2: nearer, all else equal, never scores lower", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 0, max: 60 }),
        (one, other, assignedHours) => {
          const [near, far] = [Math.min(one, other), Math.max(one, other)];
          expect(scoreWith(job(), { km: near, assignedHours })).toBeGreaterThanOrEqual(
            scoreWith(job(), { km: far, assignedHours }),
          );
        },
      ),
      { numRuns },
    );
  });

  test("AG-3: less loaded, all else equal, never scores lower", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 150 }),
        fc.integer({ min: 0, max: 150 }),
        fc.integer({ min: 0, max: 900 }),
        (one, other, km) => {
          const [less, more] = [Math.min(one, other), Math.max(one, other)];
          expect(scoreWith(job(), { km, assignedHours: less })).toBeGreaterThanOrEqual(
            scoreWith(job(), { km, assignedHours: more }),
          );
        },
      ),
      { numRuns },
    );
  });

  test("AG-4: the ranking does not depend on the order of the candidates", () => {
    fc.assert(
      fc.property(jobs, candidates, fc.integer({ min: 0, max: 7 }), (what, all, cut) => {
        const turned = [...all.slice(cut), ...all.slice(0, cut)].reverse();
        expect(rank(what, turned)).toEqual(rank(what, all));
      }),
      { numRuns },
    );
  });

  test("AG-4: a tie goes to less load, then to the nearer, then to the lower id", () => {
    const far = { km: 5000, level: "senior" as const };
    const tied = [
      candidate("c", { ...far, assignedHours: 40 }),
      candidate("b", { ...far, assignedHours: 38 }),
      candidate("a", { ...far, assignedHours: 38 }),
      candidate("d", { ...far, km: 4000, assignedHours: 38 }),
    ];
    const order = rank(job({ arrivalDueAt: undefined }), tied).ranked;
    expect(new Set(order.map(({ score }) => score)).size).toBe(1);
    expect(order.map(({ engineerId }) => engineerId)).toEqual(["d", "a", "b", "c"]);
  });

  test("AG-5: whoever is chosen comes with reasons, and the next best is named", () => {
    fc.assert(
      fc.property(jobs, candidates, (what, all) => {
        const { chosen, runnerUp, ranked, escalate } = rank(what, all);
        expect(chosen).toBe(ranked[0]);
        expect(runnerUp).toBe(ranked[1]);
        for (const { reasons, level } of ranked)
          expect(reasons.map(({ code }) => code)).toEqual(
            expect.arrayContaining([level, "level", "load"]),
          );
        expect(escalate === undefined).toBe(chosen?.isInTime === true);
      }),
      { numRuns },
    );
  });

  test("AG-6: no sequence of assignments loads anybody above his maximum", () => {
    fc.assert(
      fc.property(fc.array(jobs, { maxLength: 40 }), candidates, (sequence, all) => {
        const hours = new Map(all.map((one) => [one.engineer.engineerId, one.assignedHours]));
        for (const what of sequence) {
          const now = all.map((one) => ({
            ...one,
            assignedHours: hours.get(one.engineer.engineerId) ?? 0,
          }));
          const { chosen } = rank(what, now);
          if (chosen) hours.set(chosen.engineerId, chosen.assignedHours + what.standardHours);
        }
        for (const { engineer: one } of all)
          expect(hours.get(one.engineerId)).toBeLessThanOrEqual(one.maxLoadHours);
      }),
      { numRuns },
    );
  });
});

describe("coverageOf", () => {
  const machine = (km: number, arrivalMinutes = 120) => ({
    productType: "crane",
    minLevel: "intermediate" as const,
    place: north(km),
    arrivalMinutes,
  });

  test("O-24: machines with a qualified engineer within the arrival clock, of all", () => {
    const engineers = [engineer("e1", { km: 0 }), engineer("e2", { km: 300, level: "junior" })];
    const machines = [machine(0), machine(70), machine(80), machine(300)];
    expect(coverageOf(machines, engineers, { nowMs })).toBe(0.5);
    expect(coverageOf([], engineers, { nowMs })).toBeNull();
    expect(coverageOf(machines, [], { nowMs })).toBe(0);
  });

  test("O-24: a further partner station never lowers it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }),
        candidates,
        fc.integer({ min: 0, max: 1000 }),
        (kms, all, km) => {
          const engineers = all.map((one) => one.engineer);
          const machines = kms.map((one) => machine(one));
          const more = [...engineers, engineer("p", { km, employment: "partner" })];
          const before = coverageOf(machines, engineers, { nowMs }) ?? 0;
          expect(coverageOf(machines, more, { nowMs })).toBeGreaterThanOrEqual(before);
        },
      ),
      { numRuns },
    );
  });
});
