import { ApiError } from "../api-client.ts";
import type { FieldStore } from "./field-store.ts";
import type { HeldOrder, MyWorkItem, Photo, Step, SyncReply } from "./field-types.ts";
import { nextBatch, settled, toCommand } from "./outbox.ts";

/** The interface as the synchronisation needs it. */
export interface FieldLine {
  /** Who is logged in now; null: nobody. */
  whoAmI(): Promise<string | null>;
  send(request: { deviceNow: string; commands: readonly object[] }): Promise<SyncReply>;
  upload(photo: Photo & { readonly blob: Blob }): Promise<{ readonly mediaId: string }>;
  myWork(have: readonly string[]): Promise<readonly MyWorkItem[]>;
}

export interface SyncSources {
  readonly user: string;
  readonly store: Pick<FieldStore, "load" | "putSteps" | "settlePhoto" | "takeOrders">;
  readonly line: FieldLine;
  readonly now: () => string;
  readonly stopwatch: () => Step["watch"];
  /** Whether the phone is still this user's: after a log-out nothing of what was asked before may come back. */
  readonly isStill: () => boolean;
  /** Something on the phone has changed. */
  readonly onChange: () => void;
}

/**
 * Sends what waits, small things first, and fetches the newest work orders. Everything is on the disk before it goes out
 * and after each answer, so it may break off at any point and begin again: the server does each command once.
 * @throws ApiError when the line breaks, and NOT_LOGGED_IN when it is not this user who is logged in
 */
export async function syncField(sources: SyncSources): Promise<void> {
  const { user, line } = sources;
  if ((await line.whoAmI()) !== user) throw new ApiError("NOT_LOGGED_IN", 401);
  const tried = new Set<string>();
  const sendAll = async () => {
    while (await sendSteps(sources, tried));
  };
  await sendAll();
  // Before the photos: a film that no line is good enough for must not keep new work from whoever waits for it.
  await fetchOrders(sources);
  if (!(await uploadNext(sources))) return;
  do await sendAll();
  while (await uploadNext(sources));
  await fetchOrders(sources);
}

async function sendSteps(sources: SyncSources, tried: Set<string>): Promise<boolean> {
  const { user, store, line, now, stopwatch, onChange } = sources;
  const { steps, photos } = await store.load(user);
  const known = new Map(photos.map((photo) => [photo.localId, photo]));
  const batch = nextBatch(steps, known, tried);
  if (batch.length === 0) return false;
  const ids = new Set(batch.map(({ commandId }) => commandId));
  for (const commandId of ids) tried.add(commandId);
  const sent = steps
    .filter(({ commandId }) => ids.has(commandId))
    .map((step) => ({ ...step, tries: step.tries + 1 }));
  await store.putSteps(sent);
  const commands = batch.map((step) => toCommand(step, stopwatch()));
  const { answers } = await line.send({ deviceNow: now(), commands });
  const byId = new Map(answers.map((answer) => [answer.commandId, answer]));
  const answered = sent.flatMap((step) => {
    const answer = byId.get(step.commandId);
    return answer ? [settled(step, answer, now())] : [];
  });
  await store.putSteps(answered);
  // What was done may be what others waited for.
  if (answered.some(({ status }) => isSettled(status))) tried.clear();
  onChange();
  return true;
}

/** Sends one photo; one that the server will never take says why and holds nothing up. */
async function uploadNext({ user, store, line, onChange }: SyncSources): Promise<boolean> {
  const { photos } = await store.load(user);
  const next = photos.find(
    ({ blob, mediaId, refusedCode }) => blob && mediaId === undefined && refusedCode === undefined,
  );
  if (!next?.blob) return false;
  const { blob, ...rest } = next;
  try {
    const { mediaId } = await line.upload({ ...rest, blob });
    await store.settlePhoto({ ...rest, mediaId });
  } catch (error) {
    if (!isFinal(error)) throw error;
    await store.settlePhoto({ ...next, refusedCode: error.code });
  }
  onChange();
  return true;
}

/** Whether sending the same again would be refused again. */
const isFinal = (error: unknown): error is ApiError =>
  error instanceof ApiError &&
  error.status >= 400 &&
  error.status < 500 &&
  ![401, 403, 408, 425, 429].includes(error.status);

async function fetchOrders(sources: SyncSources): Promise<void> {
  const { user, store, line, now, isStill: mayTake, onChange } = sources;
  const { orders, steps } = await store.load(user);
  const held = new Map(orders.filter(({ isMine }) => isMine).map((one) => [one.ticketId, one]));
  const have = [...held.values()].map(({ ticketId, etag }) => `${ticketId}:${etag}`);
  const items = await line.myWork(have.slice(0, 50));
  const fetchedAt = now();
  const fresh = items.flatMap(({ ticketId, etag, order }, rank): HeldOrder[] => {
    const known = order ?? held.get(ticketId)?.order;
    return known ? [{ user, ticketId, etag, order: known, fetchedAt, isMine: true, rank }] : [];
  });
  const shown = steps.filter(({ status, isInOrder }) => isSettled(status) && isInOrder !== true);
  await store.putSteps(shown.map((step) => ({ ...step, isInOrder: true })));
  const mine = new Set(items.map(({ ticketId }) => ticketId));
  if (!(await store.takeOrders(user, fresh, { mine, mayTake })))
    throw new ApiError("NOT_LOGGED_IN", 401);
  onChange();
}

const isSettled = (status: Step["status"]): boolean => status === "done" || status === "already";
