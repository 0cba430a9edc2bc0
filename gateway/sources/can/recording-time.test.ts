import { sharedData } from "@firebreak/test/shared-data.ts";
import { describe, expect, test } from "vitest";
import { openRecording } from "./recording.ts";
import { createRecordingFrame, stampNs } from "./recording-frame.ts";
import { createPlausibleTimes } from "./recording-time.ts";

const nsOf = (seconds: number) => BigInt(Math.round(seconds * 1e9));

/** Plausible times of stamps in seconds; null = the file has none. */
function plausible(stamps: readonly (number | null)[]): number[] {
  const times: number[] = [];
  const items: number[] = [];
  const clock = createPlausibleTimes<number>((item, timeNs) => {
    items.push(item);
    times.push(Number(timeNs) / 1e9);
  });
  for (const [at, stamp] of stamps.entries())
    clock.push(at, stamp === null ? undefined : nsOf(stamp));
  clock.end();
  expect(items).toEqual(stamps.map((_, at) => at));
  return times;
}

const nine = (from: number) => Array.from({ length: 9 }, (_, at) => from + at / 100);

describe("createPlausibleTimes", () => {
  test.each([
    { name: "leaves good stamps alone", stamps: [5, 5.1, 5.1, 6], times: [5, 5.1, 5.1, 6] },
    { name: "keeps a real gap", stamps: [1, ...nine(60)], times: [1, ...nine(60)] },
    { name: "keeps a gap at the end", stamps: [1, 60], times: [1, 60] },
    {
      name: "keeps a gap with jitter behind it",
      stamps: [1, 60, 59.99, 60.01],
      times: [1, 60, 60, 60.01],
    },
    {
      name: "does not believe one stamp ahead",
      stamps: [0.14, 37.72, 0.15, 0.16],
      times: [0.14, 0.14, 0.15, 0.16],
    },
    {
      name: "does not believe two stamps ahead",
      stamps: [0.14, 37.72, 38, 0.15],
      times: [0.14, 0.14, 0.14, 0.15],
    },
    {
      name: "does not believe one or two stamps back",
      stamps: [0.14, -607.86, -31.86, 0.15],
      times: [0.14, 0.14, 0.14, 0.15],
    },
    { name: "does not go back for jitter", stamps: [1, 0.5, 1.1], times: [1, 1, 1.1] },
    {
      name: "goes on after the clock was set back for good",
      stamps: [100, ...nine(3), 4],
      times: [100, ...nine(100), 101],
    },
    {
      name: "goes on after the clock was set back behind an absurd stamp",
      stamps: [100, 500, ...nine(3)],
      times: [100, 100, ...nine(100)],
    },
    {
      name: "does not collapse a gap because an absurd stamp follows it",
      stamps: [1, 60, -607, 60.1],
      times: [1, 60, 60, 60.1],
    },
    { name: "gives a missing stamp the time before", stamps: [1, null, 2], times: [1, 1, 2] },
    { name: "takes the first stamp in sight at the start", stamps: [null, 7, 8], times: [7, 7, 8] },
    {
      name: "starts at zero where the first stamps are long missing",
      stamps: [...new Array(10).fill(null), 1_500_000_000, 1_500_000_001],
      times: [...new Array(10).fill(0), 0, 1].map((time, at) => (at < 2 ? 0 : time)),
    },
    { name: "gives a file without stamps no time", stamps: [null, null], times: [0, 0] },
    { name: "takes nothing", stamps: [], times: [] },
  ])("$name", ({ stamps, times }) => {
    const ours = plausible(stamps);
    expect(ours).toHaveLength(times.length);
    for (const [at, time] of times.entries()) expect(ours[at]).toBeCloseTo(time, 9);
  });
});

describe("real recordings with absurd stamps", () => {
  test.for([
    { file: "jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log", absurd: [50, 51] },
    { file: "jd5055e_StartUp-FirstHalf.log", absurd: [600, 862, 1127, 1390] },
    { file: "jd5055e_idling.log", absurd: [1538] },
    { file: "jd5055e_StartUp-End.log", absurd: [192, 193] },
    { file: "jd5055e_maniLog.log", absurd: [] },
  ])("$file: only the absurd stamps are changed", async ({ file, absurd }, { skip }) => {
    const path = sharedData(`can/${file}`);
    if (path === undefined) return skip("the recording is absent");
    const changed: number[] = [];
    let lastNs: bigint | undefined;
    const clock = createPlausibleTimes<{ line: number; stamp: bigint | undefined }>(
      ({ line, stamp }, timeNs) => {
        if (timeNs !== stamp) changed.push(line);
        if (lastNs !== undefined) expect(timeNs >= lastNs).toBe(true);
        lastNs = timeNs;
      },
    );
    const recording = await openRecording(path);
    const frame = createRecordingFrame();
    while (await recording.fill())
      while (recording.next(frame)) {
        const stamp = stampNs(frame);
        clock.push({ line: frame.line, stamp }, stamp);
      }
    clock.end();
    await recording.close();
    expect(changed).toEqual(absurd);
  });
});
