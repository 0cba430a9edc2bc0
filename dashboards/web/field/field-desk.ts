import { computed, signal } from "@preact/signals";
import { ApiError, newCommandId } from "../api-client.ts";
import { onLive } from "../live/live-events.ts";
import type { Me } from "../types.ts";
import { fieldLine, orderProblems } from "./field-line.ts";
import { type Held, openFieldStore } from "./field-store.ts";
import type { Draft, NewStep, Photo, Step } from "./field-types.ts";
import { isWaiting, retryDelayMs } from "./outbox.ts";
import { quietly } from "./quietly.ts";
import { rememberedMe } from "./remembered-me.ts";
import { withoutPhotos } from "./report-content.ts";
import { stopwatch } from "./stopwatch.ts";
import { syncField } from "./sync-field.ts";
import { unsentReport } from "./unsent-report.ts";

const pollMs = 60_000;
/** How long nobody must have typed before a draft goes out. */
const quietMs = 4_000;

type Trouble = "login" | "unreachable" | "server" | undefined;

/** All of this user that lies on the phone; undefined until it was read. */
export const held = signal<Held | undefined>(undefined);
export const line = signal<{ readonly isBusy: boolean; readonly trouble: Trouble }>({
  isBusy: false,
  trouble: undefined,
});
/** When everything was sent last, ISO. */
export const syncedAt = signal<string | undefined>(undefined);
/** The phone would not keep something. */
export const storageProblem = signal<"full" | "forbidden" | undefined>(undefined);

export const waitingSteps = computed(() => (held.value?.steps ?? []).filter(isWaiting));
export const refusedSteps = computed(() =>
  (held.value?.steps ?? []).filter(({ status }) => status === "refused"),
);
export const waitingPhotos = computed(() =>
  (held.value?.photos ?? []).filter(
    ({ blob, mediaId, refusedCode }) => blob && mediaId === undefined && refusedCode === undefined,
  ),
);

const store = openFieldStore();
const now = () => new Date().toISOString();
let owner: Me | undefined;
let isSyncing = false;
let isAskedAgain = false;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const userOf = (who: Me | undefined): string => who?.username ?? "";

const overHttp = fieldLine(() =>
  owner && owner.role !== "engineer" ? owner.engineerId : undefined,
);

/** Drafts of this tab on their way to the disk, by ticket: what it holds is newer than any answer of the disk. */
const writing = new Map<string, number>();

const withWritten = (stored: readonly Draft[]): readonly Draft[] => {
  const own = (held.peek()?.drafts ?? []).filter(({ ticketId }) => writing.has(ticketId));
  return [...stored.filter(({ ticketId }) => !writing.has(ticketId)), ...own];
};

/** Other tabs of this phone: what is written in one is in all before anybody writes there. */
const otherTabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("firebreak-field") : null;
otherTabs?.addEventListener("message", () => void refresh());
const tellOtherTabs = () => otherTabs?.postMessage("changed");

async function refresh(): Promise<void> {
  const who = owner;
  try {
    const next = await store.load(userOf(who));
    if (who === owner) held.value = { ...next, drafts: withWritten(next.drafts) };
  } catch {
    storageProblem.value = "forbidden";
    held.value ??= { steps: [], photos: [], orders: [], drafts: [] };
  }
}

/** Sends and fetches as soon as there is a line; asked meanwhile, it goes round once more. */
export async function syncSoon(): Promise<void> {
  if (!owner) return;
  if (isSyncing) {
    isAskedAgain = true;
    return;
  }
  isSyncing = true;
  clearTimeout(timer);
  line.value = { ...line.peek(), isBusy: true };
  let trouble: Trouble;
  try {
    do {
      isAskedAgain = false;
      await alone(owner);
    } while (isAskedAgain && owner);
    failures = 0;
    rememberSynced(now());
  } catch (error) {
    failures++;
    trouble = troubleOf(error);
  }
  isSyncing = false;
  line.value = { isBusy: false, trouble };
  await refresh();
  timer = setTimeout(() => void syncSoon(), delayOf(trouble));
}

/** A line that came back while an attempt without one was failing is not kept waiting. */
function delayOf(trouble: Trouble): number {
  if (trouble === undefined) return pollMs;
  return isAskedAgain ? 0 : retryDelayMs(failures - 1, Math.random());
}

/** Two tabs of one phone take turns. */
function alone(who: Me): Promise<void> {
  const user = userOf(who);
  const onChange = () => {
    tellOtherTabs();
    void refresh();
  };
  const isStill = () => userOf(owner) === user;
  const sync = () => syncField({ user, store, line: overHttp, now, stopwatch, isStill, onChange });
  return "locks" in navigator ? navigator.locks.request("firebreak-field", sync) : sync();
}

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ApiError)) return "unreachable";
  if (error.code === "NOT_LOGGED_IN") return "login";
  return error.status === 0 || error.code === "UNREACHABLE" ? "unreachable" : "server";
}

const syncedKey = (): string => `firebreak.synced.${userOf(owner)}`;

