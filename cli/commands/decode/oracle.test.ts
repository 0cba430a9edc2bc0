import { readFileSync } from "node:fs";
import { createJ1939Decoder } from "@firebreak/gateway/sources/can/j1939/decoder.ts";
import { factOfSpn } from "@firebreak/gateway/sources/can/j1939/spn-facts.ts";
import { openRecording } from "@firebreak/gateway/sources/can/recording.ts";
import {
  createRecordingFrame,
  type RecordingFrame,
} from "@firebreak/gateway/sources/can/recording-frame.ts";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { describe, expect, test } from "vitest";
import { createRecordingDecoder } from "./recording-decoder.ts";
import { createSummary, type RecordingSummary } from "./summary.ts";

interface OracleRange {
  n: number;
  min: number | null;
  max: number | null;
  first: number | null;
  last: number | null;
  error: number;
}

const rangesFile = sharedData("oracles/spn_ranges.json");
const messagesFile = sharedData("oracles/tp_messages.json");
const isAbsent = rangesFile === undefined || messagesFile === undefined;
const readJson = <T>(path: string | undefined): T =>
  path === undefined ? ({} as T) : JSON.parse(readFileSync(path, "utf8"));

async function eachFrame(log: string, limit: number, use: (frame: RecordingFrame) => void) {
  const recording = await openRecording(sharedData(`can/${log}.log`) ?? "");
  const frame = createRecordingFrame();
  let frames = 0;
  while (frames < limit && (await recording.fill()))
    while (frames < limit && recording.next(frame)) {
      frames++;
      use(frame);
    }
  await recording.close();
  return frames;
}

async function summarise(log: string, limit: number): Promise<RecordingSummary> {
  const summary = createSummary();
  const decoder = createRecordingDecoder({
    onSamples: summary.addSamples,
    onActiveDtcs: summary.addActiveDtcs,
  });
  const frames = await eachFrame(log, limit, decoder.decode);
  const messages = decoder.messageCounts();
  return summary.result({ frames, skippedLines: 0, messages, withNotAvailable: false });
}

/**
 * What the oracle got wrong: a short message read beyond its end (maniLog, 65251 in single frames), and the addressed
 * copy of a message not counted with the broadcast ones (tractoron10seconds).
 */
function corrected(log: string, oracle: Record<string, OracleRange>): Record<string, OracleRange> {
  const entries = Object.entries(oracle).filter(
    ([key]) => log !== "jd5055e_maniLog" || !key.startsWith("544@"),
  );
  return Object.fromEntries(
    entries.map(([key, range]) => {
      const isMiscounted =
        log === "jd5055e_tractoron10seconds" && ["188@0", "539@0", "544@0"].includes(key);
      return [key, isMiscounted ? { ...range, n: 9 } : range];
    }),
  );
}

/** SPNs that the other decoder knew. */
const factsFile = sharedData("j1939/j1939_spn_facts.csv");
const collected = new Set(
  (factsFile === undefined ? "" : readFileSync(factsFile, "utf8"))
    .split("\n")
    .map((row) => row.split(",")[6] ?? ""),
);

describe.skipIf(isAbsent)("against an independent decoder", () => {
  const oracles = readJson<Record<string, Record<string, OracleRange>>>(rangesFile);

  test.each(Object.keys(oracles))("%s: counts and ranges of every signal agree", async (name) => {
    const isTruck = name.startsWith("sampletruckdata");
    const log = name.replace("_first15000", "");
    const { signals } = await summarise(log, isTruck ? 15_000 : Number.POSITIVE_INFINITY);
    const expected = corrected(log, oracles[name] ?? {});
    const ours = Object.keys(signals).filter((key) => collected.has(key.split("@")[0] ?? ""));
    expect(ours.sort()).toEqual(Object.keys(expected).sort());
    let compared = 0;
    for (const [key, range] of Object.entries(expected)) {
      const ours = signals[key];
      expect(ours?.error, `${key} error`).toBe(range.error);
      if (factOfSpn(Number(key.split("@")[0]))?.kind !== "analog") continue;
      compared++;
      expect(ours?.n, `${key} n`).toBe(range.n);
      for (const of of ["min", "max", "first", "last"] as const) {
        if (range[of] === null) expect(ours?.[of], `${key} ${of}`).toBeNull();
        else expect(Math.abs((ours?.[of] ?? NaN) - range[of]), `${key} ${of}`).toBeLessThan(1e-6);
      }
    }
    expect(compared).toBeGreaterThan(20);
  });

  test("every multi-packet message is put together alike", async () => {
    const oracle =
      readJson<
        { log: string; pgn: number; sa: number; da: number; count: number; first_hex: string }[]
      >(messagesFile);
    expect(oracle.length).toBeGreaterThan(3);
    for (const log of new Set(oracle.map((entry) => entry.log))) {
      const seen = new Map<string, { count: number; distinct: Set<string>; first: string }>();
      let current: RecordingFrame | undefined;
      const decoder = createJ1939Decoder({
        signals: [],
        onMessage: ({ pgn, sa, payload, length }) => {
          if (length <= 8 || current === undefined) return;
          const key = `${pgn} ${sa} ${(current.canId >>> 8) & 0xff}`;
          const hex = Buffer.from(payload.subarray(0, length)).toString("hex");
          const entry = seen.get(key) ?? { count: 0, distinct: new Set(), first: hex };
          entry.count++;
          entry.distinct.add(hex);
          seen.set(key, entry);
        },
      });
      const columns = new SampleColumns(0n);
      // The oracle saw the first 60,000 lines of the truck.
      const limit = log === "sampletruckdata" ? 60_000 : Number.POSITIVE_INFINITY;
      await eachFrame(log, limit, (frame) => {
        current = frame;
        const offsetNs = (frame.stampSeconds % 1e6) * 1e9 + frame.stampNanos;
        decoder.decode(frame.canId, frame.data, frame.length, offsetNs, columns);
      });
      const ours = [...seen].map(([key, { count, distinct, first }]) => ({
        key,
        count,
        distinct: distinct.size,
        first,
      }));
      const theirs = oracle
        .filter((entry) => entry.log === log)
        .map((entry) => ({
          key: `${entry.pgn} ${entry.sa} ${entry.da}`,
          count: entry.count,
          distinct: (entry as { distinct?: number }).distinct,
          first: entry.first_hex,
        }));
      const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
      expect(ours.sort(byKey)).toEqual(theirs.sort(byKey));
    }
  });
});

describe.skipIf(isAbsent)("trouble codes of the recordings", () => {
  const activeIn = async (log: string) =>
    (await summarise(log, Number.POSITIVE_INFINITY)).dtcs.map(
      ({ sa, spn, fmi }) => `${sa}: ${spn} ${fmi}`,
    );

  test.each([
    { log: "jd5055e_LeftSensorUnplugged-CheckEngine-1of3", dtcs: ["0: 100 4"] },
    { log: "jd5055e_LeftSensorUnplugged-CheckEngine-2of3", dtcs: ["0: 100 4"] },
    { log: "jd5055e_noStartInGear1", dtcs: ["3: 524020 31"] },
    { log: "jd5055e_idling", dtcs: [] },
    { log: "jd5055e_hydraulics", dtcs: [] },
    { log: "jd5055e_bucket_manipulation", dtcs: [] },
    { log: "jd5055e_RunningControl", dtcs: [] },
  ])("$log: $dtcs", async ({ log, dtcs }) => expect(await activeIn(log)).toEqual(dtcs));
});
