import { describe, expect, test } from "vitest";
import { type Edit, edited, good, goodOfMeet, said } from "./broken-plans.fixture.ts";

describe("one mistake in a good plan", () => {
  test("the plans without the mistakes are good", () => {
    expect(said(good)).toEqual([]);
    expect(said(goodOfMeet)).toEqual([]);
  });

  test.each<{ name: string; edit: Edit; says: string[] }>([
    {
      name: "PL-1: no emergency service",
      edit: [
        "  emergency:\n    slaProfile: tiered_3\n    clocks:\n      - { clock: arrival, priority: major, targetMinutes: 480 }\n      - { clock: response, targetMinutes: 60 }\n",
        "",
      ],
      says: ['96:1 "emergency" is missing; add it'],
    },
    {
      name: "PL-1: a service level that does not exist",
      edit: ["slaProfile: tiered_3", "slaProfile: tiered_4"],
      says: [
        '100:17 must be one of tiered_3, standard, dealer_2h, four_by_24, not "tiered_4"; did you mean "tiered_3"?',
      ],
    },
    {
      name: "PL-1: a time looser than the service level",
      edit: ["targetMinutes: 480", "targetMinutes: 1500"],
      says: [
        "102:59 must be at most 1440, as profile tiered_3 promises for the arrival of major faults",
      ],
    },
    {
      name: "PL-1: a time for all priorities that is too long for emergencies",
      edit: ["clock: response, targetMinutes: 60", "clock: response, targetMinutes: 240"],
      says: [
        "103:43 must be at most 60, as profile tiered_3 promises for the response of emergency faults",
      ],
    },
    {
      name: "PL-1: a time looser than every customer's baseline",
      edit: [
        "{ clock: response, targetMinutes: 60 }",
        "{ clock: resolution, priority: general, targetMinutes: 4320 }",
      ],
      says: [
        "103:64 must be at most 2880, as the baseline promises for the resolution of general faults",
      ],
    },
    {
      name: "PL-1: one time given twice",
      edit: [
        "{ clock: response, targetMinutes: 60 }",
        "{ clock: arrival, priority: major, targetMinutes: 600 }",
      ],
      says: ["103:9 the arrival of major faults has a time already"],
    },
    {
      name: "PL-1: a time for planned work, which has a window instead",
      edit: ["priority: major, targetMinutes", "priority: planned, targetMinutes"],
      says: ['102:37 must be one of emergency, major, general, not "planned"'],
    },
    {
      name: "PL-2: no inspection in month 1",
      edit: ["calendarMonths: [1, 3, 6, 12]", "calendarMonths: [3, 6, 12]"],
      says: ["109:5 must contain 1: the inspection within one month after handover is fixed"],
    },
    {
      name: "PL-2: no inspection at all",
      edit: ["calendarMonths: [1, 3, 6, 12]", "calendarMonths: []"],
      says: [
        "109:5 must have at least 1 entries, has 0",
        "109:5 must contain 1: the inspection within one month after handover is fixed",
      ],
    },
    {
      name: "PL-3: another tier than the product has",
      edit: ["productType: test_pump", "productType: concrete_pump"],
      says: ["98:9 a concrete_pump is of tier above, not exceed"],
    },
    {
      name: "PL-3: premium services by segment, which only regions may add",
      edit: [
        "railway: { slaProfile: dealer_2h }",
        "railway: { slaProfile: dealer_2h, premium: { operatorTraining: true } }",
      ],
      says: [
        '158:39 unknown key "premium"; allowed are calendarMonths, peak, frequencyMultiplier, slaProfile, slaUplift, clocks, staffing',
      ],
    },
    {
      name: "PL-5: a rule without a fault code",
      edit: ["      failureMode: oil-pressure-low\n", ""],
      says: ['71:7 "failureMode" is missing; add it (kebab-case id)'],
    },
    {
      name: "PL-5: a rule with a fault code that is not there",
      edit: ["failureMode: oil-pressure-low", "failureMode: oil-pressure-lov"],
      says: ['80:20 there is no failure mode "oil-pressure-lov"; did you mean "oil-pressure-low"?'],
    },
    {
      name: "PL-5: a checklist of the inspection that is not there",
      edit: ["    checklist: inspection\n  intervals", "    checklist: inspections\n  intervals"],
      says: ['115:16 there is no checklist "inspections"; did you mean "inspection"?'],
    },
    {
      name: "PL-5: a checklist of a service that is not there",
      edit: ["      checklist: inspection\n      kit", "      checklist: month-end\n      kit"],
      says: ['122:18 there is no checklist "month-end"; there are inspection'],
    },
    {
      name: "PL-5: a part of a service kit that is not there",
      edit: ["- { partNo: FILTER-1, quantity: 1 }", "- { partNo: FILTER-2, quantity: 1 }"],
      says: [
        '124:21 there is no part in service.parts with number "FILTER-2"; did you mean "FILTER-1"?',
      ],
    },
    {
      name: "PL-5: a part of a repair that is not there",
      edit: [
        "partNo: FILTER-1, quantity: 1, probability",
        "partNo: VALVE-9, quantity: 1, probability",
      ],
      says: [
        '199:21 there is no part in service.parts with number "VALVE-9"; there are FILTER-1, PISTON-1',
      ],
    },
    {
      name: "PL-5: a step that measures at no position",
      edit: ["measures: piston", "measures: cylinder"],
      says: ['134:21 there is no position "cylinder"; there are oil-filter, piston'],
    },
    {
      name: "PL-6: a version that is no whole number",
      edit: ["version: 3", "version: 3.1"],
      says: ["3:10 must be a whole number of at least 1, not 3.1"],
    },
    {
      name: "PL-6: a version before the first",
      edit: ["version: 3", "version: 0"],
      says: ["3:10 must be a whole number of at least 1, not 0"],
    },
    {
      name: "PL-7: an override that loosens instead of tightening",
      edit: ["slaUplift: 1", "slaUplift: -1"],
      says: ["156:49 must be a whole number from 0 to 2, not -1"],
    },
    {
      name: "PL-7: an override of what regions may not change",
      edit: ["slaUplift: 1", "tier: above"],
      says: [
        '156:38 unknown key "tier"; allowed are calendarMonths, peak, frequencyMultiplier, slaProfile, slaUplift, clocks, staffing, premium, stockFactor, marketStage',
      ],
    },
    {
      name: "FC-1: a fault code that stands twice",
      edit: ["    oil-pressure-sensor:\n", "    oil-pressure-low:\n"],
      says: [
        '88:20 there is no failure mode "oil-pressure-sensor"; did you mean "oil-pressure-low"?',
        "202:5 oil-pressure-low is a name that is used above already",
      ],
    },
    {
      name: "FC-1: the fault code of what no plan knows",
      edit: ["    oil-pressure-sensor:\n", "    uncatalogued:\n"],
      says: [
        '88:20 there is no failure mode "oil-pressure-sensor"; did you mean "oil-pressure-low"?',
        '202:5 the name "uncatalogued" is reserved; choose another',
      ],
    },
    {
      name: "FC-2: a replacement without its part",
      edit: ["              partNo: FILTER-1\n              quantity: 1\n", ""],
      says: ['179:15 a replacement names its part: give "partNo"'],
    },
    {
      name: "FC-2: a replacement by a part that the machine does not have",
      edit: ["              partNo: FILTER-1", "              partNo: FILTER-7"],
      says: [
        '182:23 there is no part in service.parts with number "FILTER-7"; did you mean "FILTER-1"?',
      ],
    },
    {
      name: "FC-2: a repair that replaces a part",
      edit: ["procedureId: fill-oil\n", "procedureId: fill-oil\n              partNo: FILTER-1\n"],
      says: ["192:15 a repair replaces no part; remove it"],
    },
    {
      name: "FC-2: a remedy without a procedure",
      edit: ["              procedureId: fill-oil\n", ""],
      says: [
        '190:15 "procedureId" is missing; add it (kebab-case id of a procedure of the workshop manual)',
      ],
    },
    {
      name: "FC-3: a damaged part that is only repaired",
      edit: ["category: other", "category: part_damage"],
      says: [
        "220:21 a damaged part is replaced: give a remedy of kind replace, or another category",
      ],
    },
    {
      name: "FC-3: operator misuse that is put right by a part",
      edit: ["category: part_damage", "category: operator_misuse"],
      says: [
        "179:21 a cause of category operator_misuse is repaired, not replaced; write repair, or category part_damage",
      ],
    },
    {
      name: "FC-4: a trouble code of two entries",
      edit: ["fmis: [2, 3, 4, 5, 19]", "fmis: [2, 3, 4, 5, 18, 19]"],
      says: ['213:42 SPN 100 FMI 18 from source address 0 belongs to "oil-pressure-low" already'],
    },
    {
      name: "FC-4: a trouble code of any address beside one of a certain address",
      edit: ["fmis: [2, 3, 4, 5, 19], sa: 0", "fmis: [2, 3, 4, 5, 19, 18]"],
      says: ['213:46 SPN 100 FMI 18 from any source address belongs to "oil-pressure-low" already'],
    },
    {
      name: "FC-4: a broken sensor taken for a broken component",
      edit: ["fmis: [1, 17, 18]", "fmis: [1, 17, 18, 3]"],
      says: [
        "171:41 FMI 3 says that the measuring chain of SPN 100 is broken; move it to a failure mode of nature sensor",
        '213:33 SPN 100 FMI 3 from source address 0 belongs to "oil-pressure-low" already',
      ],
    },
    {
      name: "FC-4: an emergency code listed twice",
      edit: ["- { code: 8976, node: 5 }", "- { code: 8976, node: 5 }\n        - { code: 8976 }"],
      says: ['216:19 emergency 8976 belongs to "oil-pressure-sensor" already'],
    },
    {
      name: "FC-5: a state of review that does not exist",
      edit: [
        "priority: emergency\n      safetyRelated: false\n      origin: rnd\n      reviewState: approved",
        "priority: emergency\n      safetyRelated: false\n      origin: rnd\n      reviewState: reviewed",
      ],
      says: ['169:20 must be one of draft, approved, retired, not "reviewed"'],
    },
    {
      name: "FC-6: a frequent cause below a rare one",
      edit: ["observedCount: 2", "observedCount: 7"],
      says: [
        '188:26 was observed more often than "filter-clogged" above it; the most frequent cause stands first',
      ],
    },
    {
      name: "FC-6: half an observation",
      edit: ["observedCount: 2", "observedCount: 2.5"],
      says: ["188:26 must be a whole number of at least 0, not 2.5"],
    },
    {
      name: "the name of another folder",
      edit: ["plan: test-pump", "plan: testpump"],
      says: ['2:7 must be the name of its folder, "test-pump", not "testpump"'],
    },
    {
      name: "a rule of a signal that is not there",
      edit: ["signal: oilPressure\n      below", "signal: oilPresure\n      below"],
      says: ['75:15 there is no signal "oilPresure"; did you mean "oilPressure"?'],
    },
    {
      name: "a limit where no value counts",
      edit: ["below: 80", "below: 1080"],
      says: ['76:14 1080 is outside the range of "oilPressure" (0 to 1000), where no value counts'],
    },
    {
      name: "a limit below which there is nothing",
      edit: ["below: 80", "below: 0"],
      says: ['76:14 0 ends the range of "oilPressure" (0 to 1000), and no value beyond it counts'],
    },
    {
      name: "two conditions that no value fulfils",
      edit: [
        "- { signal: engineSpeed, above: 500 }",
        "- { signal: engineSpeed, above: 500 }\n        - { signal: engineSpeed, below: 400 }",
      ],
      says: ['63:11 "engineSpeed" must be above 500 already, so it is never below 400'],
    },
    {
      name: "a way back that is too far",
      edit: ["hysteresis: 30", "hysteresis: 930"],
      says: [
        '77:19 what is found would never end: the value had to come back to 1010, outside the range of "oilPressure" (0 to 1000)',
      ],
    },
    {
      name: "a context in which no machine ever is",
      edit: ["{ signal: engineSpeed, above: 500 }", "{ signal: engineSpeed, above: 50000 }"],
      says: ['62:41 no value in the range of "engineSpeed" (0 to 8031.875) is above 50000'],
    },
    {
      name: "a sensor error that leads to a component",
      edit: ["failureMode: oil-pressure-sensor", "failureMode: oil-pressure-low"],
      says: [
        '88:20 a sensor error must lead to a failure mode of nature sensor; "oil-pressure-low" is of nature component',
      ],
    },
    {
      name: "a trouble code that waits for a person",
      edit: ["minMessages: 3", "latched: true\n      minMessages: 3"],
      says: [
        '68:7 unknown key "latched"; allowed are id, about, severity, mode, kind, minMessages, holdSeconds, silenceSeconds',
      ],
    },
    {
      name: "what is neither critical nor safety-related and waits for a person",
      edit: [
        "signal: oilPressure\n      holdSeconds",
        "latched: true\n      signal: oilPressure\n      holdSeconds",
      ],
      says: [
        '85:16 only what is critical or safety-related waits for a person; this rule is of severity warning and "oil-pressure-sensor" is not safetyRelated',
      ],
    },
    {
      name: "what is critical and waits for a person",
      edit: [
        "signal: oilPressure\n      below",
        "latched: true\n      signal: oilPressure\n      below",
      ],
      says: [],
    },
    {
      name: "two signals of the same bits",
      edit: ["address: 2, type: uint16", "address: 1, type: uint16"],
      says: ['56:60 overlaps "strokeCount", which reads the same input register'],
    },
    {
      name: "two parts at one position",
      edit: ["position: piston", "position: oil-filter"],
      says: [
        '134:21 there is no position "piston"; there are oil-filter',
        "147:17 another part sits at this position",
      ],
    },
    {
      name: "a repair proved in a context that is not there",
      edit: ["verification: { context: running", "verification: { context: runing"],
      says: ['233:32 there is no context "runing"; did you mean "running"?'],
    },
    {
      name: "an hour meter that counts strokes",
      edit: ["hourMeter: hours", "hourMeter: strokeCount"],
      says: ['104:14 must be a signal in h; "strokeCount" is in count'],
    },
    {
      name: "a key that nothing reads",
      edit: ["  hourMeter: hours", "  hourmeter: hours"],
      says: ['104:3 unknown key "hourmeter"; did you mean "hourMeter"?'],
    },
  ])("$name", ({ edit, says }) => {
    expect(said(edited(good, edit))).toEqual(says);
  });
});
