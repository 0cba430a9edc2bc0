import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { factOfSpn } from "@firebreak/gateway/sources/can/j1939/spn-facts.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { listPlans, loadPlan, planFileOf } from "@firebreak/plans/load-plans.ts";
import { every, judgeOf } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { demoOrganisationFile } from "@firebreak/tickets/organisation/load-organisation-file.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { create } from "../plan.ts";
import { judgeRecordings } from "./judge-recording.ts";
import { compare, runTestCases } from "./test.ts";

const brief = ({ phase, ruleId, failureMode, subject, isOnset }: Finding) =>
  `${phase} ${ruleId} ${failureMode}${subject ? ` (${subject})` : ""}${isOnset ? " onset" : ""}`;

const unplugged = [
  "raised active-trouble-code engine-oil-pressure-sensor onset",
  "raised oil-pressure-reading-lost engine-oil-pressure-sensor",
];
const noStart = ["raised active-trouble-code uncatalogued (SPN 524020 FMI 31 SA 3) onset"];

describe("the loader tractor's plan on its recordings", () => {
  const plan = loadPlan("loader-tractor");

  test.each([
    { log: "LeftSensorUnplugged-CheckEngine-1of3", is: unplugged },
    { log: "LeftSensorUnplugged-CheckEngine-2of3", is: unplugged },
    { log: "StartUp-End", is: unplugged },
    { log: "noStartInGear1", is: noStart },
    { log: "noStartInGear2", is: noStart },
    { log: "highRPM1", is: ["raised raced-while-cold engine-raced-cold onset"] },
    ...[
      "idling",
      "hydraulics",
      "bucket_manipulation",
      "RunningControl",
      "FrontMiddleSensorUnplugged",
      "StartUp-FirstHalf",
      "inNeutralForStartUp",
      "maniLog",
      "rev_up_down",
      "tractoron10seconds",
      "transmision123inGear20Seconds",
    ].map((log) => ({ log, is: [] })),
  ])("$log", async ({ log, is }) => {
    const file = sharedData(`can/jd5055e_${log}.log`);
    if (file === undefined) return;
    const { findings } = await judgeRecordings(plan, [file]);
    expect(findings.map(brief)).toEqual(is);
  });

  test("gives the evidence a technician needs", async () => {
    const file = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log");
    if (file === undefined) return;
    const { findings } = await judgeRecordings(plan, [file]);
    expect(findings[0]?.evidence).toMatchObject([
      {
        kind: "dtc",
        spn: 100,
        fmi: 4,
        oc: 0,
        sa: 0,
        lamps: { amberWarning: "on", redStop: "off" },
      },
    ]);
    expect(findings[1]?.evidence).toMatchObject([
      { kind: "signal", signal: "engineOilPressure", observed: null, quality: "error" },
    ]);
  });

  test("counts each further recording of the fault as one occurrence of the same finding", async () => {
    const files = ["1of3", "2of3", "1of3"].map((part) =>
      sharedData(`can/jd5055e_LeftSensorUnplugged-CheckEngine-${part}.log`),
    );
    if (files.includes(undefined)) return;
    const { findings } = await judgeRecordings(plan, files as string[]);
    expect(findings.filter(({ isOnset }) => isOnset).map(brief)).toEqual([
      "raised active-trouble-code engine-oil-pressure-sensor onset",
      "updated active-trouble-code engine-oil-pressure-sensor onset",
      "updated active-trouble-code engine-oil-pressure-sensor onset",
    ]);
    expect(new Set(findings.map(({ findingId }) => findingId)).size).toBe(2);
  });

  test("has a signal for every parameter that the recordings hold, not available ones too", () => {
    const { signals } = dictionaryOfPlan(plan);
    const planned = new Set(signals.map(({ spn, sa }) => `${spn}@${sa}`));
    const launcher = resolve(import.meta.dirname, "../../bin/firebreak.js");
    for (const log of ["maniLog", "noStartInGear1", "tractoron10seconds"]) {
      const file = sharedData(`can/jd5055e_${log}.log`);
      if (file === undefined) return;
      const args = [launcher, "decode", "--all", "--summary", file];
      const summary = execFileSync(process.execPath, args, { encoding: "utf8" });
      const heard = Object.keys((JSON.parse(summary) as { signals: object }).signals);
      expect(heard.length).toBeGreaterThan(50);
      expect(heard.filter((key) => !planned.has(key))).toEqual([]);
    }
  });
});

describe("the J1939 signals of the plans", () => {
  const j1939Of = (id: string) =>
    Object.entries(loadPlan(id).acquisition.signals).flatMap(([name, { j1939, ...rest }]) =>
      j1939 ? [{ name, j1939, ...rest }] : [],
    );
  // An electric machine has none.
  const spoken = listPlans().filter((id) => j1939Of(id).length > 0);

  test.each(spoken)("%s agrees with the facts that `firebreak decode` uses", (id) => {
    const ofBus = j1939Of(id);
    expect(ofBus.length).toBeGreaterThan(5);
    for (const { name, j1939, scale, offset, range, unit } of ofBus) {
      const { spn, pgn, startByte, startBit, bits, coding } = j1939;
      const fact = factOfSpn(spn);
      expect(name).toMatch(new RegExp(`^${fact?.signal}(FromSa\\d+)?$`));
      expect({ pgn, startByte, startBit, bits, kind: coding, scale, offset, range, unit }).toEqual({
        pgn: fact?.pgn,
        startByte: fact?.startByte,
        startBit: fact?.startBit,
        bits: fact?.bits,
        kind: fact?.kind,
        scale: fact?.scale,
        offset: fact?.offset,
        range: [fact?.min, fact?.max],
        unit: fact?.unit,
      });
    }
  });
});

