import { describe, expect, test } from "vitest";
import type { Region } from "../organisation/region.ts";
import { at, candidate, job, north, nowMs } from "./dispatch.fixture.ts";
import { dispatchConfig } from "./dispatch-config.ts";
import { type Candidate, type DispatchJob, neighboursOf } from "./dispatch-job.ts";
import { dispatchReasonCodes } from "./dispatch-reason.ts";
import { judgeOverride, rankEngineers } from "./rank-engineers.ts";
import { reasonText, reasonTexts } from "./reason-texts.ts";

const moment = { nowMs };
const rank = (what: DispatchJob, candidates: readonly Candidate[]) =>
  rankEngineers(what, candidates, { moment });
const ids = (what: DispatchJob, candidates: readonly Candidate[]) =>
  rank(what, candidates).ranked.map(({ engineerId }) => engineerId);

describe("hard filters", () => {
  test.each([
    { name: "off duty", change: { state: "off_duty" as const }, code: "off_duty" },
    { name: "on leave", change: { state: "leave" as const }, code: "off_duty" },
    {
      name: "of other machines",
      change: { skills: { productTypes: ["paver"], faultClasses: ["hydraulic" as const] } },
      code: "product_skill",
    },
    {
      name: "of other faults",
      change: { skills: { productTypes: ["crane"], faultClasses: ["electrical" as const] } },
      code: "fault_skill",
    },
    {
      name: "EN-2: with an expired certificate",
      change: { certifications: [{ productType: "crane", validUntil: "2026-03-01" }] },
      code: "certificate",
    },
    { name: "too junior", change: { level: "junior" as const }, code: "level_too_low" },
    { name: "EN-1: with too much work", change: { assignedHours: 46 }, code: "overloaded" },
    {
      name: "of a far region",
      change: { stationId: "xian", regionId: "northwest" },
      code: "other_region",
    },
  ])("refuses one $name", ({ change, code }) => {
    const { rejected, chosen, escalate } = rank(job(), [candidate("e1", change)]);
    expect(rejected).toMatchObject([{ engineerId: "e1", why: [{ code }] }]);
    expect(chosen).toBeUndefined();
    expect(escalate).toEqual({ code: "nobody_eligible" });
  });

  test("a certificate holds through its last day, and a full load is allowed", () => {
    const certifications = [{ productType: "crane", validUntil: "2026-03-02" }];
    expect(ids(job(), [candidate("e1", { certifications, assignedHours: 45 })])).toEqual(["e1"]);
  });

  test("who did not take the ticket is not asked again", () => {
    const { rejected } = rank(job({ excludedEngineerIds: ["e1"] }), [candidate("e1")]);
    expect(rejected[0]?.why).toEqual([{ code: "excluded" }]);
  });

  test("a fault of no known class takes anybody trained for the machine", () => {
    const electrician = candidate("e1", {
      skills: { productTypes: ["crane"], faultClasses: ["electrical"] },
    });
    expect(ids(job({ faultClass: undefined }), [electrician])).toEqual(["e1"]);
  });
});

describe("the order of search", () => {
  const own = candidate("own", { km: 200 });
  const near = candidate("near", { stationId: "huangshi", km: 1 });
  const partner = candidate("partner", { stationId: "dealer", employment: "partner", km: 1 });
  const squad = candidate("squad", {
    stationId: "hq",
    regionId: "north",
    flyingSquad: true,
    level: "senior",
    km: 100,
  });
  const neighbour = candidate("neighbour", { stationId: "changsha", regionId: "hunan", km: 1 });
  const all = [neighbour, squad, partner, near, own];

  test("own station, region, partner, flying squad, neighbouring regions", () => {
    const emergency = job({ priority: "emergency" });
    expect(ids(emergency, all)).toEqual(["own", "near", "partner", "squad", "neighbour"]);
    expect(rank(emergency, all).fallbackLevel).toBe("own_station");
  });

  test("a partner station's own people come first for its machines", () => {
    expect(rank(job({ stationId: "dealer" }), all).chosen?.engineerId).toBe("partner");
  });

  test("whoever is in time goes before the own station's that is late", () => {
    const urgent = job({ arrivalDueAt: at(2) });
    const { chosen, runnerUp, escalate } = rank(urgent, [own, near]);
    expect(chosen).toMatchObject({ engineerId: "near", isInTime: true, level: "same_region" });
    expect(runnerUp).toMatchObject({ engineerId: "own", isInTime: false });
    expect(runnerUp?.reasons[0]).toMatchObject({ code: "late" });
    expect(escalate).toBeUndefined();
  });

  test("ES-4, AS-7: an emergency that nobody of the region can reach in time goes to the flying squad", () => {
    const emergency = job({ priority: "emergency", arrivalDueAt: at(4) });
    const { chosen, fallbackLevel } = rank(emergency, [own, squad, neighbour]);
    expect(chosen?.engineerId).toBe("squad");
    expect(fallbackLevel).toBe("flying_squad");
  });

  test.each(["major", "general", "planned"] as const)(
    "O-20: the flying squad is never sent to %s tickets, even of its own station",
    (priority) => {
      const { ranked, rejected } = rank(job({ priority, stationId: "hq" }), [squad]);
      expect(ranked).toEqual([]);
      expect(rejected[0]?.why).toContainEqual({ code: "squad_reserved" });
    },
  );

  test("ES-4: nobody in time: the first to arrive goes, and the station manager hears of it", () => {
    const { chosen, escalate } = rank(job({ arrivalDueAt: at(0.01) }), [own, near]);
    expect(chosen?.engineerId).toBe("near");
    expect(escalate).toEqual({ code: "nobody_in_time" });
  });

  test("nobody at all: unassigned", () => {
    expect(rank(job(), [])).toEqual({
      ranked: [],
      rejected: [],
      fallbackLevel: "unassigned",
      escalate: { code: "nobody_eligible" },
    });
  });
});

