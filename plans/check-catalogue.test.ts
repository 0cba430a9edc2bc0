import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { approvedMode, approvedModes, isUnapproved } from "./fault-catalogue.ts";
import { checkPlan, listPlans, loadPlan } from "./load-plans.ts";

const file = join(import.meta.dirname, "loader-tractor/plan.yaml");
const good = readFileSync(file, "utf8");

type Change = readonly [from: string, to: string];

/** The plan with changes, each of which must hit. */
const changed = (changes: readonly Change[]): string =>
  changes.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, good);

/** What is wrong with the changed plan, each with the text that line and column point at. */
function mistakes(...changes: readonly Change[]) {
  const text = changed(changes);
  const lines = text.split("\n");
  return checkPlan(text, file).map(({ line, column, message }) => ({
    message,
    points: lines[line - 1]?.slice(column - 1) ?? "",
  }));
}

const sensor = "                partNo: FB-LT-OPS-01\n".slice(2);
const broken = `            - kind: replace
              procedureId: replace-oil-pressure-sensor
              text: { en: Replace the sensor, zh-CN: 更换传感器 }
${sensor}`;

describe("the fault catalogue of a plan", () => {
  test("FC-1: a fault code that stands twice is told with line and column, along with all else", () => {
    expect(
      mistakes(
        ["    engine-overheating:\n", "    engine-oil-pressure-low:\n"],
        ["procedureId: replace-thermostat", "procedureId: Replace The Thermostat"],
      ),
    ).toEqual(
      expect.arrayContaining([
        {
          message: "engine-oil-pressure-low is a name that is used above already",
          points: "engine-oil-pressure-low:",
        },
        expect.objectContaining({ points: "Replace The Thermostat" }),
      ]),
    );
  });

  test("FC-2: a replacement names its part", () => {
    expect(mistakes([broken, broken.replace(sensor, "")])).toEqual([
      {
        message: 'a replacement names its part: give "partNo"',
        points: "kind: replace",
      },
    ]);
  });

  test("FC-2: a replaced part is one of the product's", () => {
    expect(mistakes([broken, broken.replace("OPS-01", "OPS-02")])).toEqual([
      {
        message:
          'there is no part in service.parts with number "FB-LT-OPS-02"; did you mean "FB-LT-OPS-01"?',
        points: "FB-LT-OPS-02",
      },
    ]);
  });

  test("FC-3: a damaged part has a remedy that replaces it", () => {
    const repaired = broken.replace("replace\n", "repair\n").replace(sensor, "");
    expect(mistakes([`${broken}              quantity: 1\n`, repaired])).toEqual([
      {
        message: "a damaged part is replaced: give a remedy of kind replace, or another category",
        points: "part_damage",
      },
    ]);
  });

  test.each(["operator_misuse", "other"])(
    "FC-3: what is of category %s is repaired",
    (category) => {
      const cause = `          category: part_damage
          observedCount: 0
          remedies:
${broken}`;
      expect(mistakes([cause, cause.replace("part_damage", category)])).toEqual([
        {
          message: `a cause of category ${category} is repaired, not replaced; write repair, or category part_damage`,
          points: "replace",
        },
      ]);
    },
  );

  test("FC-2: a repair replaces no part", () => {
    const repair = "            - kind: repair\n              procedureId: clean-radiator\n";
    expect(
      mistakes([
        repair,
        `${repair}              partNo: FB-LT-TST-01\n              quantity: 2\n`,
      ]),
    ).toEqual([
      { message: "a repair replaces no part; remove it", points: "partNo: FB-LT-TST-01" },
      { message: "a repair replaces no part; remove it", points: "quantity: 2" },
    ]);
  });

  test("FC-4: entries that are not approved own no trouble code", () => {
    const sharing: Change = ["spn: 110, fmis: [0, 15, 16]", "spn: 100, fmis: [1, 17, 18]"];
    const other = "      safetyRelated: false\n      origin: rnd\n      reviewState: approved\n";
    const low = `      priority: emergency\n${other}`;
    expect(mistakes(sharing).map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^SPN 100 FMI 1 from source address 0 belongs to "engine-oil-pressure-low"/,
      ),
      expect.stringMatching(/^SPN 100 FMI 17 /),
      expect.stringMatching(/^SPN 100 FMI 18 /),
    ]);
    expect(mistakes(sharing, [low, low.replace("approved", "retired")])).toEqual([]);
  });

  test.each([
    {
      name: "a part that a repair may need",
      change: ["{ partNo: FB-LT-PLUG-01, quantity: 1", "{ partNo: FB-LT-PLG-01, quantity: 1"],
      points: /^FB-LT-PLG-01/,
    },
    {
      name: "a part of a service kit",
      change: [
        "        - { partNo: FB-LT-OF-01, quantity: 1 }",
        "        - { partNo: OF, quantity: 1 }",
      ],
      points: /^OF,/,
    },
  ] as const)("PL-5: $name is one of the plan's parts", ({ change, points }) => {
    expect(mistakes(change)).toEqual([
      {
        message: expect.stringMatching(/^there is no part in service\.parts with number/),
        points: expect.stringMatching(points),
      },
    ]);
  });

  test("PL-5: a rule names a fault code that is there", () => {
    expect(mistakes(["failureMode: charging-fault", "failureMode: charging-falt"])).toEqual([
      {
        message: 'there is no failure mode "charging-falt"; did you mean "charging-fault"?',
        points: "charging-falt",
      },
    ]);
  });

  test("all mistakes come at once, in the order of the file", () => {
    const found = mistakes(
      [broken, broken.replace("OPS-01", "OPS-02")],
      ["slaProfile: tiered_3", "slaProfile: tiered_4"],
      ["id: thermostat-stuck", "id: radiator-blocked"],
    );
    expect(found.map(({ points }) => points)).toEqual([
      "tiered_4 }",
      "FB-LT-OPS-02",
      "radiator-blocked",
    ]);
  });

  test("FC-5: what is not approved is in no list of faults that open tickets", () => {
    const plan = loadPlan("loader-tractor");
    const { failureModes } = plan.service;
    const [first = ""] = Object.keys(failureModes);
    for (const reviewState of ["draft", "retired"] as const) {
      const mode = failureModes[first];
      if (!mode) throw new Error("a plan has failure modes");
      const service = {
        ...plan.service,
        failureModes: { ...failureModes, [first]: { ...mode, reviewState } },
      };
      const changedPlan = { ...plan, service };
      expect(approvedModes(changedPlan).map(([code]) => code)).not.toContain(first);
      expect(approvedMode(changedPlan, first)).toBeUndefined();
      expect(isUnapproved(changedPlan, first)).toBe(true);
    }
    expect(approvedMode(plan, first)).toBe(failureModes[first]);
    expect([isUnapproved(plan, first), isUnapproved(plan, "toString")]).toEqual([false, false]);
  });

  test.each(listPlans())("FC-3: every remedy of %s names its procedure and its time", (id) => {
    for (const [, { causes }] of approvedModes(loadPlan(id)))
      for (const { category, remedies } of causes)
        expect(remedies.some(({ kind }) => kind === "replace")).toBe(category === "part_damage");
  });
});
