import { expect, test } from "vitest";
import { type MachineArguments, readMachineOptions } from "./machine-options.ts";

const args: MachineArguments = {
  machine: "concrete-pump-truck",
  out: "run.csv",
  from: "2026-06-01T00:00:00+08:00",
  days: "2",
  every: "1m",
  province: "CN-GD",
  seed: "1",
};
const signalsOf = () => ["mainPressure"];
const fromMs = Date.parse(args.from);

test("a run with faults of the machine and of its sensors", () => {
  const read = readMachineOptions(
    {
      ...args,
      window: "60s/15m",
      fault: ["oil-cooler-fouls@1/20", "pistons-wear"],
      sensorFault: ["mainPressure:drift@0.5/-2"],
    },
    signalsOf,
  );
  expect(read).toMatchObject({
    order: {
      startMs: fromMs,
      untilMs: fromMs + 2 * 86_400_000,
      everyMs: 60_000,
      window: { lengthMs: 60_000, everyMs: 900_000 },
      faults: [
        { fault: "oil-cooler-fouls", fromMs: fromMs + 86_400_000, lifeHours: 20 },
        { fault: "pistons-wear", fromMs },
      ],
      sensorFaults: [
        { signal: "mainPressure", kind: "drift", fromMs: fromMs + 43_200_000, amount: -2 },
      ],
    },
  });
});

test("everything that is wrong is told at once, with what there is instead", () => {
  const read = readMachineOptions(
    {
      ...args,
      machine: "concrete-pump",
      out: "run.txt",
      from: "yesterday",
      days: "0",
      every: "5",
      window: "60s",
      province: "Hunan",
      fault: ["!"],
      sensorFault: ["mainPressure:melted"],
      seed: "-1",
    },
    signalsOf,
  );
  const problems = "problems" in read ? read.problems : [];
  expect(problems.map(({ option }) => option)).toEqual([
    ...["--machine", "--from", "--days", "--every", "--province", "--out", "--window", "--seed"],
    ...["--fault", "--sensor-fault"],
  ]);
  expect(problems[0]?.message).toContain("concrete-pump-truck");
  expect(problems.at(-1)?.message).toContain("wrong-scale");
});

test.each([
  { fault: ["melts"], told: "it has accumulator-loses-nitrogen" },
  { sensorFault: ["oilPressure:open"], told: 'no signal "oilPressure"' },
])("a fault or signal that the machine does not have: $told", ({ told, ...wrong }) => {
  const read = readMachineOptions({ ...args, ...wrong }, signalsOf);
  expect("problems" in read && read.problems[0]?.message).toContain(told);
});

test("a beginning without its zone would be another one on another computer", () => {
  const read = readMachineOptions({ ...args, from: "2026-06-01T00:00:00" }, signalsOf);
  expect(read).toMatchObject({ problems: [{ option: "--from" }] });
});
