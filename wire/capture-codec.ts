import { captureNamePattern, requestIdPattern } from "./capture-event.ts";
import { malformedSession, objectAt, textAt, wholeAt } from "./json-shape.ts";
import { checkId } from "./topics.ts";

/** A piece of a recording is never larger, bytes. */
export const maxPieceBytes = 32 * 1024;

/** What the hub wants of a gateway; both may come any number of times. */
export type CaptureOrder =
  | { readonly kind: "record"; readonly machineId: string; readonly requestId: string }
  | {
      readonly kind: "read";
      readonly machineId: string;
      readonly name: string;
      readonly offset: number;
      readonly bytes: number;
    };

export const recordStates = [
  /** It runs; or what runs will do for this request too. */
  "recording",
  /** It is stored and told (again). */
  "stored",
  "nothing-heard",
  "too-often",
  "unknown-machine",
] as const;
export type RecordState = (typeof recordStates)[number];

export const readStates = [
  /** The piece is beside it; empty at the end. */
  "piece",
  "gone",
  "over-budget",
] as const;
export type ReadState = (typeof readStates)[number];

export type CaptureReply =
  | {
      readonly kind: "record";
      readonly machineId: string;
      readonly requestId: string;
      readonly state: RecordState;
    }
  | {
      readonly kind: "read";
      readonly machineId: string;
      readonly name: string;
      readonly offset: number;
      readonly state: ReadState;
    };

const maxTextLength = 2_000;
const maxOffset = 2 ** 40;

/** Value of metric `Firebreak/CaptureOrder`, and of `Firebreak/CaptureReply`. */
export const encodeCaptureText = (message: CaptureOrder | CaptureReply): string =>
  JSON.stringify(message);

/** Throws SESSION_MALFORMED. */
export function parseCaptureOrder(text: string): CaptureOrder {
  const { kind, ...rest } = parse(text);
  const machineId = machineAt(rest.machineId);
  if (kind === "record")
    return { kind, machineId, requestId: textAt(rest.requestId, "requestId", requestIdPattern) };
  if (kind !== "read") throw malformedSession("order.kind");
  return {
    kind,
    machineId,
    name: textAt(rest.name, "name", captureNamePattern),
    offset: wholeAt(rest.offset, "offset", { max: maxOffset }),
    bytes: wholeAt(rest.bytes, "bytes", { min: 1, max: maxPieceBytes }),
  };
}

/** Throws SESSION_MALFORMED. */
export function parseCaptureReply(text: string): CaptureReply {
  const { kind, ...rest } = parse(text);
  const machineId = machineAt(rest.machineId);
  if (kind === "record") {
    const requestId = textAt(rest.requestId, "requestId", requestIdPattern);
    return { kind, machineId, requestId, state: wordAt(rest.state, recordStates) };
  }
  if (kind !== "read") throw malformedSession("reply.kind");
  const name = textAt(rest.name, "name", captureNamePattern);
  const offset = wholeAt(rest.offset, "offset", { max: maxOffset });
  return { kind, machineId, name, offset, state: wordAt(rest.state, readStates) };
}

function parse(text: string): Record<string, unknown> {
  if (text.length > maxTextLength) throw malformedSession("the size of the message");
  try {
    return objectAt(JSON.parse(text), "capture message");
  } catch (error) {
    throw malformedSession("JSON", error);
  }
}

function machineAt(value: unknown): string {
  if (typeof value !== "string" || checkId(value)) throw malformedSession("machineId");
  return value;
}

function wordAt<Word extends string>(value: unknown, words: readonly Word[]): Word {
  const word = words.find((one) => one === value);
  if (word === undefined) throw malformedSession("state");
  return word;
}
