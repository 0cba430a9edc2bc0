import { loadPlan } from "@firebreak/plans/load-plans.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SourceConfig } from "../sources/registry.ts";
import { type FileMachine, layOver } from "./lay-over.ts";

const plan = loadPlan("loader-tractor");
const [signal = ""] = Object.keys(plan.acquisition.signals);
const machine = (machineId: string): FileMachine => ({
  machineId,
  plan,
  sources: [{ kind: "slcan", port: "/dev/ttyACM0" } as SourceConfig],
});
const machines = [machine("M1"), machine("M2")];

/** `line:column message`, one a line. */
function mistakesOf(text: string): string[] {
  const laid = layOver(machines, text);
  return "problems" in laid
    ? laid.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
}

describe("layOver", () => {
  test("settings, budget, sources and single signals take the place of the file's", () => {
    const laid = layOver(
      machines,
      `version: 1
batchAgeMs: 5000
machines:
  - plan: loader-tractor
    dataBudget: { megabytesPerMonth: 30 }
    acquisition: { signals: { ${signal}: { range: [0, 1] } } }
  - machineId: M2
    sources: [{ kind: socketcan, interface: can3 }]
`,
    );
    if ("problems" in laid) throw new Error(JSON.stringify(laid.problems));
    expect(laid.settings).toEqual({ batchAgeMs: 5_000 });
    const [first, second] = laid.machines;
    expect(first).toMatchObject({ dataBudget: { megabytesPerMonth: 30 } });
    expect(first?.sources).toEqual(machines[0]?.sources);
    expect(second?.sources).toMatchObject([{ kind: "socketcan", interface: "can3" }]);
    const signals = first?.plan.acquisition.signals ?? {};
    expect(signals[signal]).toEqual({ ...plan.acquisition.signals[signal], range: [0, 1] });
    expect(Object.keys(signals)).toEqual(Object.keys(plan.acquisition.signals));
  });

  test("who it is, where the hub is, the spool and the page are told to be the gateway's own", () => {
    const text = 'version: 1\nhub: { url: "mqtt://elsewhere:1883" }\nspool: { folder: /tmp/x }\n';
    expect(mistakesOf(text)).toEqual([
      expect.stringMatching(/^2:1 cannot be set from afar: a wrong address/),
      expect.stringMatching(/^3:1 cannot be set from afar: where data lie/),
    ]);
  });

  test("sending on a bus is never switched on from afar, nor a request added", () => {
    const text = `version: 1
machines:
  - machineId: M1
    sources:
      - { kind: socketcan, interface: can0, mode: requests }
      - { kind: replay, file: /var/lib/other.log }
      - { kind: candump-stream, from: /etc/passwd }
`;
    expect(mistakesOf(text)).toEqual([
      "5:51 sending is allowed on the gateway only",
      "6:17 a recording cannot be played from afar",
      "7:39 a file cannot be played from afar",
    ]);
    const requests = `version: 1
machines:
  - machineId: M1
    acquisition: { j1939: { requests: { sa: 249, groups: [{ pgn: 65260, everySeconds: 60 }] } } }
`;
    expect(mistakesOf(requests)).toEqual([
      expect.stringContaining("cannot be switched on, or sent from another address, from afar"),
    ]);
  });

  test("a request of the plan's is not sent twice as often by being named twice", () => {
    const group = { pgn: 65_260, everySeconds: 600 };
    const own = { requests: { sa: 249, groups: [group, { ...group, pgn: 65_242 }] } };
    const { j1939 } = plan.acquisition;
    const acquisition = { ...plan.acquisition, j1939: { ...j1939, ...own } };
    const asking = [{ ...machine("M1"), plan: { ...plan, acquisition } }];
    const textOf = (groups: object[]) =>
      JSON.stringify({
        version: 1,
        machines: [{ machineId: "M1", acquisition: { j1939: { requests: { sa: 249, groups } } } }],
      });
    expect(layOver(asking, textOf([group]))).not.toHaveProperty("problems");
    expect(layOver(asking, textOf([group, group]))).toMatchObject({
      problems: [{ message: "no request can be added from afar" }],
    });
  });

  test("all mistakes come at once, in the order of the text", () => {
    const text = `version: 1
batchAgeMs: 1
machines:
  - machineId: M9
    sources: [{ kind: slcan }]
  - dataBudget: { megabytesPerMonth: -1 }
`;
    const lines = mistakesOf(text).map((one) => Number(one.split(":")[0]));
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });

  test("a signal that the plan's rules need cannot be taken away", () => {
    const needed = plan.rules.rules.flatMap((rule) => ("signal" in rule ? [rule.signal] : []))[0];
    const text = `version: 1\nmachines:\n  - plan: loader-tractor\n    acquisition: { signals: { ${needed}: null } }\n`;
    expect(mistakesOf(text)).not.toEqual([]);
  });

  test("another machine's configuration is refused", () => {
    expect(mistakesOf("version: 1\nmachines: [{ machineId: M9 }]\n")).toEqual([
      "2:25 is none of this gateway's: M1, M2",
    ]);
    expect(mistakesOf("version: 1\nmachines: [{ plan: concrete-pump-truck }]\n")).toEqual([
      expect.stringContaining("no machine here has it"),
    ]);
  });

  test("whatever is sent, there is an answer and never an exception", () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const key = fc.constantFrom(
      "signals",
      "j1939",
      "modbusDevices",
      "requests",
      "canopen",
      "keySignals",
      signal,
    );
    const acquisition = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)));
    const entry = fc.record(
      {
        machineId: fc.oneof(fc.constant("M1"), value),
        sources: value,
        acquisition,
        dataBudget: value,
      },
      { requiredKeys: ["machineId"] },
    );
    const text = fc.oneof(
      fc.string(),
      fc
        .record({ version: fc.constant(1), machines: fc.array(entry) })
        .map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(text, (given) => {
        layOver(machines, given);
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 20_000 : 60 },
    );
  });
});
