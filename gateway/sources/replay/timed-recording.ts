import { openRecording, type Recording } from "../can/recording.ts";
import { createRecordingFrame, type RecordingFrame, stampNs } from "../can/recording-frame.ts";
import type { RecordingParserOptions } from "../can/recording-parser.ts";
import { createPlausibleTimes } from "../can/recording-time.ts";

/** One frame with the time it is given in the replay of its file; only valid until the next one is asked for. */
export interface TimedFrame {
  readonly frame: RecordingFrame;
  /** Of the file, made plausible; never goes back. */
  readonly timeNs: bigint;
}

/** A recording whose frames come with plausible times. Holds one piece of the file and a handful of frames. */
export interface TimedRecording {
  /** The next frame, undefined at the end of the file. Waits for the disk only between pieces. */
  next(): TimedFrame | undefined | Promise<TimedFrame | undefined>;
  readonly recording: Recording;
  close(): Promise<void>;
}

/** @throws CodedError RECORDING_NOT_FOUND, RECORDING_UNREADABLE (neither retryable) */
export async function openTimedRecording(
  path: string,
  options?: RecordingParserOptions,
): Promise<TimedRecording> {
  const recording = await openRecording(path, options);
  const ready: TimedFrame[] = [];
  const free: RecordingFrame[] = [];
  const times = createPlausibleTimes<RecordingFrame>((frame, timeNs) => {
    ready.push({ frame, timeNs });
  });
  let given: RecordingFrame | undefined;
  let hasEnded = false;

  /** Takes from what is in memory; undefined says that the file must be read on. */
  function fromMemory(): TimedFrame | undefined {
    if (given) free.push(given);
    given = undefined;
    while (ready.length === 0 && !hasEnded) {
      const frame = free.pop() ?? createRecordingFrame();
      if (!recording.next(frame)) {
        free.push(frame);
        return undefined;
      }
      times.push(frame, stampNs(frame));
    }
    const timed = ready.shift();
    given = timed?.frame;
    return timed;
  }

  async function fromFile(): Promise<TimedFrame | undefined> {
    for (;;) {
      const isMore = await recording.fill();
      if (!isMore) {
        hasEnded = true;
        times.end();
      }
      const timed = fromMemory();
      if (timed || !isMore) return timed;
    }
  }

  return {
    recording,
    next: () => fromMemory() ?? (hasEnded ? undefined : fromFile()),
    close: () => recording.close(),
  };
}

/** First and last time of a recording; undefined without any frame. Reads the whole file, in flat memory. */
export async function measureRecording(
  path: string,
  {
    onProgress,
    ...options
  }: RecordingParserOptions & {
    readonly onProgress?: (readBytes: number, totalBytes: number) => void;
  } = {},
): Promise<{ readonly firstNs: bigint; readonly lastNs: bigint } | undefined> {
  const timed = await openTimedRecording(path, options);
  try {
    let firstNs: bigint | undefined;
    let lastNs = 0n;
    for (;;) {
      let next = timed.next();
      if (next instanceof Promise) {
        onProgress?.(timed.recording.readBytes, timed.recording.totalBytes);
        next = await next;
      }
      if (next === undefined) break;
      firstNs ??= next.timeNs;
      lastNs = next.timeNs;
    }
    return firstNs === undefined ? undefined : { firstNs, lastNs };
  } finally {
    await timed.close();
  }
}
