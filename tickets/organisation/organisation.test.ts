import { Compile } from "typebox/compile";
import { describe, expect, test } from "vitest";
import { checkDraft } from "./check-draft.ts";
import { needsHumanFollowUp } from "./customer.ts";
import { emptyDraft, nothingKnown, type OrganisationDraft } from "./draft.ts";
import { certifiedFor, Engineer, type EngineerFile, placeOf } from "./engineer.ts";
import { flyingSquad } from "./flying-squad.fixture.ts";
import { stationInCharge } from "./load-organisation.ts";
import { readOrganisationFile } from "./load-organisation-file.ts";
import {
  countsAsInstalled,
  type MachineFile,
  machineStates,
  mayBecome,
  serialKeyOf,
} from "./machine-file.ts";
import { parseOrganisationFile } from "./organisation-file.ts";
import type { PlanOverride } from "./plan-override.ts";
import { isKeyRegion, mayHangBelow, regionPathOf, regionsById } from "./region.ts";

const at = "2026-03-01T08:00:00.000Z";
const demo = readOrganisationFile(at);
const regions = regionsById(demo.draft.regions);

const faultsOf = (draft: Partial<OrganisationDraft>, known = nothingKnown) =>
  checkDraft({ ...emptyDraft, ...draft }, known).map(({ kind, index, field }) => [
    kind,
    index,
    field,
  ]);

const machine = (facts: Partial<MachineFile> = {}): MachineFile => ({
  machineId: "M-1",
  serialNumber: "SN-1",
  productType: "concrete_pump_truck",
  state: "commissioning",
  regionId: "south",
  demonstrationSite: false,
  peakPeriods: [],
  ...facts,
});
const known = { ...nothingKnown, regions };

const engineer = demo.draft.engineers[0] as EngineerFile;

describe("regions", () => {
  test.each([
    ["south", true],
    ["beijing", true],
    ["north", true],
    ["east", true],
    ["central", true],
    ["southwest", true],
    ["xinjiang", false],
    ["northeast", false],
    ["hunan", false],
    ["fujian", false],
    ["northwest", false],
  ])("O-25: %s is a key region: %s", (regionId, isKey) => {
    expect(isKeyRegion(regionPathOf(regions, regionId))).toBe(isKey);
  });

  test("RE-1: the leaf overrides the parent, and a leaf that says nothing is as its parent", () => {
    const silent = new Map(regions).set("shenzhen", {
      regionId: "shenzhen",
      parentId: "south",
      name: { en: "Shenzhen", "zh-CN": "深圳" },
    });
    expect(isKeyRegion(regionPathOf(silent, "shenzhen"))).toBe(true);
    expect(regionPathOf(silent, "hunan").map(({ regionId }) => regionId)).toEqual([
      "central",
      "hunan",
    ]);
    expect(mayHangBelow(regions, "central", "hunan")).toBe(false);
    expect(mayHangBelow(regions, "hunan", "south")).toBe(true);
  });

  test("E5: a region with a time zone that does not exist is refused", () => {
    const regions = ["Asia/Kathmandu", "Mars/Olympus"].map((zone, at) => ({
      ...{ regionId: `r${at}`, name: { en: "r", "zh-CN": "r" }, zone },
    }));
    expect(faultsOf({ regions })).toEqual([["regions", 1, "zone"]]);
  });

  test("RE-1: a circle of regions is refused", () => {
    const name = { en: "x", "zh-CN": "x" };
    const circle = [
      { regionId: "a", parentId: "b", name },
      { regionId: "b", parentId: "a", name },
    ];
    expect(faultsOf({ regions: circle })).toEqual([
      ["regions", 0, "parentId"],
      ["regions", 1, "parentId"],
    ]);
  });
});

describe("engineers", () => {
  test("EN-2: an expired certificate removes the skill, on the day after its last", () => {
    const one = {
      ...engineer,
      certifications: [{ productType: "concrete_pump_truck", validUntil: "2026-03-01" }],
    };
    expect(certifiedFor(one, "2026-03-01")).toEqual(["concrete_pump_truck"]);
    expect(certifiedFor(one, "2026-03-02")).toEqual([]);
  });

  test("EN-4: the flying squad takes seniors and experts only", () => {
    const { stationId } = engineer;
    const there = { ...nothingKnown, stations: new Map([[stationId, stationId]]) };
    const levels = (["junior", "intermediate", "senior", "expert"] as const).map(
      (level, index) => ({
        ...engineer,
        engineerId: `E-${index}`,
        level,
        flyingSquad: true,
      }),
    );
    expect(faultsOf({ engineers: levels }, there)).toEqual([
      ["engineers", 0, "level"],
      ["engineers", 1, "level"],
    ]);
  });

  test("EN-5: a position of more than 60 minutes ago falls back to the station", () => {
    const nowMs = Date.parse(at);
    const place = { lat: 1, lon: 2 };
    const seen = (minutes: number) => ({
      position: { lat: 3, lon: 4, at: new Date(nowMs - minutes * 60_000).toISOString() },
      stationLocation: place,
    });
    expect(placeOf(seen(60), nowMs)).toEqual({ lat: 3, lon: 4 });
    expect(placeOf(seen(61), nowMs)).toEqual(place);
    expect(placeOf({ stationLocation: place }, nowMs)).toEqual(place);
  });

  test("O-20: the fixture has ten members, and each is one", () => {
    const valid = Compile(Engineer);
    expect(flyingSquad).toHaveLength(10);
    expect(flyingSquad.filter((one) => !valid.Check(one))).toEqual([]);
  });
});

