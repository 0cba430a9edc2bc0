import { describe, expect, test } from "vitest";
import type { SmartWorkOrder, Step } from "./field-types.ts";
import { endOf, foldSteps, timesOf, unanswered } from "./fold-steps.ts";
import {
  patched,
  reportGaps,
  reportOf,
  withMeasuredWear,
  withoutPhotos,
} from "./report-content.ts";

const order = (more: Partial<SmartWorkOrder> = {}): SmartWorkOrder => ({
  ticketId: "T-1",
  version: 3,
  kind: "repair",
  state: "assigned",
  priority: "major",
  title: { en: "Oil pressure sensor", "zh-CN": "机油压力传感器" },
  createdAt: "2026-03-02T07:00:00.000Z",
  occurrenceCount: 1,
  visits: 0,
  consultCount: 0,
  clocks: [],
  evidence: [],
  series: [],
  faults: [],
  checks: [],
  checklist: [],
  answers: [],
  safety: [],
  parts: [],
  reserved: [],
  contacts: [],
  station: { stationId: "S", name: { en: "S", "zh-CN": "S" } },
  installedParts: [],
  history: [],
  similar: [],
  reports: [],
  media: [],
  ...more,
});
let seq = 0;
const step = (type: Step["type"], body: Step["body"] = {}, more: Partial<Step> = {}): Step => {
  seq++;
  return {
    seq,
    user: "e-1",
    commandId: `c-${seq}`,
    ticketId: "T-1",
    type,
    body,
    at: new Date(Date.UTC(2026, 2, 2, 8, seq)).toISOString(),
    watch: { id: "w", ms: 0 },
    status: "waiting",
    tries: 0,
    ...more,
  };
};
const stateAfter = (...steps: Step[]) => foldSteps(order(), steps).state;
const held = () => step("hold", { reason: "site_closed" });
test("a hold goes back to where it came from; what is done meanwhile counts for nothing", () => {
  expect(stateAfter(...way(), held())).toBe("on_hold");
  expect(stateAfter(...way(), held(), step("depart"))).toBe("on_hold");
  expect(stateAfter(...way(), held(), step("resume"))).toBe("in_progress");
  expect(stateAfter(step("accept"), held(), step("resume"), step("depart"))).toBe("en_route");
  expect(foldSteps(order({ state: "work_done" }), [held()]).state).toBe("work_done");
  // Held before this phone knew of it: the server says what comes next.
  expect(foldSteps(order({ state: "on_hold" }), [step("resume")]).state).toBe("on_hold");
});
const way = () => [step("accept"), step("depart"), step("arrive"), step("start-work")];
const attempt = { judgement: "plug", handling: "pushed in", result: "fixed" } as const;

describe("what the phone shows before the server knows", () => {
  test("the way of a repair, from the assignment to its report", () => {
    expect(foldSteps(order(), []).isAccepted).toBe(false);
    expect(foldSteps(order(), [step("accept")])).toMatchObject({
      state: "assigned",
      isAccepted: true,
    });
    expect(stateAfter(...way())).toBe("in_progress");
    expect(stateAfter(...way(), step("finish"))).toBe("work_done");
    const all = [...way(), step("finish"), step("save-report", {}), step("hand-in-report")];
    expect(foldSteps(order(), all)).toMatchObject({ state: "verifying", isHandedIn: true });
  });

  test("steps of other tickets, refused ones and what the order holds already change nothing", () => {
    expect(stateAfter(step("depart", {}, { ticketId: "T-2" }))).toBe("assigned");
    expect(stateAfter(step("depart", {}, { status: "refused" }))).toBe("assigned");
    expect(stateAfter(step("depart", {}, { status: "done", isInOrder: true }))).toBe("assigned");
    expect(stateAfter(step("depart", {}, { status: "done" }))).toBe("en_route");
  });

  test("a step that the state does not allow is shown by nothing", () => {
    expect(stateAfter(step("finish"), step("arrive"))).toBe("assigned");
    expect(foldSteps(order({ state: "on_site" }), [step("depart"), step("arrive")]).state).toBe(
      "on_site",
    );
  });

  test("answers, survey and report are those said last", () => {
    const answer = (result: string) =>
      step("answer-checklist", { answers: [{ stepId: "a", result }] });
    const checklist = [
      { stepId: "a", step: attempt2, acceptance: attempt2 },
      { stepId: "b", step: attempt2, acceptance: attempt2 },
    ];
    const work = order({ checklist });
    const view = foldSteps(work, [answer("failed"), answer("passed")]);
    expect(view.answers.get("a")?.result).toBe("passed");
    expect(unanswered(work, view)).toBe(1);
  });

  test("a new visit begins a new report and counts", () => {
    const content = reportOf(order(), foldSteps(order(), []));
    const steps = [step("save-report", { content }), step("depart"), step("arrive")];
    expect(foldSteps(order(), steps)).toMatchObject({ content: undefined, visitsAhead: 1 });
  });
});

const attempt2 = { en: "Belt", "zh-CN": "皮带" };

test("times are those of the last visit, refused ones left out", () => {
  const [first, second] = [step("arrive"), step("arrive", {}, { status: "refused" })];
  expect(timesOf([first, second])).toEqual({ arrive: first.at });
  expect(timesOf([first, step("depart")])).toEqual({});
});

test("O-19: the last attempt says how the work may end", () => {
  expect(endOf([])).toBeUndefined();
  expect(endOf([attempt])).toBe("finish");
  expect(endOf([attempt, { ...attempt, result: "awaiting_parts" }])).toBe("not-fixed");
});

describe("the report on the phone", () => {
  const empty = reportOf(order(), foldSteps(order(), []));

  test("SR-1, SR-3: everything that is missing is named before it is handed in", () => {
    expect(reportGaps(empty)).toEqual([
      "attempts",
      "symptom",
      "rootCause",
      "solution",
      "preventionAdvice",
    ]);
    const whole = patched(empty, {
      attempts: [attempt],
      symptom: "no reading",
      solution: "pushed in",
      preventionAdvice: "look at it",
      rootCause: { faultCode: "f", causeId: "other", responsibility: "operator" },
    });
    expect(reportGaps(whole)).toEqual(["fullMachineCheck", "machineStateNormal"]);
    const checked = patched(whole, { fullMachineCheck: true, machineStateNormal: true });
    expect(reportGaps(checked)).toEqual([]);
    const none = { attempts: [{ ...attempt, result: "no_fault_found" as const }] };
    expect(reportGaps(patched(checked, { ...none, rootCause: undefined }))).toEqual([]);
  });

  test("a draft goes without its photos, so that none holds it up", () => {
    const signed = patched(empty, {
      photos: ["photo:1"],
      customerConfirmation: { at: "2026-03-02T08:00:00.000Z", mode: "phone" },
    });
    expect(withoutPhotos(signed)).toEqual({ ...empty, photos: [] });
  });

  test("wear that the checklist measured is in the report", () => {
    const checklist = [
      { stepId: "a", step: attempt2, acceptance: attempt2, measures: "drive-belt", unit: "mm" },
    ];
    const answers = new Map([
      ["a", { stepId: "a", result: "passed" as const, measured: 12, remainingLifePct: 40 }],
    ]);
    expect(withMeasuredWear(empty, order({ checklist }), { answers }).measuredWear).toEqual([
      { position: "drive-belt", remainingLifePct: 40, measured: 12, unit: "mm" },
    ]);
  });
});
