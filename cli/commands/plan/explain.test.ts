import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OpenedPlan, openPlan, planFileOf } from "@firebreak/plans/load-plans.ts";
import { demoOrganisationFile } from "@firebreak/tickets/organisation/load-organisation-file.ts";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { create } from "../plan.ts";
import { type AskedPlace, choosePlace } from "./choose-place.ts";
import { explainPlan } from "./explanation.ts";
import { type KnownOrganisation, organisationOfFile } from "./known-organisation.ts";

const pump = "trailer-concrete-pump";
/** Commitments of the demonstration hold. */
const nowMs = Date.parse("2026-06-01T00:00:00Z");

/** A copy of the trailer pump's plan with a change. */
function copyOf(from: string, to: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), "firebreak-explain-")), pump);
  cpSync(join(planFileOf(pump), ".."), folder, { recursive: true });
  const file = join(folder, "plan.yaml");
  const text = readFileSync(file, "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return folder;
}

/** The demonstration's organisation with a change. */
function organisationWith(from: string, to: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "firebreak-explain-")), "organisation.yaml");
  const text = readFileSync(demoOrganisationFile, "utf8");
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  return file;
}

/** `line:column` at which a text stands in a file. */
function spotOf(file: string, text: string): string {
  const before = readFileSync(file, "utf8").split(text)[0] ?? "";
  const lines = before.split("\n");
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

describe("firebreak plan explain", () => {
  let out: string[] = [];
  let told: string[] = [];
  beforeEach(() => {
    out = [];
    told = [];
    process.exitCode = undefined;
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
    vi.spyOn(process.stderr, "write").mockImplementation((text) => told.push(String(text)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  const run = async (...args: string[]): Promise<string> => {
    await create().parseAsync(args, { from: "user" });
    return out.join("");
  };
  const explain = (...args: string[]) => run("explain", ...args);
  const inPump = (text: string) => `plans/${pump}/plan.yaml:${spotOf(planFileOf(pump), text)}`;

  test("says in plain words what holds in a place, and which line of which layer says so", async () => {
    const text = await explain(pump, "--region", "south", "--segment", "railway");
    const uplift = inPump("1 }\n  failureModes");
    expect(text).toContain(`region south     marketStage, stockFactor  ${inPump("south: { m")}`);
    expect(text).toContain(`segment railway  slaUplift                 ${inPump("railway: {")}`);
    expect(text).toMatch(
      new RegExp(
        `general faults answered within +4 h +<- segment railway serves it as more urgent, ${uplift}`,
      ),
    );
    expect(text).toMatch(
      new RegExp(`stock, times the upper demand +1.2 +<- region south, ${inPump("1.2 }")}`),
    );
    // What the plan says itself has no arrow.
    expect(text).toMatch(/inspected in months after handover +1, 3, 6, 12\n/);
    expect(process.exitCode).toBeUndefined();
  });

  test("without a place it is the plan itself", async () => {
    const text = await explain(pump);
    expect(text).not.toContain("<-");
    expect(text).toContain("Nothing is laid over the plan there.");
    expect(text).toContain(
      "The plan speaks of regions south, southwest; segments railway, urban_construction.",
    );
  });

  test("--json is one object with the whole resolved section", async () => {
    const { service } = JSON.parse(
      await explain("asphalt-paver", "--region", "xinjiang", "--json"),
    );
    expect(service.preventive.peak).toEqual({ leadDays: 30, afterDays: 14 });
    expect(service).not.toHaveProperty("regionOverrides");
    expect(Object.keys(service.failureModes).length).toBeGreaterThan(5);
  });

  test("exit 2 for a place that there is not, and those that there are", async () => {
    await explain(pump, "--region", "suoth");
    expect(told.join("")).toContain(
      'there is no region "suoth"; did you mean "south"? there are beijing, central, east,',
    );
    expect(out).toEqual([]);
    expect(process.exitCode).toBe(2);
  });

  test("a broken plan is refused with every mistake, and so is a region that the named tree lacks", async () => {
    const folder = copyOf("stockFactor: 1.2", "stockFactor: 99");
    await expect(explain(folder)).rejects.toMatchObject({
      code: "BAD_CONFIGURATION",
      message: expect.stringContaining("must be a number from 0.1 to 10, not 99"),
    });
    const moon = copyOf("south: { market", "moon: { market");
    expect(await explain(moon)).toContain("regions moon, southwest");
    const own = organisationWith("regions:", "regions:");
    const lacks = 'service.regionOverrides.moon: there is no region "moon"';
    await expect(explain(moon, "--organisation", own)).rejects.toMatchObject({
      code: "BAD_CONFIGURATION",
      message: expect.stringContaining(lacks),
    });
    expect(await run("check", moon, "--organisation", own)).toContain(lacks);
    expect(process.exitCode).toBe(78);
  });

  test.each([
    { name: "two sources at once", args: ["--data", ".", "--organisation", "x.yaml"] },
    { name: "a file that is not there", args: ["--organisation", "nowhere.yaml"] },
    { name: "a folder without a hub", args: ["--data", tmpdir()] },
  ])("refuses $name", async ({ args }) => {
    await expect(explain(pump, ...args)).rejects.toMatchObject({ code: "BAD_CONFIGURATION" });
  });
});

describe("the place that is meant", () => {
  let truck: OpenedPlan;
  let demo: KnownOrganisation;
  beforeAll(() => {
    truck = openPlan("concrete-pump-truck");
    demo = organisationOfFile();
  });
  const at = (asked: AskedPlace, organisation = demo) =>
    explainPlan(truck, choosePlace(asked, { plan: truck.plan, organisation, nowMs }), organisation);

  test("a region stands below those above it", () => {
    expect(at({ region: "hunan" }).place.regionIds).toEqual(["central", "hunan"]);
  });

  test("a customer brings his segment, the region of his machines and the commitment of today", () => {
    const { place, layers, times } = at({ customer: "C-001" });
    expect(place).toEqual({
      regionIds: ["central", "hunan"],
      segment: "urban_construction",
      customerId: "C-001",
      commitmentId: "SC-001",
    });
    expect(layers.map(({ layer, of }) => `${layer} ${of}`)).toEqual([
      "segment urban_construction",
      "commitment SC-001",
    ]);
    const overrides = spotOf(demoOrganisationFile, "slaOverrides: [{");
    expect(times).toContainEqual({
      priority: "emergency",
      kind: "arrival",
      minutes: 480,
      by: "clock",
      from: {
        layer: "commitment",
        of: "SC-001",
        at: `tickets/organisation/demo-organisation.yaml:${overrides}`,
      },
    });
  });

  test("a machine brings its customer, and what is named itself goes before", () => {
    const { place } = at({ machine: "PUMP-001", region: "south", segment: "railway" });
    expect(place).toMatchObject({ regionIds: ["south"], segment: "railway", customerId: "C-001" });
  });

  test("a commitment's own months are told with the line of the organisation's file", () => {
    const own = organisationWith(
      "    slaProfile: standard\n",
      "    slaProfile: standard\n    inspectionMonths: [2, 8]\n",
    );
    const { values } = at({ customer: "C-002" }, organisationOfFile(own));
    const months = values.find(({ name }) => name === "inspectionMonths");
    expect(months).toMatchObject({ value: [1, 2, 8], from: { layer: "commitment", of: "SC-002" } });
    expect(months?.from.at).toMatch(new RegExp(`:${spotOf(own, "inspectionMonths: [2")}$`));
  });

  test.each<{ name: string; asked: AskedPlace; says: string }>([
    {
      name: "a segment that there is not",
      asked: { segment: "trains" },
      says: 'there is no segment "trains"; there are highway, municipal, other, railway,',
    },
    {
      name: "a customer that there is not",
      asked: { customer: "X" },
      says: 'there is no customer "X"; there are C-001, C-002,',
    },
    {
      name: "a machine that there is not",
      asked: { machine: "PUMP-9" },
      says: 'there is no machine "PUMP-9"; there are LOADER-001,',
    },
    {
      name: "a machine of another type",
      asked: { machine: "LOADER-001" },
      says: "LOADER-001 is a loader_tractor, which the plan concrete-pump-truck is not for",
    },
    {
      name: "a machine of somebody else",
      asked: { machine: "PUMP-001", customer: "C-002" },
      says: "PUMP-001 belongs to C-001, not to C-002",
    },
  ])("refuses $name, and says what there is", ({ asked, says }) => {
    expect(() => at(asked)).toThrow(says);
  });

  test("asks which when a customer has machines in several regions, or several commitments", () => {
    const elsewhere = (change: Partial<KnownOrganisation["machines"][number]>) => ({
      ...demo,
      machines: demo.machines.map((one) =>
        one.machineId === "PUMP-002" ? { ...one, customerId: "C-001", ...change } : one,
      ),
    });
    expect(() => at({ customer: "C-001" }, elsewhere({}))).toThrow(
      "C-001 has machines of this type in hunan, southwest; say with --region which, or name a --machine",
    );
    const near = elsewhere({ regionId: "hunan" });
    const commitments = near.commitments.map((one) => ({ ...one, customerId: "C-001" }));
    const both = { ...near, commitments };
    expect(() => at({ customer: "C-001" }, both)).toThrow(
      "(SC-001 for PUMP-001, LOADER-101; SC-002 for PUMP-002): name a --machine",
    );
    expect(at({ machine: "PUMP-002" }, both).place.commitmentId).toBe("SC-002");
  });
});
