import type { Finding } from "@firebreak/rules/finding.ts";
import { Check } from "typebox/value";
import { describe, expect, test } from "vitest";
import { Evidence } from "./evidence.ts";
import { orderOf, priorityOf, problemOf, rankCauses } from "./from-finding.ts";
import type { Ticket } from "./ticket.ts";
import { dtc, finding, plan, signal } from "./tickets.fixture.ts";

const modes = plan.service.failureModes;
const uncatalogued = (subject: string, facts: Partial<Finding> = {}) =>
  finding({ failureMode: "uncatalogued", subject, ...facts });

const opening = () => ({
  ticketId: "T-1",
  progressCode: "x".repeat(22),
  nowMs: Date.parse("2026-03-01T08:01:00Z"),
  context: { stationId: "changsha", regionId: "hunan", billable: false },
});

describe("evidence of a trouble code", () => {
  const onset = [
    { signal: "engineSpeed", unit: "rpm", value: 1450, quality: "good" as const, ageSeconds: 0.1 },
    {
      signal: "engineOilPressure",
      unit: "kPa",
      value: null,
      quality: "error" as const,
      ageSeconds: 0.04,
    },
  ];
  const life = {
    first: "2026-03-01T07:00:00.000Z",
    last: "2026-03-01T08:00:10.000Z",
    messages: 3600,
  };

  test("shows the snapshot of its onset and its life on the ticket, in the form that tickets keep", () => {
    const piece = { ...dtc(), onset, life, isUncertain: true as const };
    const { evidence } = problemOf(finding({ evidence: [piece] }), undefined);
    expect(evidence).toMatchObject([{ kind: "dtc", onset, life, isUncertain: true }]);
    expect(Check(Evidence, evidence[0])).toBe(true);
  });

  test("names an unknown emergency of a CANopen node as such", () => {
    const piece = { ...dtc(), network: 128, sa: 5, spn: 0x2310, fmi: 31 };
    const { title } = problemOf(
      finding({ failureMode: "uncatalogued", evidence: [piece] }),
      undefined,
    );
    expect(title.en).toBe("Unknown emergency 0x2310 from CANopen node 5");
  });
});

describe("priorityOf", () => {
  test.each([
    {
      name: "red stop",
      mode: "oil-pressure-sensor",
      evidence: [dtc({ redStop: "on" })],
      is: "emergency",
    },
    {
      name: "red stop blinking",
      mode: "oil-pressure-sensor",
      evidence: [dtc({ redStop: "fast-flash" })],
      is: "emergency",
    },
    {
      name: "red and amber",
      mode: "oil-pressure-sensor",
      evidence: [dtc({ redStop: "slow-flash", amberWarning: "on" })],
      is: "emergency",
    },
    {
      name: "amber",
      mode: "oil-pressure-sensor",
      evidence: [dtc({ amberWarning: "on" })],
      is: "major",
    },
    {
      name: "protect",
      mode: "oil-pressure-sensor",
      evidence: [dtc({ protect: "on" })],
      is: "general",
    },
    {
      name: "malfunction indicator",
      mode: "oil-pressure-sensor",
      evidence: [dtc({ mil: "on" })],
      is: "general",
    },
    { name: "no lamp", mode: "oil-pressure-sensor", evidence: [dtc({})], is: "general" },
    {
      name: "lamps that say nothing",
      mode: "oil-pressure-sensor",
      evidence: [dtc({ redStop: "not-available", amberWarning: "error" })],
      is: "general",
    },
    {
      name: "no lamp, but the plan says major",
      mode: "oil-pressure-low",
      evidence: [dtc({})],
      is: "major",
    },
    {
      name: "a signal, as the plan says",
      mode: "oil-pressure-low",
      evidence: [signal()],
      is: "major",
    },
    {
      name: "a signal the plan calls planned",
      mode: "brakes",
      evidence: [signal()],
      is: "planned",
    },
    {
      name: "the worst of several",
      mode: "oil-pressure-sensor",
      evidence: [dtc({}), dtc({ redStop: "on" })],
      is: "emergency",
    },
    {
      name: "unknown code, amber",
      mode: "uncatalogued",
      evidence: [dtc({ amberWarning: "on" })],
      is: "major",
    },
    { name: "unknown code, no lamp", mode: "uncatalogued", evidence: [dtc({})], is: "general" },
  ])("$name → $is", ({ mode, evidence, is }) => {
    expect(priorityOf(finding({ evidence }), modes[mode])).toBe(is);
  });

  test("a critical finding on a safety matter is an emergency", () => {
    const critical = finding({ evidence: [signal()], severity: "critical" });
    expect(priorityOf(critical, modes.brakes)).toBe("emergency");
    expect(priorityOf(critical, modes["oil-pressure-low"])).toBe("major");
  });
});