describe("machines", () => {
  test("MA-1: a serial number is one however it is typed, and belongs to one machine", () => {
    expect(serialKeyOf("ｆｂ－１２ 3")).toBe(serialKeyOf("FB-123"));
    const twins = [machine(), machine({ machineId: "M-2", serialNumber: "sn- 1" })];
    expect(faultsOf({ machines: twins }, known)).toEqual([["machines", 1, "serialNumber"]]);
    const taken = { ...known, serials: new Map([["SN-1", "M-0"]]) };
    expect(faultsOf({ machines: [machine()] }, taken)).toEqual([["machines", 0, "serialNumber"]]);
  });

  test("MA-2: a gateway has one machine, until that one gives it up in the same draft", () => {
    const gateways = { ...known, gateways: new Map([["G-1", "M-0"]]) };
    const wants = machine({ gatewayId: "G-1" });
    expect(faultsOf({ machines: [wants] }, gateways)).toEqual([["machines", 0, "gatewayId"]]);
    const gives = machine({ machineId: "M-0", serialNumber: "SN-0" });
    expect(faultsOf({ machines: [gives, wants] }, gateways)).toEqual([]);
    expect(
      faultsOf(
        {
          machines: [
            machine({ gatewayId: "G-2" }),
            { ...wants, machineId: "M-3", serialNumber: "SN-3", gatewayId: "G-2" },
          ],
        },
        known,
      ),
    ).toEqual([["machines", 1, "gatewayId"]]);
  });

  test("MA-3: without a handover date a machine does not enter service", () => {
    expect(faultsOf({ machines: [machine({ state: "in_service" })] }, known)).toEqual([
      ["machines", 0, "handoverAt"],
    ]);
    const handed = machine({ state: "in_service", handoverAt: "2026-03-01" });
    expect(faultsOf({ machines: [handed] }, known)).toEqual([]);
  });

  test("MA-4: hours never go back", () => {
    const meter = (readingHours: number, offsetHours = 0) => ({
      readingHours,
      offsetHours,
      at,
      replacements: [],
    });
    const before = { ...known, machines: new Map([["M-1", machine({ meter: meter(100) })]]) };
    expect(faultsOf({ machines: [machine({ meter: meter(99) })] }, before)).toEqual([
      ["machines", 0, "operatingHours"],
    ]);
    expect(faultsOf({ machines: [machine({ meter: meter(1, 100) })] }, before)).toEqual([]);
  });

  test("MA-5: what is retired or scrapped is no installed base, and scrapped is the end", () => {
    expect(machineStates.filter(countsAsInstalled)).toEqual([
      "commissioning",
      "in_service",
      "standby",
      "under_repair",
    ]);
    expect(machineStates.filter((state) => mayBecome("scrapped", state))).toEqual(["scrapped"]);
    expect(mayBecome("in_service", "under_repair")).toBe(true);
    expect(mayBecome("retired", "in_service")).toBe(false);
    expect(mayBecome("commissioning", "standby")).toBe(false);
  });

  test("a site of another customer is refused", () => {
    const places = {
      ...known,
      customers: new Set(["C-1", "C-2"]),
      sites: new Map([["S-1", "C-1"]]),
    };
    const there = (customerId: string) => machine({ customerId, siteId: "S-1" });
    expect(faultsOf({ machines: [there("C-2")] }, places)).toEqual([["machines", 0, "siteId"]]);
    expect(faultsOf({ machines: [there("C-1")] }, places)).toEqual([]);
  });
});

describe("plan overrides", () => {
  const override = { overrideId: "O-1", planId: "P", regionId: "hunan", reason: "why" };
  const months = { ...override, calendarMonths: [2] };
  const known = { ...nothingKnown, regions };
  const fieldsOf = (overrides: PlanOverride[], there = known) => faultsOf({ overrides }, there);

  test("one place, something changed, and one override of a plan in a place", () => {
    const { regionId: _, ...nowhere } = months;
    expect(fieldsOf([months])).toEqual([]);
    expect(fieldsOf([{ ...nowhere, segment: "railway" }])).toEqual([]);
    expect(fieldsOf([override])).toEqual([["overrides", 0, "calendarMonths"]]);
    expect(fieldsOf([nowhere])).toEqual([["overrides", 0, "regionId"]]);
    expect(fieldsOf([{ ...months, segment: "railway" }])).toEqual([["overrides", 0, "regionId"]]);
    expect(fieldsOf([{ ...months, regionId: "atlantis" }])).toEqual([["overrides", 0, "regionId"]]);
    const other = { ...months, overrideId: "O-2" };
    expect(fieldsOf([months, other])).toEqual([["overrides", 1, "planId"]]);
    const stored = { ...known, overrides: [months] };
    expect(fieldsOf([other], stored)).toEqual([["overrides", 0, "planId"]]);
    expect(fieldsOf([months, { ...other, planId: "Q" }], stored)).toEqual([]);
  });
});

