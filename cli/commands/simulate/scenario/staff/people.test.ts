import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { ScenarioFault } from "@firebreak/simulator/scenarios/scenario-machine.ts";
import { describe, expect, test } from "vitest";
import { ExecutedRepairs } from "../executed-repairs.ts";
import { Counter } from "./counter.ts";
import { isInShift } from "./crew.ts";
import { diagnose, finishOf, reportOf } from "./job.ts";

const plan = loadPlan("concrete-pump-truck");
const worn: ScenarioFault = {
  ...{ fault: "main-pump-wears", failureMode: "main-pump-wear", cause: "pump-worn" },
  ...{ from: "2026-01-01", visibleAt: null, failedAt: null, repairedAt: null },
  ...{ stopsTheMachine: true, severity: 0.4 },
};
const fouled: ScenarioFault = {
  ...worn,
  ...{
    fault: "oil-cooler-fouls",
    failureMode: "hydraulic-oil-overheating",
    cause: "cooler-fouled",
  },
  severity: 0.9,
};
const stopped: ScenarioFault = { ...worn, failedAt: "2026-02-01" };
const machineWith = (...faults: ScenarioFault[]) => ({ faults: () => faults });

describe("isInShift", () => {
  test.each([
    { name: "Monday at eight", at: "2026-03-02T08:00:00+08:00", isIn: true },
    { name: "Monday before eight", at: "2026-03-02T07:59:00+08:00", isIn: false },
    { name: "Saturday before six", at: "2026-03-07T17:59:00+08:00", isIn: true },
    { name: "Saturday at six", at: "2026-03-07T18:00:00+08:00", isIn: false },
    { name: "Sunday", at: "2026-03-08T10:00:00+08:00", isIn: false },
  ])("$name: $isIn", ({ at, isIn }) => {
    expect(isInShift(Date.parse(at))).toBe(isIn);
  });
});

describe("diagnose", () => {
  test.each([
    { name: "what the ticket speaks of", faults: [fouled, worn], code: "main-pump-wear", is: worn },
    { name: "what stopped it", faults: [fouled, stopped], code: undefined, is: stopped },
    { name: "the worst", faults: [worn, fouled], code: "piston-wear", is: fouled },
    {
      name: "nothing that nobody could see",
      faults: [{ ...worn, severity: 0.05 }],
      code: undefined,
    },
    {
      name: "nothing that is repaired",
      faults: [{ ...worn, repairedAt: "2026-02-02" }],
      code: undefined,
    },
  ])("finds $name", ({ faults, code, is }) => {
    const ticket = code === undefined ? {} : { faultCode: code };
    expect(diagnose(machineWith(...faults), plan, ticket).fault).toEqual(is);
  });

  test("what is said of it names fault, cause and part; of nothing, that nothing was found", () => {
    const found = diagnose(machineWith(worn), plan, {});
    expect(reportOf({ ticketId: "T-1", visits: 1 }, found)).toMatchObject({
      ...{ faultCode: "main-pump-wear", causeId: "pump-worn" },
      partsUsed: [{ partNo: "FB-CP-MP-01", quantity: 1 }],
    });
    expect(finishOf({ kind: "repair" }, found).attempts[0]?.result).toBe("fixed");
    expect(reportOf({ ticketId: "T-1", visits: 1 }, {})).not.toHaveProperty("faultCode");
    expect(finishOf({ kind: "inspection" }, {})).toMatchObject({
      attempts: [{ result: "no_fault_found" }],
      inspection: { isAnswered: true },
    });
  });
});

describe("ExecutedRepairs", () => {
  const said = { faultCode: "main-pump-wear", causeId: "pump-worn" };
  const ticket = { ticketId: "T-1", reopenCount: 0, machineId: "M-1", childIds: ["T-2"] };
  const child = (partNo: string, state: string) => ({ parts: [{ partNo, state }] });
  const play = async (tickets: readonly object[], part = child("FB-CP-MP-01", "consumed")) => {
    const repaired: string[] = [];
    const machine = {
      ...machineWith(worn, fouled),
      machineId: "M-1",
      repair: (fault: string) => void repaired.push(fault),
    };
    const answers = (path: string) =>
      path.startsWith("tickets?") ? { items: tickets, next: null } : part;
    const counter = new Counter({
      ask: async (_method, path) => ({ status: 200, answer: answers(path) }),
    });
    const repairs = new ExecutedRepairs(counter);
    for (let turn = 0; turn < 2; turn++) await repairs.look([{ machine, plan }]);
    return repaired;
  };

  test("a fixed ticket with the right part makes the machine whole, once", async () => {
    const fixed = { ...ticket, outcome: "fixed", confirmedFault: said };
    expect(await play([fixed])).toEqual(["main-pump-wears"]);
  });

  test.each([
    { name: "the wrong part", changes: {}, part: child("FB-CP-PST-01", "consumed") },
    { name: "a part that was not fitted", changes: {}, part: child("FB-CP-MP-01", "returned") },
    { name: "no fault found", changes: { outcome: "no_fault_found" }, part: undefined },
    { name: "another machine", changes: { machineId: "M-2" }, part: undefined },
  ])("it stays as it is with $name", async ({ changes, part }) => {
    const fixed = { ...ticket, outcome: "fixed", confirmedFault: said, ...changes };
    expect(await play([fixed], part)).toEqual([]);
  });
});

test("a counter counts what is not taken, and reads all pages", async () => {
  const counter = new Counter({
    ask: async (method, path) =>
      method === "post"
        ? { status: 409, answer: { code: "TICKET_GUARD" } }
        : { status: 200, answer: { items: [path], next: path.includes("cursor") ? null : "2" } },
  });
  expect(await counter.post("tickets/T-1/assign")).toMatchObject({ isTaken: false });
  expect([...counter.refused]).toEqual([["assign TICKET_GUARD", 1]]);
  expect(await counter.all("tickets?limit=1")).toEqual([
    "tickets?limit=1",
    "tickets?limit=1&cursor=2",
  ]);
});