describe("problemOf", () => {
  const keyOf = (of: Finding) => problemOf(of, plan).key;

  test.each([
    { name: "another episode", a: finding(), b: finding({ findingId: "f-2" }), same: true },
    { name: "another rule", a: finding(), b: finding({ ruleId: "sensor-error" }), same: true },
    {
      name: "another subject of a known failure mode",
      a: finding(),
      b: finding({ subject: "0/100/4" }),
      same: true,
    },
    { name: "another machine", a: finding(), b: finding({ machineId: "M-2" }), same: false },
    {
      name: "another failure mode",
      a: finding(),
      b: finding({ failureMode: "brakes" }),
      same: false,
    },
    {
      name: "another unknown code",
      a: uncatalogued("0/1/2"),
      b: uncatalogued("0/1/3"),
      same: false,
    },
    {
      name: "the same unknown code",
      a: uncatalogued("0/1/2"),
      b: uncatalogued("0/1/2"),
      same: true,
    },
    { name: "no subject at all", a: uncatalogued(""), b: uncatalogued("0/1/2"), same: false },
  ])("$name: same problem $same", ({ a, b, same }) => {
    expect(keyOf(a) === keyOf(b)).toBe(same);
  });

  test("takes causes, checks and parts from the plan, the likeliest first", () => {
    const problem = problemOf(finding(), plan);
    expect(problem.candidateFaults[0]?.causes.map(({ id }) => id)).toEqual(["sensor", "plug"]);
    expect(problem.predictedParts.map(({ partNo }) => partNo)).toEqual([
      "FB-LT-OPS-01",
      "FB-LT-PLUG-01",
    ]);
    expect(problem.checks).toHaveLength(1);
  });

  test("makes a general inspection of an unknown code, and names the code", () => {
    const problem = problemOf(
      uncatalogued("0/524020/31", { evidence: [{ ...dtc(), spn: 524020, fmi: 31 } as never] }),
      plan,
    );
    expect(problem).toMatchObject({ kind: "inspection", candidateFaults: [], predictedParts: [] });
    expect(problem.title.en).toBe("Unknown trouble code SPN 524020 FMI 31 from source address 0");
  });

  test.each([
    {
      name: "a failure mode the plan does not have",
      of: finding({ failureMode: "gone" }),
      by: plan,
    },
    { name: "a machine without a plan", of: finding(), by: undefined },
    { name: "an unknown code without evidence", of: uncatalogued("", { evidence: [] }), by: plan },
  ])("still makes an inspection of $name", ({ of, by }) => {
    expect(problemOf(of, by).title.en).toMatch(/^Unknown failure mode/);
  });
});

const said = (words: string) => ({ en: words, "zh-CN": `${words} zh` });

describe("rankCauses", () => {
  const cause = (id: string, observedCount: number) =>
    ({ id, observedCount, remedies: [] }) as never;

  test("says what helps in one line, and step by step", () => {
    const [first] = rankCauses([
      {
        id: "belt",
        text: { en: "Belt slips", "zh-CN": "皮带打滑" },
        category: "part_damage",
        observedCount: 0,
        remedies: [
          { kind: "repair", procedureId: "tension", text: said("Tension it"), standardHours: 1 },
          {
            kind: "replace",
            procedureId: "replace",
            text: said("Replace it"),
            partNo: "P-1",
            quantity: 2,
            standardHours: 2,
          },
        ],
      },
    ]);
    expect(first?.remedy).toEqual({
      en: "Tension it; Replace it",
      "zh-CN": "Tension it zh；Replace it zh",
    });
    expect(first?.remedies).toMatchObject([
      { kind: "repair", procedureId: "tension" },
      { kind: "replace", partNo: "P-1", quantity: 2 },
    ]);
  });

  test("ranks by what was seen in the field and gives the unseen a chance", () => {
    const ranked = rankCauses([cause("a", 0), cause("b", 3), cause("c", 0)]);
    expect(ranked.map(({ id, confidence }) => [id, confidence])).toEqual([
      ["b", 4 / 6],
      ["a", 1 / 6],
      ["c", 1 / 6],
    ]);
  });
});

describe("orderOf", () => {
  const open = { ticketId: "T-1" } as Ticket;
  test.each<{ name: string; of: Partial<Finding>; open?: Ticket; is: string | undefined }>([
    { name: "raised, none open", of: {}, is: "open" },
    { name: "raised though no onset, none open", of: { isOnset: false }, is: "open" },
    { name: "updated, none open", of: { phase: "updated", isOnset: false }, is: undefined },
    { name: "a new onset, none open", of: { phase: "updated" }, is: "open" },
    { name: "cleared, none open", of: { phase: "cleared" }, is: undefined },
    { name: "history, none open", of: { isHistory: true }, is: undefined },
    { name: "history, one open", of: { isHistory: true }, open, is: undefined },
    { name: "raised, one open", of: {}, open, is: "observe" },
    { name: "updated, one open", of: { phase: "updated", isOnset: false }, open, is: "observe" },
    { name: "cleared, one open", of: { phase: "cleared" }, open, is: "note-cleared" },
  ])("$name → $is", ({ of, open: ticket, is }) => {
    const it = finding(of);
    expect(orderOf(it, problemOf(it, plan), ticket, opening)?.type).toBe(is);
  });

  test("opens with the facts of the finding", () => {
    const it = finding({ failureMode: "oil-pressure-low", evidence: [signal()] });
    const recurrence = () => ({ ...opening(), recurrenceOf: "T-0" });
    expect(orderOf(it, problemOf(it, plan), undefined, recurrence)).toMatchObject({
      type: "open",
      evidence: [
        {
          findingId: "f-1",
          planRef: "loader@1",
          rule: "oil-pressure-low",
          context: "running",
          contextTitle: { en: "Engine running" },
        },
      ],
      facts: {
        kind: "repair",
        trigger: "anomaly",
        serviceType: "emergency",
        dedupeKey: "M-1:oil-pressure-low:repair",
        recurrenceOf: "T-0",
        stationId: "changsha",
        detectionLagMs: 60_000,
      },
    });
  });

  test("leaves out what an unknown code does not have", () => {
    const it = uncatalogued("0/1/2");
    const order = orderOf(it, problemOf(it, plan), undefined, opening);
    expect(order).toMatchObject({
      facts: { dedupeKey: "M-1:uncatalogued:0/1/2:inspection", trigger: "dtc" },
    });
    expect(order).not.toHaveProperty("facts.component");
    expect(order).not.toHaveProperty("facts.recurrenceOf");
  });
});
