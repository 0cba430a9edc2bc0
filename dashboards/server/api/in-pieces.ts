import { setImmediate } from "node:timers/promises";
import { throwIfGone } from "@firebreak/ingest/store/asking.ts";

/** Work that others may go before at each `yield`; what lies between two takes well below a millisecond. */
export type Pieces<Result> = Generator<void, Result, void>;

/** Whoever asked for little waits for no more of what others asked for. Engineering default. */
const sliceMs = 1;
/** Values that are turned into text at one go. */
const fewValues = 500;

/** Does the work with pauses for whatever else there is to do. @throws CodedError QUERY_CANCELLED */
export async function inPieces<Result>(
  work: Pieces<Result>,
  abort: AbortSignal | undefined,
): Promise<Result> {
  for (let untilMs = performance.now() + sliceMs; ; ) {
    const { done, value } = work.next();
    if (done) return value;
    if (performance.now() < untilMs) continue;
    await setImmediate();
    throwIfGone(abort);
    untilMs = performance.now() + sliceMs;
  }
}

/** What `JSON.stringify` makes of plain data, as UTF-8. */
export function* jsonPieces(answer: unknown): Pieces<Buffer> {
  const out: Buffer[] = [];
  for (const text of textsOf(answer)) {
    out.push(Buffer.from(text));
    yield;
  }
  return Buffer.concat(out);
}

function* textsOf(value: unknown): Generator<string, void, void> {
  if (leavesWithin(value, fewValues) >= 0) {
    yield JSON.stringify(value) ?? "null";
    return;
  }
  if (Array.isArray(value)) yield* textsOfItems(value);
  else yield* textsOfFields(value as object);
}

function* textsOfItems(items: readonly unknown[]): Generator<string, void, void> {
  let before = "[";
  const isFlat = items.every((one) => typeof one !== "object" || one === null);
  for (let at = 0; at < items.length; at += isFlat ? fewValues : 1) {
    yield before;
    before = ",";
    if (isFlat) yield JSON.stringify(items.slice(at, at + fewValues)).slice(1, -1);
    else yield* textsOf(items[at]);
  }
  yield "]";
}

function* textsOfFields(fields: object): Generator<string, void, void> {
  let before = "{";
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    before = ",";
    yield* textsOf(value);
  }
  yield "}";
}

/** What is left of `most` after the values in it; below 0 when there are more. */
function leavesWithin(value: unknown, most: number): number {
  if (typeof value !== "object" || value === null) return most - 1;
  const inside = Array.isArray(value) ? value : Object.values(value);
  let left = most;
  for (const one of inside) {
    left = leavesWithin(one, left);
    if (left < 0) return left;
  }
  return left;
}
