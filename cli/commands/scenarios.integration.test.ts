import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli, temporaryFolder } from "../../test/product.fixture.ts";
import type { ScenarioReport } from "./simulate/scenario/scenario-report.ts";

const ofCode = "faultCode: engine-coolant-temperature-sensor, kind: inspection, trigger: dtc";
const small = `
scenario: small
title: Two control units name a code for an hour; links are cut meanwhile
seed: 1
from: 2026-05-11T06:00:00+08:00
hours: 1
stepMinutes: 20
machines:
  - group: STEADY
    plan: concrete-pump-truck
    body: ignition-on
    codes: [{ sa: 0, spn: 110, fmi: 3, fromHour: 0.2 }]
  - group: FLAPPING
    plan: concrete-pump-truck
    body: ignition-on
    codes: [{ sa: 0, spn: 110, fmi: 3, fromHour: 0.2, flaps: { onSeconds: 30, offSeconds: 30 } }]
events:
  - { event: links-cut, atHour: 0.4 }
conditions:
  - { condition: one-ticket-each, group: STEADY, ${ofCode} }
  - { condition: one-ticket-each, group: FLAPPING, occurrences: 48, ${ofCode} }
  - { condition: all-found }
  - { condition: no-false-tickets }
`;

const assumed = "source: of the test }";
const habits = `{ telemetry: true, stock: { hq: { FB-CP-MP-01: 1 } }, restockDays: { value: 90, ${assumed}, stockSource: of the test`;
/** The pump fails on the first day; its new one lies at headquarters in the same town as the station. */
const served = `
scenario: served
title: A worn pump is found, its part fetched and fitted, and the machine is whole again
seed: 4
from: 2026-05-11T06:00:00+08:00
hours: 36
stepMinutes: 240
look: { stretchMinutes: 2, rowSeconds: 5, wellHours: 1, faultyHours: 0.5, coarseSeconds: 10 }
machines:
  - group: WORN
    plan: concrete-pump-truck
    home: { customerId: C-001, siteId: S-002, regionId: hunan, stationId: changsha, lat: 28.2, lon: 113, spreadKm: 20 }
    faults: [{ fault: main-pump-wears, atHour: 0, lifeHours: 3 }]
organisations:
  - ${habits}, name: somebody, title: { en: somebody, zh-CN: 有人 }, people: { triage: true, suggests: true, ${[
    ...["callHours", "assignHours", "departHours", "diagnoseHours", "approveHours", "sendHours"],
  ]
    .map((name) => `${name}: { value: 0, ${assumed}`)
    .join(", ")}, roadKmPerHour: { value: 60, ${assumed} } }
conditions:
  - { condition: all-found }
  - { condition: figure, of: somebody, figure: waitingShare, atLeast: 1 }
  - { condition: figure, of: somebody, figure: corePartsHours, atMost: 24 }
  - { condition: figure, of: somebody, figure: downtimeHours, atMost: 26 }
`;

async function play(text: string, name = "small") {
  const file = join(temporaryFolder("scenario"), `${name}.yaml`);
  writeFileSync(file, text);
  const { code, stdout, stderr } = await runCli([
    ...["simulate", "--scenario", file, "--report", "json"],
  ]);
  return { code, stderr, report: JSON.parse(stdout || "null") as ScenarioReport | null };
}

describe("firebreak simulate --scenario", () => {
  test("a hub of its own, in simulated time, is judged by the truth, though links were cut", async () => {
    const { code, stderr, report } = await play(small);
    expect(stderr).toBe("");
    expect(report).toMatchObject({ simulated: true, isPassed: true, false: [], missed: [] });
    expect(report?.found.map(({ openedAt }) => openedAt?.slice(0, 10))).toEqual([
      "2026-05-10",
      "2026-05-10",
    ]);
    expect(code).toBe(0);
  });

  test("people of an organisation find, fetch and fit what is wrong, all by orders that the hub takes", async () => {
    const { code, stderr, report } = await play(served, "served");
    expect(stderr).toBe("");
    expect(report?.conditions.filter(({ isMet }) => !isMet)).toEqual([]);
    expect(report?.organisations[0]?.refused).toEqual({});
    expect(code).toBe(0);
  });

  test("usage and files: 2 for a name that is none, 78 with every mistake of a file", async () => {
    const [unknown, broken] = await Promise.all([
      runCli(["simulate", "--scenario", "as-0", "--report", "xml"]),
      play(small.replace("seed: 1", "seed: -1").replace("hours: 1", "hours: long")),
    ]);
    expect([unknown.code, broken.code]).toEqual([2, 78]);
    expect(unknown.stderr).toMatch(/--scenario.*as-1, [\s\S]*--report/);
    expect(broken.stderr).toMatch(/:4:7: seed[\s\S]*:6:8: hours/);
  });
});

const isSoak = process.env.FIREBREAK_SOAK === "1";

describe.skipIf(!isSoak)("the scenarios that come along", () => {
  test.each([
    { name: "AS-1: a bearing gets hotter, one repair ticket by itself", scenario: "as-1" },
    {
      name: "AS-2: a month's warning, and what is repaired in time does not fail",
      scenario: "as-2",
    },
    { name: "AS-3: telephone and paper, and telemetry, on one fleet", scenario: "as-3" },
    { name: "AS-5: a surveyed peak, inspections before and after it", scenario: "as-5" },
    { name: "AS-6: the centre's only pump to one, headquarters' to the other", scenario: "as-6" },
    { name: "AS-14: offline for 6 h, everything stored once and one ticket", scenario: "as-14" },
    { name: "AS-15: a code at 1 Hz for a day on 100 machines, 100 tickets", scenario: "as-15" },
    {
      name: "AS-16: a rule tuned too tight becomes advisory, a safety rule not",
      scenario: "as-16",
    },
    { name: "AS-17: a rainy season raises the forecast, and the plan says why", scenario: "as-17" },
    { name: "AS-18: the hub killed mid-stream, the same tickets and clocks", scenario: "as-18" },
  ])("$name", async ({ scenario }) => {
    const { code, stdout } = await runCli(["simulate", "--scenario", scenario]);
    expect(stdout).toContain("passed");
    expect(code).toBe(0);
  });
});
