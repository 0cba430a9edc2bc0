import { describe, expect, test } from "vitest";
import { type LoadArguments, type LoadBounds, readLoadOptions } from "./load-options.ts";

const usual: LoadArguments = {
  ...{ gateways: "10000", signals: "30", interval: "5s", settle: "60s", processes: "2" },
  ...{ name: "load", seed: "1", data: "./firebreak-data", report: "text" },
};
const bounds: LoadBounds = { signals: 40, system: { openFiles: 20_000, ports: 28_232 } };

const optionsOf = (args: Partial<LoadArguments>) => {
  const read = readLoadOptions({ ...usual, ...args }, bounds);
  return "options" in read ? read.options : read.problems;
};
const problemsOf = (args: Partial<LoadArguments>, others: Partial<LoadBounds> = {}) => {
  const read = readLoadOptions({ ...usual, ...args }, { ...bounds, ...others });
  return "problems" in read ? read.problems.map(({ option }) => option) : [];
};

describe("readLoadOptions", () => {
  test("the reference profile needs nothing but a count", () => {
    expect(optionsOf({})).toEqual({
      order: {
        ...{ name: "load", gateways: 10_000, processes: 2, rampMs: 50_000, seed: 1 },
        data: { signals: 30, samplesPerBatch: 30, batchEveryMs: 5_000 },
      },
      course: { storms: [], settleMs: 60_000 },
    });
  });

  test("losses and storms by count and by share", () => {
    const storm = ["0s", "1m/1000", "90s/0.5%"];
    expect(optionsOf({ duration: "2m", lose: "5%/60s", storm, settle: "0s" })).toMatchObject({
      course: {
        durationMs: 120_000,
        losses: { share: 0.05, everyMs: 60_000 },
        storms: [
          { atMs: 0, gateways: 10_000 },
          { atMs: 60_000, gateways: 1_000 },
          { atMs: 90_000, gateways: 50 },
        ],
        settleMs: 0,
      },
    });
  });

  test("a batch may take in several intervals", () => {
    expect(optionsOf({ signals: "40", interval: "500ms", batch: "5s", ramp: "1s" })).toMatchObject({
      order: { rampMs: 1_000, data: { samplesPerBatch: 400, batchEveryMs: 5_000 } },
    });
  });

  test("tells all mistakes at once", () => {
    const wrong = {
      ...{ gateways: "0", processes: "two", signals: "41", interval: "5", batch: "1x" },
      ...{ duration: "0s", ramp: "-1s", lose: "5", storm: ["9", "1s/2/3", "1s/0"], settle: "" },
      ...{ name: "LOAD/1", seed: "x", report: "xml", hub: ["hub:1883"], enroll: "file" },
    };
    expect(new Set(problemsOf(wrong))).toEqual(
      new Set([
        ...["--gateways", "--processes", "--signals", "--interval", "--batch", "--duration"],
        ...["--ramp", "--lose", "--storm", "--settle", "--name", "--seed", "--report"],
        ...["--hub", "--enroll"],
      ]),
    );
  });

  test.each<[string, Partial<LoadArguments>, string]>([
    ["a batch of one and a half intervals", { batch: "7500ms" }, "--batch"],
    ["a batch shorter than the interval", { batch: "1s" }, "--batch"],
    ["a batch that is too large", { interval: "1s", batch: "90s" }, "--batch"],
    ["a storm behind the end", { duration: "60s", storm: ["60s"] }, "--storm"],
    ["a storm of more than there are", { storm: ["1s/10001"] }, "--storm"],
    ["a share above all", { lose: "101%/1m" }, "--lose"],
    ["a hub elsewhere without a file", { hub: ["mqtt://hub:1883"] }, "--hub"],
    ["a hub that is a web page", { hub: ["http://hub"], credentials: "file" }, "--hub"],
    ["a password in an address", { hub: ["mqtt://a:b@hub"], credentials: "file" }, "--hub"],
    ["certificates by word and by file", { mtls: true, credentials: "file" }, "--mtls"],
    ["too many files in a process", { gateways: "20000", processes: "1" }, "--processes"],
  ])("%s", (_name, args, option) => {
    expect(problemsOf(args)).toEqual([option]);
  });

  test("more connections than one address has ports", () => {
    const many = { gateways: "30000" };
    expect(problemsOf(many)).toEqual(["--hub"]);
    const hub = ["mqtt://10.0.0.1:1883", "mqtt://10.0.0.2:1883"];
    expect(problemsOf({ ...many, hub, credentials: "file" })).toEqual([]);
    expect(problemsOf(many, { system: { openFiles: undefined, ports: undefined } })).toEqual([]);
  });
});
