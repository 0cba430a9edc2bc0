import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Judgement } from "@firebreak/rules/detectors/detector.ts";
import { multivariate, multivariateLearnRows } from "@firebreak/rules/detectors/multivariate.ts";
import {
  noveltyLearnRows,
  streamingNovelty,
} from "@firebreak/rules/detectors/streaming-novelty.ts";
import { SingleBar } from "cli-progress";
import { createLineOutput, type LineOutput } from "../../line-output.ts";
import { openSeries, type Series, type SeriesOddities, type SeriesRow } from "./read-series.ts";
import type { Asked } from "./series-layout.ts";

export interface Scored {
  readonly rows: number;
  readonly learnRows: number;
  readonly oddities: SeriesOddities;
  /** Columns without a value in the rows that teach: judged is what the others say. */
  readonly silent: readonly string[];
  /** Of several columns those that stood still in the rows that teach: they have no scale, and are not judged. */
  readonly still: readonly string[];
  /** A column that seems to hold times and is not read as such. */
  readonly unread?: Series["unread"];
}

/**
 * Judges a CSV file and writes the scores: all of them, or no file.
 * @param to path of the scores, `-` for stdout
 * @throws CodedError BAD_SERIES, NO_SUCH_COLUMN, INPUT_UNREADABLE or OUTPUT_FAILED
 */
export async function scoreFile(
  path: string,
  to: string,
  asked: Asked & { readonly trainRows?: number },
): Promise<Scored> {
  const series = await openSeries(path, asked);
  const signals = series.signalNames.length;
  const learnRows = asked.trainRows ?? (signals === 1 ? noveltyLearnRows : multivariateLearnRows);
  const step = stepOf(signals, learnRows);
  const taught = series.signalNames.map(() => ({ low: Number.NaN, high: Number.NaN }));
  const judge = (output: LineOutput) =>
    judgeRows(series, output, (row, { timeNs, values }) => {
      if (row < learnRows)
        for (const [signal, range] of taught.entries()) widen(range, values[signal]);
      return step(timeNs, values);
    });
  const rows = await (to === "-" ? judge(createLineOutput(process.stdout)) : intoFile(to, judge));
  const named = (isMeant: (range: Range) => boolean) =>
    series.signalNames.filter((_, signal) => isMeant(taught[signal] ?? noRange));
  return {
    ...{ rows, learnRows, oddities: series.oddities },
    silent: named(({ low }) => Number.isNaN(low)),
    still: signals === 1 ? [] : named(({ low, high }) => low === high),
    ...(series.unread ? { unread: series.unread } : {}),
  };
}

interface Range {
  low: number;
  high: number;
}
const noRange: Range = { low: Number.NaN, high: Number.NaN };

function widen(range: Range, value = Number.NaN): void {
  if (Number.isNaN(value)) return;
  if (!(range.low <= value)) range.low = value;
  if (!(range.high >= value)) range.high = value;
}

type Step = (timeNs: number, values: Float64Array) => Judgement;

function stepOf(signals: number, learnRows: number): Step {
  if (signals === 1) {
    const detector = streamingNovelty(learnRows);
    const state = detector.initialState();
    return (timeNs, values) => detector.step(state, timeNs, values);
  }
  const detector = multivariate(signals, learnRows);
  const state = detector.initialState();
  return (timeNs, values) => detector.step(state, timeNs, values);
}

/** Writes beside the file and puts it in place at the end, so that nobody takes a part for the whole. */
async function intoFile(
  path: string,
  write: (output: LineOutput) => Promise<number>,
): Promise<number> {
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  const stream = createWriteStream(temporary, { flags: "wx" });
  try {
    await once(stream, "open");
    const rows = await write(createLineOutput(stream));
    await new Promise<void>((resolve) => stream.end(resolve));
    await rename(temporary, path);
    return rows;
  } catch (error) {
    stream.destroy();
    await rm(temporary, { force: true });
    throw writeError(path, error);
  }
}

function writeError(path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const why = errorCode(error);
  return new CodedError("OUTPUT_FAILED", `Cannot write ${path} (${why}).`, { cause: error });
}

async function judgeRows(
  series: Series,
  output: LineOutput,
  judge: (row: number, of: SeriesRow) => Judgement,
): Promise<number> {
  const showsProgress = process.stderr.isTTY && series.totalBytes > 0;
  const bar = new SingleBar({
    format: "{bar} {percentage}%, {eta} s left",
    stream: process.stderr,
    clearOnComplete: true,
  });
  if (showsProgress) bar.start(series.totalBytes, 0);
  let rows = 0;
  try {
    output.write("row,novelty,score,alarm\n");
    for await (const row of series.rows()) {
      const { novelty, score, isAlarm } = judge(rows, row);
      output.write(`${rows++},${text(novelty)},${text(score)},${isAlarm ? 1 : 0}\n`);
      if (!output.isFull) continue;
      if (!(await output.flush())) break;
      if (showsProgress) bar.update(series.readBytes());
    }
    await output.flush();
  } finally {
    if (showsProgress) bar.stop();
  }
  return rows;
}

/** What has faded below it is gone. */
const smallest = 1e-9;

const text = (value: number): string =>
  value < smallest ? "0" : String(Number(value.toPrecision(6)));
