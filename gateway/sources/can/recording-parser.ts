import type { RecordingFrame } from "./recording-frame.ts";
import { createLineParser, type LineProblem } from "./recording-line.ts";
import type { ColumnMap } from "./recordings/column-map.ts";
import { createFormatDetector, type RecordingFormat } from "./recordings/recording-format.ts";

/** A line that is no frame. */
export interface BrokenLine {
  readonly line: number;
  readonly problem: LineProblem | "longer than 4096 bytes";
}

const longestLine = 4096;
const keptProblems = 5;
const LF = 10;
const CR = 13;

export interface RecordingParserOptions {
  /** Default: what the first lines show. */
  readonly format?: "candump";
  /** Of a CSV recording whose head line does not say enough. */
  readonly columns?: ColumnMap;
}

/**
 * Parses a recording in pieces of any size: `candump -L` and `candump` text, mixed as it comes, Vector ASC, PCAN TRC or
 * CSV. Broken lines are counted, the first five kept with their reason; nothing in the text makes it throw. Memory is
 * one line besides the piece at hand.
 */
export function createRecordingParser(options: RecordingParserOptions = {}) {
  const detector = createFormatDetector(options.columns);
  let format: RecordingFormat | undefined = options.format;
  let parseLine = format === undefined ? detector.parse : createLineParser();
  const carry = new Uint8Array(longestLine);
  const problems: BrokenLine[] = [];
  let carried = 0;
  let isOverlong = false;
  let piece: Uint8Array = new Uint8Array(0);
  let at = 0;
  let hasEnded = false;
  let lines = 0;
  let brokenLines = 0;
  let otherLines = 0;

  function settleFormat(): void {
    const found = detector.found();
    if (found === undefined) return;
    format = found.format;
    parseLine = found.parse;
  }

  function broken(problem: BrokenLine["problem"]): void {
    brokenLines++;
    if (problems.length < keptProblems) problems.push({ line: lines, problem });
  }

  /** True if the bytes are a frame; a blank line is neither frame nor broken. */
  function isFrame(bytes: Uint8Array, from: number, end: number, frame: RecordingFrame): boolean {
    lines++;
    const last = end > from && bytes[end - 1] === CR ? end - 1 : end;
    if (last - from > longestLine) {
      broken("longer than 4096 bytes");
      return false;
    }
    const outcome = parseLine(bytes, from, last, frame);
    if (format === undefined) settleFormat();
    if (outcome === "blank") return false;
    if (outcome === "other") {
      otherLines++;
      return false;
    }
    if (outcome !== "frame") {
      broken(outcome);
      return false;
    }
    frame.line = lines;
    return true;
  }

  /** Keeps the unfinished line at the end of a piece until the next piece brings its rest. */
  function keepRest(from: number, end: number): void {
    if (isOverlong || carried + end - from > longestLine) {
      isOverlong = true;
      return;
    }
    carry.set(piece.subarray(from, end), carried);
    carried += end - from;
  }

  function finishCarried(frame: RecordingFrame): boolean {
    const length = carried;
    carried = 0;
    if (!isOverlong) return isFrame(carry, 0, length, frame);
    isOverlong = false;
    lines++;
    broken("longer than 4096 bytes");
    return false;
  }

  return {
    /** The next piece of the text; `next` must have used up the one before. The bytes are not copied. */
    feed(bytes: Uint8Array): void {
      piece = bytes;
      at = 0;
    },

    /** No more text: a last line without a line end counts too. */
    end(): void {
      piece = new Uint8Array(0);
      at = 0;
      hasEnded = true;
    },

    next(frame: RecordingFrame): boolean {
      while (at < piece.length) {
        const from = at;
        const lineEnd = lineEndOf(piece, from);
        if (lineEnd < 0) {
          keepRest(from, piece.length);
          at = piece.length;
          return false;
        }
        at = lineEnd + 1;
        if (carried > 0 || isOverlong) {
          keepRest(from, lineEnd);
          if (finishCarried(frame)) return true;
        } else if (isFrame(piece, from, lineEnd, frame)) return true;
      }
      return hasEnded && (carried > 0 || isOverlong) && finishCarried(frame);
    },

    get lines(): number {
      return lines;
    },
    get brokenLines(): number {
      return brokenLines;
    },
    /** Lines that are no frames and need not be: heads, comments, statistics, states. */
    get otherLines(): number {
      return otherLines;
    },
    /** Undefined until a line has shown it. */
    get format(): RecordingFormat | undefined {
      return format;
    },
    /** The first broken lines, at most five. */
    problems: problems as readonly BrokenLine[],
  };
}

/** Where the line ends, or -1. Lines are short: this beats a call into `indexOf` for each. */
function lineEndOf(piece: Uint8Array, from: number): number {
  for (let at = from; at < piece.length; at++) if (piece[at] === LF) return at;
  return -1;
}
