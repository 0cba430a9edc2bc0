import { describe, expect, test } from "vitest";
import { checklistOf } from "./checklist.ts";
import { generalChecklist } from "./general-checklist.ts";

const planned: Parameters<typeof checklistOf>[1] = {
  kind: "inspection",
  trigger: "calendar",
  checks: [],
};

describe("checklistOf", () => {
  test("C-19: a planned inspection for which no plan has a checklist goes by the general one", () => {
    expect(checklistOf(undefined, planned)).toEqual(generalChecklist);
    expect(checklistOf(undefined, { ...planned, kind: "repair" })).toEqual([]);
    // One that somebody asked for has its own checks, or none.
    expect(checklistOf(undefined, { ...planned, trigger: "manual" })).toEqual([]);
    const check = { check: { en: "a", "zh-CN": "a" }, expected: { en: "b", "zh-CN": "b" } };
    expect(checklistOf(undefined, { ...planned, checks: [check] })).toMatchObject([
      { stepId: "check-1" },
    ]);
  });
});
