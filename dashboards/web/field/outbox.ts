import type { Photo, Step, SyncAnswer } from "./field-types.ts";

/** The most that goes in one request; the server takes 200. */
const batchSize = 50;
const photoMark = "photo:";

export const photoRef = (localId: string): string => `${photoMark}${localId}`;

type PhotoState = Pick<Photo, "localId" | "mediaId" | "refusedCode">;

/** The local ids of all photos that a body names. Pure. */
export function photosIn(value: unknown): string[] {
  if (typeof value === "string")
    return value.startsWith(photoMark) ? [value.slice(photoMark.length)] : [];
  if (Array.isArray(value)) return value.flatMap(photosIn);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(photosIn);
  return [];
}

/**
 * A body with the ids that the server gave its photos; undefined while one has none yet. A photo that the server refused,
 * or that is gone, is left out, so that it holds up nothing. Pure.
 */
export function withMediaIds<Value>(
  value: Value,
  photos: ReadonlyMap<string, PhotoState>,
): Value | undefined {
  const isWaiting = (localId: string) => {
    const photo = photos.get(localId);
    return photo !== undefined && photo.mediaId === undefined && photo.refusedCode === undefined;
  };
  if (photosIn(value).some(isWaiting)) return undefined;
  return replace(value, (localId) => photos.get(localId)?.mediaId) as Value;
}

function replace(value: unknown, idOf: (localId: string) => string | undefined): unknown {
  if (typeof value === "string")
    return value.startsWith(photoMark) ? idOf(value.slice(photoMark.length)) : value;
  if (Array.isArray(value))
    return value.map((one) => replace(one, idOf)).filter((one) => one !== undefined);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, replace(one, idOf)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

export const inOrder = <One extends Pick<Step, "seq">>(steps: readonly One[]): One[] =>
  [...steps].sort((one, other) => one.seq - other.seq);

export const isWaiting = ({ status }: Pick<Step, "status">): boolean => status === "waiting";

/**
 * What can go now, in the order of recording: a step whose photos are not there yet holds up the later ones of its own
 * ticket, and of no other. `tried`: sent in this round already. Pure.
 */
export function nextBatch(
  steps: readonly Step[],
  photos: ReadonlyMap<string, PhotoState>,
  tried: ReadonlySet<string> = new Set(),
): Step[] {
  const heldUp = new Set<string>();
  const batch: Step[] = [];
  for (const step of inOrder(steps)) {
    if (!isWaiting(step) || heldUp.has(step.ticketId)) continue;
    if (tried.has(step.commandId)) continue;
    const body = withMediaIds(step.body, photos);
    if (body === undefined) heldUp.add(step.ticketId);
    else batch.push({ ...step, body });
    if (batch.length === batchSize) break;
  }
  return batch;
}

/** A step as the interface wants it. `elapsedMs` only while the stopwatch that saw it still runs. Pure. */
export function toCommand(
  { commandId, ticketId, type, body, at, watch }: Step,
  now: Step["watch"],
): object {
  const elapsedMs =
    watch.id === now.id ? { elapsedMs: Math.max(0, Math.round(now.ms - watch.ms)) } : {};
  return { commandId, ticketId, type, body, at, ...elapsedMs };
}

/**
 * A step after the server's answer. `retry` keeps it waiting with the reason beside it; everything else is settled: what
 * was overtaken counts as done, what has to be put right or decided stays refused until the engineer looked at it. Pure.
 */
export function settled(step: Step, answer: SyncAnswer, answeredAt: string): Step {
  const { status, code, message, whatToDo } = answer;
  const { answer: _before, ...rest } = step;
  if (status !== "refused") return { ...rest, status, answeredAt };
  const why = {
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(whatToDo === undefined ? {} : { whatToDo }),
  };
  return { ...rest, status: whatToDo === "retry" ? "waiting" : "refused", answer: why, answeredAt };
}

/** Drafts of the same thing that nobody has seen yet: the newer one says it all. Pure. */
export function overwritten(steps: readonly Step[], next: Pick<Step, "type" | "ticketId">): Step[] {
  if (next.type !== "save-report" && next.type !== "save-survey") return [];
  const own = inOrder(steps.filter(({ ticketId }) => ticketId === next.ticketId));
  const handedIn = own.findLastIndex(({ type }) => type === "hand-in-report");
  return own.filter(
    (step, index) =>
      index > handedIn && step.type === next.type && isWaiting(step) && step.tries === 0,
  );
}

/** Before the next attempt, ms: doubles from 2 s to 2 min, spread so that phones do not all come at once. Pure. */
export const retryDelayMs = (failures: number, random: number): number =>
  Math.min(120_000, 2_000 * 2 ** Math.min(failures, 10)) * (0.5 + random / 2);