describe("customers and commitments", () => {
  test("CU-1: customers of high value are called by a person", () => {
    expect(demo.draft.customers.map(needsHumanFollowUp)).toEqual([true, true, false, false]);
  });

  test("SC-1: two active commitments never hold for one machine on one day", () => {
    const [first] = demo.draft.commitments;
    if (!first) throw new Error("the demo has commitments");
    const other = {
      ...first,
      commitmentId: "SC-9",
      validFrom: first.validTo,
      validTo: "2031-01-01",
    };
    const there = { ...nothingKnown, customers: new Set([first.customerId]), commitments: [first] };
    const faults = (facts: object) => faultsOf({ commitments: [{ ...other, ...facts }] }, there);
    expect(faults({})).toEqual([["commitments", 0, "validFrom"]]);
    expect(faults({ validFrom: "2031-01-01" })).toEqual([]);
    expect(faults({ state: "draft" })).toEqual([]);
    expect(faults({ machineIds: ["M-9"] })).toEqual([]);
    expect(faults({ commitmentId: first.commitmentId })).toEqual([]);
  });
});

describe("stations", () => {
  const { stations } = demo.draft;
  test.each([
    { name: "the machine's own", stationId: "wuhan", region: "hunan", is: "wuhan" },
    { name: "one of its region", stationId: undefined, region: "hunan", is: "changsha" },
    { name: "one of the region above", stationId: undefined, region: "beijing", is: "changsha" },
    { name: "the first, when nothing is known", stationId: "gone", region: "", is: "changsha" },
  ])("in charge is $name", ({ stationId, region, is }) => {
    const path = regionPathOf(regions, region);
    expect(stationInCharge(stations, stationId, path).stationId).toBe(is);
  });

  test("ST-1: two stations never share one stock location", () => {
    const [one, two] = stations;
    if (!one || !two) throw new Error("the demo has stations");
    const both = [one, { ...two, stockLocationId: one.stockLocationId }];
    const there = { ...known, engineers: new Set(["E-001", "E-005"]) };
    expect(faultsOf({ stations: both }, there)).toEqual([["stations", 1, "stockLocationId"]]);
  });
});

describe("the demo file", () => {
  test("O-21: has headquarters and five regional centres", () => {
    const kinds = demo.draft.centres.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "hq")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "regional_centre")).toHaveLength(5);
  });

  test("has stations with coordinates, engineers, customers and machines with and without gateway", () => {
    const { stations, engineers, customers, machines } = demo.draft;
    expect(stations.filter(({ location }) => location).length).toBeGreaterThanOrEqual(3);
    expect(engineers).toHaveLength(12);
    expect(customers).toHaveLength(4);
    expect(machines.filter(({ gatewayId }) => gatewayId)).toHaveLength(3);
    expect(machines.filter(({ gatewayId }) => !gatewayId)).toHaveLength(2);
  });

  test("every mistake of a file comes at once, with line and column", () => {
    const text = `regions:
  - { regionId: south, name: { en: South, zh-CN: 南方 } }
  - { regionId: south, parentId: nowhere, name: { en: South, zh-CN: 南方 } }
centres: []
stations: []
engineers: []
customers: []
sites:
  - { siteId: S-1, regionId: west, projectName: p, majorProject: false, peakPeriods: [] }
machines:
  - machineId: M-1
    serialNumber: A
    productType: loader_tractor
    state: in_service
    regionId: south
    demonstrationSite: false
    peakPeriods: []
    installedParts:
      - { position: a, partNo: X, installedAt: "2026-01-01T00:00:00.000Z", installedAtHours: 0, source: default }
      - { position: a, partNo: X, installedAt: "2026-01-01T00:00:00.000Z", installedAtHours: 0, source: default }
commitments: []
`;
    let message = "";
    try {
      parseOrganisationFile({ file: "o.yaml", text }, at);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split("\n").map((row) => row.split(": ").slice(0, 2).join(" "))).toEqual([
      "o.yaml:3:17 regions[1].regionId",
      "o.yaml:3:34 regions[1].parentId",
      "o.yaml:9:30 sites[0].regionId",
      "o.yaml:11:5 machines[0].handoverAt",
      "o.yaml:20:21 machines[0].installedParts[1].position",
    ]);
  });
});
