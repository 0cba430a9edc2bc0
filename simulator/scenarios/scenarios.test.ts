import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { listScenarios, loadScenario, readScenario } from "./load-scenario.ts";
import { createScenarioMachines, scheduleCodes } from "./scenario-machine.ts";
import { tunedPlan } from "./tuned-plan.ts";

const good = `
scenario: good
title: Good
seed: 1
from: 2026-05-11T06:00:00+08:00
hours: 4
stepMinutes: 60
machines:
  - group: CRANE
    plan: tower-crane
    faults: [{ fault: motor-bearing-fails, atHour: 1 }]
conditions:
  - { condition: no-false-tickets }
`;
const problemsOf = (text: string) =>
  readScenario(text, "good").problems.map(
    ({ line, path, message }) => `${line} ${path}: ${message}`,
  );

test.each(listScenarios())("%s can be loaded", (name) => {
  expect(loadScenario(name).conditions.length).toBeGreaterThan(0);
});

describe("readScenario", () => {
  test("takes a good one", () => {
    expect(problemsOf(good)).toEqual([]);
  });

  test("tells every unknown name and impossible time at once, with its line", () => {
    const text = good
      .replace("tower-crane", "loader-tractor")
      .replace("hours: 4", "hours: 1")
      .replace(
        "conditions:",
        "  - { group: CRANE, plan: hovercraft }\nevents:\n  - { event: gateways-offline, group: PUMP, atHour: 7, hours: 1 }\nconditions:",
      );
    const problems = problemsOf(text);
    expect(problems.map((one) => one.split(":")[0])).toEqual([
      "11 machines[0].faults[0].fault",
      "11 machines[0].faults[0].atHour",
      "12 machines[1].group",
      "12 machines[1].plan",
      "14 events[0].group",
      "14 events[0].atHour",
    ]);
    expect(problems[3]).toContain("tower-crane");
  });

  test.each([
    { name: "another file's name", from: "scenario: good", to: "scenario: bad", at: "2 scenario" },
    { name: "no instant", from: "2026-05-11T06", to: "2026-13-41T06", at: "5 from" },
    {
      name: "wear of a machine that stands",
      from: "plan: tower-crane",
      to: "plan: tower-crane\n    body: ignition-on",
      at: "12 machines[0].faults",
    },
    {
      name: "a comparison with a run that would be the same",
      from: "no-false-tickets",
      to: "as-undisturbed",
      at: "13 conditions[0]",
    },
  ])("refuses $name", ({ from, to, at }) => {
    expect(problemsOf(good.replace(from, to)).map((one) => one.split(":")[0])).toContain(at);
  });

  test("refuses orders that name what nobody kept, and that come before others", () => {
    const orders = `orders:
  - { order: get, path: me, atHour: 2, keep: { me: username } }
  - { order: get, path: users/$me/$you, atHour: 1 }
conditions:`;
    expect(problemsOf(good.replace("conditions:", orders))).toEqual([
      '14 orders[1]: no order above it keeps "you"',
      "14 orders[1].atHour: it comes before the order above it",
    ]);
  });

  test("orders for each of a group: its machine and what they keep are known in them alone", () => {
    const orders = `orders:
  - forEach: CRANE
    atHour: 1
    orders:
      - { order: get, path: tickets?machine=$machine, keep: { one: "items[0].ticketId" } }
      - { order: get, path: tickets/$one/$two }
  - { order: get, path: tickets/$one, atHour: 2 }
  - { forEach: PUMP, atHour: 2, orders: [{ order: get, path: me }] }
conditions:`;
    expect(problemsOf(good.replace("conditions:", orders))).toEqual([
      '17 orders[0].orders[1]: no order above it keeps "two"',
      '18 orders[1]: no order above it keeps "one"',
      "19 orders[2].forEach: no such group; one of CRANE is meant",
    ]);
  });

  test("refuses to tune what is not there", () => {
    const tuned = (what: string) =>
      problemsOf(good.replace("machines:", `tuned: [{ plan: ${what} }]\nmachines:`));
    expect(tuned("tower-crane, rule: motor-bearing-hot, above: 40")).toEqual([]);
    expect(tuned("tower-crane, rule: motor-bearing-hot, below: 40")[0]).toContain("tuned[0].rule");
    expect(tuned("tower-crane, rule: too-hot, above: 40")[0]).toContain("tuned[0].rule");
    expect(tuned("hovercraft, rule: too-hot, above: 40")[0]).toContain("tuned[0].plan");
  });

  test("tells mistakes of shape with line and column", () => {
    const [problem] = readScenario(good.replace("seed: 1", "seed: many"), "good").problems;
    expect(problem).toMatchObject({ path: "seed", line: 4, column: 7 });
  });
});

describe("tunedPlan", () => {
  const text = `rules:
  rules:
    - id: hot
      kind: threshold
      above: 80
    # of the next one
    - id: low
      above: 90
      below: 10
service:
  above: 1
`;
  test("changes the limits of that rule and nothing else", () => {
    expect(tunedPlan(text, { rule: "low", above: 50, below: 20 })).toBe(
      text.replace("above: 90", "above: 50").replace("below: 10", "below: 20"),
    );
  });
  test("has nothing to change where there is no such rule or limit", () => {
    expect(tunedPlan(text, { rule: "hot", below: 1 })).toBeUndefined();
    expect(tunedPlan(text, { rule: "cold", above: 1 })).toBeUndefined();
  });
});

describe("createScenarioMachines", () => {
  const startMs = Date.parse("2026-05-11T06:00:00+08:00");
  const plan = loadPlan("tower-crane");
  const lives = (seed: number) =>
    createScenarioMachines(
      { group: "CRANE", plan: "tower-crane", count: 2 },
      { plan, seed, startMs },
    ).map((machine) => {
      machine.advanceTo(startMs + 3_600_000);
      return JSON.stringify(machine.signals());
    });

  test("two machines of a group live differently, and each the same again with the same seed", () => {
    const [one, other] = lives(1);
    expect(one).not.toBe(other);
    expect(lives(1)).toEqual([one, other]);
    expect(lives(2)[0]).not.toBe(one);
  });
});

describe("scheduleCodes", () => {
  const code = { sa: 0, spn: 110, fmi: 3, fromHour: 1, untilHour: 2 };
  const flaps = { onSeconds: 20, offSeconds: 40 };
  const countAt = (seconds: number, with_ = {}) =>
    scheduleCodes([{ ...code, ...with_ }], 0)(seconds * 1_000).length;

  test.each([
    { name: "before it comes", seconds: 3_599, steady: 0, flapping: 0 },
    { name: "as it comes", seconds: 3_600, steady: 1, flapping: 1 },
    { name: "as it goes for the first time", seconds: 3_620, steady: 1, flapping: 0 },
    { name: "as it comes for the second time", seconds: 3_660, steady: 1, flapping: 1 },
    { name: "at its end", seconds: 7_200, steady: 0, flapping: 0 },
  ])("$name", ({ seconds, steady, flapping }) => {
    expect([countAt(seconds), countAt(seconds, { flaps })]).toEqual([steady, flapping]);
  });
});
