import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./product.fixture.ts";
import { type DecodedSample, decodedSamples } from "./stored-samples.fixture.ts";

/** Frames of a machine, one every 3 ms as on its bus. */
const spacingUs = 3_000;

/**
 * A machine's frames with stamps whose microseconds name the run they are played in: the replay's clock counts whole
 * milliseconds and keeps the spacing, so the number survives into the store and tells many runs of one machine apart.
 */
export interface TaggedRecording {
  /** The recording to play as run `tag`, 0 to 999. */
  file(tag: number): string;
  /** Its lines, beginning so many seconds after 1970 instead of 0. */
  lines(tag: number, startSeconds: number): string[];
  /** By `spn@sa`, in file order; `tUs`: time in the file of run 0, microseconds. */
  readonly signals: ReadonlyMap<string, readonly ExpectedSample[]>;
  readonly sampleCount: number;
  readonly endUs: number;
}

export interface ExpectedSample {
  readonly tUs: number;
  readonly value: number | null;
  readonly quality: string;
}

/** Keeps the frames of a `candump -L` recording, or the first of them, and their order; gives them even stamps. */
export async function tagRecording(
  source: string,
  frameCount = Number.POSITIVE_INFINITY,
): Promise<TaggedRecording> {
  const frames = [...readFileSync(source, "utf8").matchAll(/^\(.+?\) \S+ (\S+#\S*)$/gm)]
    .slice(0, frameCount)
    .map(([, frame]) => frame ?? "");
  const folder = temporaryFolder("tagged");
  const endUs = frames.length * spacingUs;
  const lines = (tag: number, startSeconds: number): string[] => [
    ...frames.map((frame, at) => `${stamp(startSeconds, at * spacingUs + tag)} can0 ${frame}`),
    // The end is the same in every run: no signal, only the time that becomes the replay's start.
    `${stamp(startSeconds, endUs)} can0 1CFFFEFE#00`,
  ];
  const file = (tag: number): string => {
    const path = join(folder, `run-${tag}.log`);
    writeFileSync(path, `${lines(tag, 0).join("\n")}\n`);
    return path;
  };
  const decoded = await decodedSamples(file(0));
  const signals = new Map([...decoded].map(([key, samples]) => [key, samples.map(toExpected)]));
  const sampleCount = [...signals.values()].reduce((sum, { length }) => sum + length, 0);
  return { file, lines, signals, sampleCount, endUs };
}

const toExpected = ({ t, value, quality }: DecodedSample): ExpectedSample => ({
  tUs: Math.round((t ?? Number.NaN) * 1e6),
  value,
  quality,
});

function stamp(startSeconds: number, us: number): string {
  const seconds = startSeconds + Math.floor(us / 1e6);
  return `(${String(seconds).padStart(10, "0")}.${String(us % 1e6).padStart(6, "0")})`;
}
