import type { Dtc, Lamps } from "@firebreak/wire/machine-event.ts";
import { describe, expect, test } from "vitest";
import {
  amber,
  brief,
  codeRule,
  dark,
  dtc,
  every,
  inOrder,
  judgeOf,
  red,
  type Said,
  testPlan,
} from "../../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../../engine/rule-engine.ts";
import { activeDtc } from "./active-dtc.ts";

const plan = testPlan([codeRule]);
const judge = (...said: Said[][]) =>
  judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(inOrder(...said));

const dm1 =
  (dtcs: readonly Dtc[], lamps: Lamps = amber, sa = 0) =>
  (at: number): Said => ({ at, dtcs, lamps, sa });
const sensor = dm1([dtc(7, 4)]);
const none = dm1([]);

describe("activeDtc", () => {
  test.each([
    {
      name: "raises a code named three times over 1.5 s",
      said: [every(1, [0, 4], sensor)],
      is: ["raised code sensor onset 2"],
    },
    {
      name: "waits for the time as well as for the count",
      said: [every(0.5, [0, 1], sensor)],
      is: [],
    },
    {
      name: "waits for the count as well as for the time",
      said: [every(2, [0, 2], sensor)],
      is: [],
    },
    {
      name: "says nothing of one blink",
      said: [every(1, [0, 0], sensor), every(1, [1, 5], none)],
      is: [],
    },
    {
      name: "says nothing of a blink every other second",
      said: [every(2, [0, 8], sensor), every(2, [1, 9], none)],
      is: [],
    },
    { name: "says nothing of a lamp without a code", said: [every(1, [0, 9], none)], is: [] },
    {
      name: "says nothing of the codes that mean none",
      said: [every(1, [0, 9], dm1([dtc(0, 0), dtc(0x7ffff, 31)]))],
      is: [],
    },
    {
      name: "clears with the first DM1 that does not name it",
      said: [every(1, [0, 4], sensor), every(1, [5, 6], none)],
      is: ["raised code sensor onset 2", "cleared code sensor 5"],
    },
    {
      name: "counts an onset after absence",
      said: [every(1, [0, 3], sensor), every(1, [4, 4], none), every(1, [5, 8], sensor)],
      is: ["raised code sensor onset 2", "cleared code sensor 4", "raised code sensor onset 7"],
    },
    {
      name: "does not take silence for absence",
      said: [every(1, [0, 3], sensor), every(1, [12, 15], sensor)],
      is: ["raised code sensor onset 2"],
    },
    {
      name: "counts an onset after 5 s of unknown",
      said: [every(1, [0, 3], sensor), every(1, [13, 16], sensor)],
      is: ["raised code sensor onset 2", "updated code sensor onset 15"],
    },
    {
      name: "counts no messages across a silence",
      said: [every(1, [0, 1], sensor), every(1, [8, 9], sensor)],
      is: [],
    },
    {
      name: "keeps source addresses apart",
      said: [every(1, [0, 4], sensor), every(1, [0.5, 4.5], dm1([], dark, 3))],
      is: ["raised code sensor onset 2"],
    },
    {
      name: "knows a failure mode for any address",
      said: [every(1, [0, 4], dm1([dtc(7, 1)], amber, 9))],
      is: ["raised code too-high onset 2"],
    },
    {
      name: "knows a failure mode for its own address only",
      said: [every(1, [0, 4], dm1([dtc(7, 4)], amber, 9))],
      is: ["raised code uncatalogued onset 2"],
    },
    {
      name: "raises at once with a lit red stop lamp",
      said: [every(1, [0, 2], dm1([dtc(7, 1)], red))],
      is: ["raised code too-high onset 0"],
    },
    {
      name: "raises at once with a flashing red stop lamp",
      said: [every(1, [0, 0], dm1([dtc(7, 1)], { ...dark, redStop: "fast-flash" }))],
      is: ["raised code too-high onset 0"],
    },
    {
      name: "tells of a newly lit red stop lamp at once",
      said: [
        every(1, [0, 3], sensor),
        every(1, [4, 6], dm1([dtc(7, 4)], { ...dark, redStop: "slow-flash" })),
      ],
      is: ["raised code sensor onset 2", "updated code sensor 4"],
    },
    {
      name: "tells of other lamps and counts every 10 s",
      said: every(1, [0, 30], (at) => dm1([dtc(7, 4, at)], at % 2 ? amber : dark)(at)).map(
        (one) => [one],
      ),
      is: ["raised code sensor onset 2", "updated code sensor 12", "updated code sensor 22"],
    },
    {
      name: "tells of a lamp that goes out",
      said: [every(1, [0, 5], sensor), every(1, [6, 30], dm1([dtc(7, 4)], dark))],
      is: ["raised code sensor onset 2", "updated code sensor 12"],
    },
    {
      name: "tells of the red lamp that goes out",
      said: [every(1, [0, 5], dm1([dtc(7, 4)], red)), every(1, [6, 30], dm1([dtc(7, 4)], dark))],
      is: ["raised code sensor onset 0", "updated code sensor 10"],
    },
    {
      name: "tells of the malfunction lamp",
      said: [
        every(1, [0, 5], sensor),
        every(1, [6, 30], dm1([dtc(7, 4)], { ...amber, mil: "on" })),
      ],
      is: ["raised code sensor onset 2", "updated code sensor 12"],
    },
    {
      name: "tells of the protect lamp",
      said: [
        every(1, [0, 5], sensor),
        every(1, [6, 30], dm1([dtc(7, 4)], { ...amber, protect: "on" })),
      ],
      is: ["raised code sensor onset 2", "updated code sensor 12"],
    },
  ])("$name", ({ said, is }) => {
    expect(judge(...said).map(brief)).toEqual(is);
  });

  test("tells an unknown code apart by its code and address", () => {
    const found = judge(every(1, [0, 4], dm1([dtc(99, 4), dtc(98, 31, 127)], red)));
    expect(found.map(({ subject, severity }) => [subject, severity])).toEqual([
      ["SPN 99 FMI 4 SA 0", "critical"],
      ["SPN 98 FMI 31 SA 0", "critical"],
    ]);
    expect(found.map(({ evidence: [one] }) => one?.kind === "dtc" && one.oc)).toEqual([1, null]);
  });

  test("keeps a bounded number of codes", () => {
    const more = { codes: {}, overflow: 0 };
    const flood = Array.from({ length: 500 }, (_, spn) => dtc(spn + 1, 1));
    const prepared = activeDtc.prepare(codeRule, plan);
    activeDtc.event?.(
      prepared,
      { numbers: new Float64Array(0), at: 0, more },
      { timeNs: 0, dm1: { kind: "active-dtcs", timeNs: 0n, sa: 0, lamps: dark, dtcs: flood } },
      () => {},
    );
    expect(Object.keys(more.codes)).toHaveLength(64);
    expect(more.overflow).toBe(436);
  });

  test("forgets pending codes in a new epoch and has open ones confirmed again", () => {
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, plan);
    say(
      inOrder(every(1, [0, 3], dm1([dtc(7, 4)])), every(1, [0.5, 1.5], dm1([dtc(7, 1)], dark, 5))),
    );
    const next = { epoch: "2".repeat(32) };
    expect(say(every(1, [60, 61], dm1([dtc(7, 1)], dark, 5)), next)).toEqual([]);
    expect(say(every(1, [62, 64], sensor), next).map(brief)).toEqual([
      "updated code sensor onset 64",
    ]);
    expect(say([none(65)], { epoch: "3".repeat(32) }).map(brief)).toEqual([
      "cleared code sensor 65",
    ]);
  });
});