describe("the pump truck's plan on its Modbus signals", () => {
  const plan = loadPlan("concrete-pump-truck");
  /** Three cycles of 50 s pumping and 15 s standing, the S-valve turning in `shiftMs`. */
  const cycles = (shiftMs: number, accumulatorBar: number) =>
    every(1, [0, 195], (at) => at).flatMap((at: number) => {
      const isPumping = at % 65 < 50;
      return [
        { at, signal: "engineSpeed", value: isPumping ? 1550 : 1100 },
        { at, signal: "strokesPerMinute", value: isPumping ? 21 : 0 },
        { at, signal: "sValveShiftTime", value: shiftMs },
        { at, signal: "accumulatorPressure", value: at % 3 === 0 ? accumulatorBar : 185 },
      ];
    });
  const findings = (shiftMs: number, accumulatorBar: number) =>
    judgeOf(createRuleEngine({ planOf: () => plan }), plan)
      .say(cycles(shiftMs, accumulatorBar))
      .map(brief);

  test("is silent on a healthy S-valve, the dip of each shift included", () => {
    expect(findings(250, 95)).toEqual([]);
  });

  test("finds a slow S-valve within the first pumping", () => {
    expect(findings(450, 170)).toEqual(["raised s-valve-slow accumulator-precharge-loss onset"]);
  });
});

describe("test cases of the plans", () => {
  test.each(listPlans())("%s finds what it should", async (plan) => {
    const results = await runTestCases(plan);
    expect(results.length).toBeGreaterThan(0);
    for (const { name, differences } of results) expect(differences, name).toEqual([]);
  });
});

describe("firebreak plan", () => {
  const out: string[] = [];
  const run = async (...args: string[]): Promise<string> => {
    out.length = 0;
    process.exitCode = undefined;
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
    vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    await create().parseAsync(args, { from: "user" });
    return out.join("");
  };
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  /** A copy of a plan's folder, with one piece of its plan changed. */
  function copyOf(from: string, to: string): string {
    const folder = join(mkdtempSync(join(tmpdir(), "firebreak-plan-")), "loader-tractor");
    cpSync(join(planFileOf("loader-tractor"), ".."), folder, { recursive: true });
    const file = join(folder, "plan.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
    return folder;
  }

  test("check says ok of every plan, with the regions of the demonstration, exit 0", async () => {
    const text = await run("check", "--organisation", demoOrganisationFile);
    const lines = text.trimEnd().split("\n");
    const each = listPlans().map((id) => expect.stringMatching(new RegExp(`${id}/plan.yaml: ok$`)));
    expect(lines).toEqual(each);
    expect(process.exitCode).toBeUndefined();
  });

  test("check names line and column, exit 78", async () => {
    const folder = copyOf("severity: critical", "severity: fatal");
    const lines = readFileSync(join(folder, "plan.yaml"), "utf8").split("\n");
    const line = lines.findIndex((text) => text.includes("severity: fatal")) + 1;
    expect(await run("check", folder)).toContain(
      `plan.yaml:${line}:17: rules.rules[2].severity: must be one of info, warning, critical, not "fatal"\n`,
    );
    expect(process.exitCode).toBe(78);
  });

  test("check goes on after a plan that is not there, exit 78", async () => {
    const text = await run("check", "nowhere", "loader-tractor");
    expect(text).toMatch(/nowhere:1:1: no such plan.*\n.*loader-tractor.*: ok\n/);
    expect(process.exitCode).toBe(78);
  });

  test("test passes, exit 0", async () => {
    expect(await run("test", "loader-tractor")).toMatch(/\d+ passed, 0 failed\n$/);
    expect(process.exitCode).toBeUndefined();
  });

  test("test tells what differs, exit 1", async () => {
    const text = await run("test", copyOf("above: 1200", "above: 1400"));
    expect(text).toContain("FAIL loader-tractor/raced-while-cold\n     missing: ");
    expect(process.exitCode).toBe(1);
  });

  test("test tells of an unreadable expectation, exit 1", async () => {
    const folder = copyOf("", "");
    writeFileSync(join(folder, "testcases/healthy-idle/expected.json"), "[]");
    expect(await run("test", folder)).toContain('expected.json must hold {"findings": [...]}');
    expect(process.exitCode).toBe(1);
  });
});

describe("compare", () => {
  const finding = {
    phase: "raised",
    ruleId: "a",
    failureMode: "m",
    subject: "",
    at: "t",
  } as Finding;

  test.each([
    { name: "nothing where both agree", expected: [{ phase: "raised" }], found: [finding], is: [] },
    {
      name: "another value",
      expected: [{ phase: "cleared" }],
      found: [finding],
      is: ["finding 1, phase: expected cleared, found raised"],
    },
    {
      name: "too much",
      expected: [],
      found: [finding, { ...finding, subject: "s" }],
      is: ["unexpected: raised m by a at t", "unexpected: raised m (s) by a at t"],
    },
    { name: "too little", expected: [{ ruleId: "b" }], found: [], is: ['missing: {"ruleId":"b"}'] },
  ] as const)("tells $name", ({ expected, found, is }) => {
    expect(compare(expected, found)).toEqual(is);
  });
});