describe("specialists of machines that exceed expectations", () => {
  const specialist = candidate("spec", {
    stationId: "xian",
    regionId: "northwest",
    specialistFor: ["crane"],
    km: 300,
  });
  const local = candidate("local", { km: 1 });

  test("a named specialist who is in time comes first, wherever he is", () => {
    const ranking = rank(job({ wantsSpecialist: true }), [local, specialist]);
    expect(ranking.chosen).toMatchObject({ engineerId: "spec", isSpecialist: true });
    expect(ranking.chosen?.reasons[0]).toEqual({ code: "specialist" });
  });

  test("one who is late does not", () => {
    const soon = job({ wantsSpecialist: true, arrivalDueAt: at(3) });
    expect(rank(soon, [local, specialist]).chosen?.engineerId).toBe("local");
  });

  test("other tiers have none", () => {
    expect(ids(job(), [local, specialist])).toEqual(["local"]);
  });

  test("the engineer a commitment has stationed is a specialist too", () => {
    const stationed = job({ stationedEngineerId: "e2" });
    expect(ids(stationed, [candidate("e1", { km: 1 }), candidate("e2", { km: 50 })])[0]).toBe("e2");
  });
});

describe("score", () => {
  test("is the weighted sum of §3.12", () => {
    const chosen = rank(job({ responsibleEngineerId: "e1" }), [
      candidate("e1", { km: 100, assignedHours: 9, partsOnBoardShare: 0.5, level: "senior" }),
    ]).chosen;
    // 130 road km at 50 km/h are 156 min of 720.
    const expected = 0.3 * 0.75 + 0.3 * (1 - 156 / 720) + 0.2 * 0.75 + 0.1 * 0.5 + 0.05;
    expect(chosen?.score).toBeCloseTo(expected, 3);
    expect(chosen).toMatchObject({ etaMinutes: 156, km: 130 });
  });

  test("the weights add up to 1", () => {
    const { weights } = dispatchConfig;
    expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1);
  });

  test("EN-5: a position older than an hour gives way to the station", () => {
    const position = (minutesAgo: number) => ({ ...north(50), at: at(-minutesAgo / 60) });
    const eta = (minutesAgo: number) =>
      rank(job(), [candidate("e1", { position: position(minutesAgo) })]).chosen?.etaMinutes;
    expect(eta(59)).toBe(78);
    expect(eta(61)).toBe(16);
  });

  test("an unknown place is assumed far and said to be assumed; a busy engineer comes later", () => {
    const { chosen } = rank(job({ place: undefined }), [candidate("e1")]);
    expect(chosen?.reasons).toContainEqual({ code: "eta_assumed", params: { minutes: 240 } });
    expect(ids(job(), [candidate("a", { busyMinutes: 300 }), candidate("b")])).toEqual(["b", "a"]);
  });
});

describe("judgeOverride", () => {
  const judge = (candidates: readonly Candidate[], what = job()) =>
    judgeOverride(what, candidates, { engineerId: "e1", moment });

  test("says what forbids the choice of a person", () => {
    expect(judge([candidate("e1", { assignedHours: 47 })])).toMatchObject({
      refusals: [{ code: "overloaded" }],
    });
    expect(judge([])).toEqual({ refusals: [{ code: "unknown_engineer" }] });
  });

  test("allows whom the ranking would not ask", () => {
    const far = candidate("e1", { stationId: "xian", regionId: "northwest" });
    const { ranked, refusals } = judge([far], job({ excludedEngineerIds: ["e1"] }));
    expect(refusals).toEqual([]);
    expect(ranked).toMatchObject({
      engineerId: "e1",
      reasons: [{ code: "manual_override" }, {}, {}, {}, {}],
    });
  });
});

describe("reasons", () => {
  test.each(dispatchReasonCodes)("%s reads in both languages, with the same parameters", (code) => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    const { en, "zh-CN": zh } = reasonTexts[code];
    expect(zh).toMatch(/\p{Script=Han}/u);
    expect(names(zh)).toEqual(names(en));
  });

  test("a text names what it is about", () => {
    const reason = { code: "level_too_low", params: { level: "junior", least: "senior" } } as const;
    expect(reasonText(reason, "en")).toBe("junior, but senior is needed");
    const words = (value: string | number) => (value === "junior" ? "初级" : "高级");
    expect(reasonText(reason, "zh-CN", words)).toBe("技术等级 初级，要求 高级 及以上");
  });
});

test("neighbours are the regions beside, above and below", () => {
  const region = (regionId: string, parentId?: string): Region => ({
    regionId,
    name: { en: regionId, "zh-CN": regionId },
    ...(parentId === undefined ? {} : { parentId }),
  });
  const regions = new Map(
    [
      region("china"),
      region("central", "china"),
      region("east", "china"),
      region("hunan", "central"),
      region("fujian", "east"),
    ].map((one) => [one.regionId, one]),
  );
  expect(neighboursOf(regions, "central")).toEqual(["china", "east", "hunan"]);
  expect(neighboursOf(regions, "nowhere")).toEqual([]);
});