function rememberSynced(at: string): void {
  syncedAt.value = at;
  try {
    localStorage.setItem(syncedKey(), at);
  } catch {
    // then it is not known after a restart
  }
}

/** Reads what the phone holds of this engineer and keeps it and the server in step; returns the way to stop. */
export function startField(who: Me): () => void {
  if (userOf(owner) !== userOf(who)) {
    held.value = undefined;
    writing.clear();
  }
  owner = who;
  try {
    syncedAt.value = localStorage.getItem(syncedKey()) ?? undefined;
  } catch {
    // as after a restart
  }
  void refresh().then(recordUnsent).then(syncSoon);
  const soon = () => void syncSoon();
  const flush = () => typed.flush();
  const shown = () => (document.visibilityState === "visible" ? soon() : flush());
  addEventListener("online", soon);
  document.addEventListener("visibilitychange", shown);
  addEventListener("pagehide", flush);
  const stopLive = onLive("ticket", soon);
  return () => {
    removeEventListener("online", soon);
    document.removeEventListener("visibilitychange", shown);
    removeEventListener("pagehide", flush);
    stopLive();
    clearTimeout(timer);
  };
}

const problemOf = (error: unknown) =>
  error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "forbidden";

/** Runs a write; false when the phone would not keep it, which the page then says. */
async function kept(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    storageProblem.value = undefined;
    tellOtherTabs();
    await refresh();
    return true;
  } catch (error) {
    storageProblem.value = problemOf(error);
    return false;
  }
}

const stamped = (step: NewStep): Omit<Step, "seq"> => ({
  ...step,
  user: userOf(owner),
  commandId: newCommandId(),
  at: now(),
  watch: stopwatch(),
  status: "waiting",
  tries: 0,
});

/** Keeps what the engineer did, then sends it when it can. */
export async function record(step: NewStep): Promise<boolean> {
  void navigator.storage?.persist?.();
  const isKept = await kept(store.addStep(stamped(step)));
  if (isKept) void syncSoon();
  return isKept;
}

/** Reports in which somebody writes: each goes out once nobody has typed for a while, or the page is put aside. */
export const typed = quietly(quietMs, (ticketId) => void recordReport(ticketId));

async function recordReport(ticketId: string): Promise<void> {
  const content = held.peek() && unsentReport(held.peek() as Held, ticketId);
  if (content)
    await record({ ticketId, type: "save-report", body: { content: withoutPhotos(content) } });
}

/** What a tab that ended meanwhile had not recorded yet. */
async function recordUnsent(): Promise<void> {
  for (const { ticketId } of held.peek()?.drafts ?? [])
    if (!typed.has(ticketId)) await recordReport(ticketId);
}

/** Says a refused step anew, in its old place. */
export async function correct(step: Step, body: Step["body"]): Promise<void> {
  const { answer: _answer, answeredAt: _answeredAt, ...rest } = step;
  const again: Step = { ...rest, body, commandId: newCommandId(), status: "waiting", tries: 0 };
  if (await kept(store.putStep(again))) void syncSoon();
}

/** Takes a step out that the engineer has given up. */
export const dismiss = (step: Step): Promise<boolean> => kept(store.removeStep(step.seq));

export async function addPhoto(
  photo: Pick<Photo, "ticketId" | "kind" | "purpose"> & { readonly blob: Blob },
): Promise<string | undefined> {
  const localId = newCommandId();
  const isKept = await kept(store.putPhoto({ ...photo, localId, user: userOf(owner), at: now() }));
  if (!isKept) return undefined;
  void syncSoon();
  return localId;
}

export const removePhoto = (localId: string): Promise<boolean> => kept(store.removePhoto(localId));

/** Keeps what is being written. The page that writes it knows it already. */
export async function saveDraft(words: Omit<Draft, "user" | "savedAt">): Promise<void> {
  const draft: Draft = { ...words, user: userOf(owner), savedAt: now() };
  const { ticketId } = draft;
  writing.set(ticketId, (writing.get(ticketId) ?? 0) + 1);
  const before = held.peek();
  if (before) {
    const others = before.drafts.filter((one) => one.ticketId !== ticketId);
    held.value = { ...before, drafts: [...others, draft] };
  }
  try {
    await store.putDraft(draft);
    // One that the disk would not take stays the newest here.
    const left = (writing.get(ticketId) ?? 0) - 1;
    if (left > 0) writing.set(ticketId, left);
    else writing.delete(ticketId);
    tellOtherTabs();
  } catch (error) {
    storageProblem.value = problemOf(error);
  }
}

/** After a log-out: no customer's name stays on the phone or comes back, no step and no word is lost. */
export async function leaveField(user: string): Promise<void> {
  typed.flush();
  if (userOf(owner) === user) {
    owner = undefined;
    clearTimeout(timer);
    held.value = undefined;
    orderProblems.value = [];
    line.value = { ...line.peek(), trouble: undefined };
  }
  await store.dropOrders(user);
}

// Whoever logs out in another tab logs out in this one.
rememberedMe.subscribe((who) => {
  if (who === undefined && owner?.username) void leaveField(owner.username);
});
