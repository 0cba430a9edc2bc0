import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterAll, expect, test } from "vitest";
import { CandumpFile } from "./outputs/candump-file.ts";
import { type RecordingOptions, recordBuses } from "./record-buses.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-recording-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan = loadPlan("truck-crane");
const usual: RecordingOptions = {
  machineId: "M1",
  zeroMs: 1_700_000_000_000,
  durationMs: 60_000,
  stepMs: 1_000,
};
const codes = [1, 2, 3].map((fmi) => ({ sa: 0, spn: 110, fmi }));

/** A minute of a crane whose engine warms up, and has trouble after half of it. */
async function record(more: Partial<RecordingOptions> = {}) {
  const path = join(folder, "recording.log");
  const file = new CandumpFile(path);
  const frames = recordBuses(plan, { ...usual, ...more }, file, (timeMs, { controlUnits }) => {
    if (timeMs === 40_000) controlUnits[0]?.reset();
    return {
      values: { engineCoolantTemperature: 20 + timeMs / 1_000, hookLoad: 3, limiterState: 5 },
      ...(timeMs >= 30_000 ? { codes } : {}),
    };
  });
  await file.close();
  const text = readFileSync(path, "latin1");
  return { frames, text, hash: createHash("sha256").update(text).digest("hex") };
}

test("the same seed gives the same bytes, another seed others", async () => {
  const [one, again, other] = [await record(), await record(), await record({ seed: "other" })];
  expect(again.hash).toBe(one.hash);
  expect(other.hash).not.toBe(one.hash);
  expect(one.text.split("\n").length - 1).toBe(one.frames);
});

test("it holds what happened, in the order of time", async () => {
  const { text } = await record();
  const lines = text.trimEnd().split("\n");
  const stamps = lines.map((line) => Number(line.slice(1, 18)));
  expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
  const temperatures = lines.filter((line) => line.includes("18FEEE00#"));
  // 20 °C and the offset of 40, then one degree a second.
  expect(temperatures[0]).toMatch(/#3CFFFFFFFFFFFFFF$/);
  expect(temperatures.at(-1)).toMatch(/#7[67]FFFFFFFFFFFFFF$/);
  // Three codes by transport, and the claims of the start and of the reset.
  expect(lines.some((line) => line.includes("1CECFF00#200E0002FFCAFE00"))).toBe(true);
  expect(lines.filter((line) => line.includes("18EEFF00#"))).toHaveLength(2);
});

test("for months it can be thinned; trouble codes are told as often as ever", async () => {
  const [whole, thin] = [await record(), await record({ shortestPeriodMs: 10_000 })];
  const count = ({ text }: { text: string }, id: string) => text.split(`${id}#`).length - 1;
  expect([count(whole, "18FEEE00"), count(thin, "18FEEE00")]).toEqual([59, 6]);
  expect(count(thin, "18FECA27")).toBe(count(whole, "18FECA27"));
});

test("a file that cannot be written says which, and what to do", () => {
  expect(() => new CandumpFile(join(folder, "none", "x.log"))).toThrow(
    expect.objectContaining({
      code: "CANDUMP_FILE_FAILED",
      message: expect.stringMatching(/none\/x\.log: .*Choose a file/),
    }),
  );
});
