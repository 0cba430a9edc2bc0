import { describe, expect, test } from "vitest";
import { emptyContent } from "./empty-content.ts";
import {
  attemptProblems,
  outcomeOf,
  reconcile,
  submitProblems,
  suggestsExpert,
} from "./report-rules.ts";
import type { Attempt, AttemptResult, ReportContent } from "./service-report.ts";
import { surveyFieldNames, surveyProblems } from "./site-survey.ts";

const attempts = (...results: AttemptResult[]): Attempt[] =>
  results.map((result) => ({ judgement: "plug loose", handling: "cleaned", result }));

const whole = (changes: Partial<ReportContent> = {}): ReportContent => ({
  ...emptyContent("repair"),
  symptom: "no number",
  attempts: attempts("not_fixed", "fixed"),
  rootCause: {
    faultCode: "engine-oil-pressure-sensor",
    causeId: "plug-loose",
    responsibility: "manufacturer",
  },
  solution: "plug cleaned and locked",
  preventionAdvice: "check at each service",
  fullMachineCheck: true,
  machineStateNormal: true,
  ...changes,
});

describe("O-19: order of the attempts", () => {
  test.each([
    { of: ["not_fixed", "not_fixed", "fixed"], isValid: true },
    { of: ["fixed", "not_fixed"], isValid: false },
    { of: [], isValid: false },
    { of: ["no_fault_found", "fixed"], isValid: false },
    { of: ["not_fixed", "awaiting_parts", "fixed"], isValid: true },
    { of: ["awaiting_parts"], isValid: true },
  ] as const)("$of", ({ of, isValid }) => {
    expect(attemptProblems(attempts(...of)).length === 0).toBe(isValid);
  });
});

test.each([
  ["fixed", "fixed"],
  ["not_fixed", "not_fixed"],
  ["awaiting_parts", "diagnosed_awaiting_parts"],
  ["no_fault_found", "no_fault_found"],
] as const)("SR-1: a last attempt %s gives the outcome %s", (result, outcome) => {
  expect(outcomeOf(attempts("not_fixed", result))).toBe(outcome);
  expect(outcomeOf([])).toBeUndefined();
});

describe("SR-3: a submitted report has cause, solution and prevention advice", () => {
  test("whole", () => expect(submitProblems(whole())).toEqual([]));
  test.each(["symptom", "solution", "preventionAdvice"] as const)("not without %s", (field) => {
    expect(submitProblems(whole({ [field]: " " }))).toEqual([`${field}: is needed`]);
  });
  test("not without a cause, save when no fault was found", () => {
    const { rootCause: _, ...rest } = whole();
    expect(submitProblems(rest)).toEqual(["rootCause: is needed unless no fault was found"]);
    expect(submitProblems({ ...rest, attempts: attempts("no_fault_found") })).toEqual([]);
  });
  test("fixed needs the whole machine checked and normal", () => {
    expect(
      submitProblems(whole({ fullMachineCheck: false, machineStateNormal: false })),
    ).toHaveLength(2);
  });
  test("a signature needs its picture", () => {
    const at = "2026-03-02T08:00:00.000Z";
    const customerConfirmation = { mode: "signature", at } as const;
    expect(submitProblems(whole({ customerConfirmation }))).toHaveLength(1);
    expect(
      submitProblems(
        whole({ customerConfirmation: { ...customerConfirmation, signatureMediaId: "m" } }),
      ),
    ).toEqual([]);
  });
  test("times follow one another", () => {
    const [a, b] = ["2026-03-02T08:00:00.000Z", "2026-03-02T09:00:00.000Z"];
    expect(submitProblems(whole({ arrivedAt: a, startedAt: a, finishedAt: b }))).toEqual([]);
    expect(submitProblems(whole({ arrivedAt: b, finishedAt: a }))).toHaveLength(1);
  });
});

describe("SR-2: parts used agree with the loans", () => {
  const loans = [{ loanId: "L-1", partNo: "P-1", quantity: 2 }];
  test.each([
    {
      name: "from its loan",
      used: [{ partNo: "P-1", quantity: 2, loanId: "L-1" }],
      problems: 0,
      returned: 0,
    },
    {
      name: "one of two",
      used: [{ partNo: "P-1", quantity: 1, loanId: "L-1" }],
      problems: 0,
      returned: 1,
    },
    { name: "none of it", used: [], problems: 0, returned: 2 },
    {
      name: "not lent, bought on site",
      used: [{ partNo: "P-9", quantity: 1 }],
      problems: 0,
      returned: 2,
    },
    {
      name: "more than was lent",
      used: [{ partNo: "P-1", quantity: 3, loanId: "L-1" }],
      problems: 1,
      returned: 2,
    },
    {
      name: "twice the same",
      used: [
        { partNo: "P-1", quantity: 2, loanId: "L-1" },
        { partNo: "P-1", quantity: 1, loanId: "L-1" },
      ],
      problems: 1,
      returned: 0,
    },
    {
      name: "another part",
      used: [{ partNo: "P-2", quantity: 1, loanId: "L-1" }],
      problems: 1,
      returned: 2,
    },
    {
      name: "an unknown loan",
      used: [{ partNo: "P-1", quantity: 1, loanId: "L-7" }],
      problems: 1,
      returned: 2,
    },
    {
      name: "lent, no loan named",
      used: [{ partNo: "P-1", quantity: 1 }],
      problems: 0,
      returned: 1,
    },
  ])("$name", ({ used, problems, returned }) => {
    const result = reconcile(used, loans);
    expect(result.problems).toHaveLength(problems);
    expect(result.returned.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(returned);
  });
});

test("ES-5: the third attempt suggests an expert", () => {
  expect(suggestsExpert(attempts("not_fixed", "not_fixed"))).toBe(false);
  expect(suggestsExpert(attempts("not_fixed", "not_fixed", "not_fixed"))).toBe(true);
});

test("O-29: the survey has the nine fields of the form, in its order", () => {
  expect(surveyFieldNames).toEqual([
    "equipmentTypes",
    "equipmentCounts",
    "workingTime",
    "projectProgress",
    "peakPeriods",
    "serviceOpinion",
    "followOnProjects",
    "productImpression",
    "improvementSuggestions",
  ]);
});

test("a survey counts each type and no peak ends before it begins", () => {
  const survey = {
    equipmentTypes: ["paver", "roller"],
    equipmentCounts: [2],
    workingTime: "",
    projectProgress: "",
    peakPeriods: [{ from: "2026-07-31", to: "2026-06-01" }],
    serviceOpinion: "",
    followOnProjects: "",
    productImpression: "",
    improvementSuggestions: "",
    operatorSkill: "basic",
    otherBrandEquipment: "",
  } as const;
  expect(
    surveyProblems({
      ...survey,
      equipmentTypes: [...survey.equipmentTypes],
      equipmentCounts: [2],
      peakPeriods: [...survey.peakPeriods],
    }),
  ).toHaveLength(2);
});
