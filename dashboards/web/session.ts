import { signal } from "@preact/signals";
import { ApiError, get, me, post } from "./api-client.ts";
import type { Me, MeReply } from "./types.ts";

const storageKey = "firebreak.loggingOut";
const patienceMs = 15_000;
const againMs = 5_000;

const isStored = (): boolean => {
  try {
    return localStorage.getItem(storageKey) !== null;
  } catch {
    return false;
  }
};

function keep(isUnheard: boolean): void {
  try {
    if (isUnheard) localStorage.setItem(storageKey, new Date().toISOString());
    else localStorage.removeItem(storageKey);
  } catch {
    // then it lasts until the page is closed
  }
}

/**
 * Somebody logged out here and the server does not know yet: only it can end the session, whose cookie no page can
 * touch. It is told before anybody is asked who is logged in, and outlasts the page.
 */
let isToTell = isStored();
/** What the page says about that: true once it was tried in vain. */
export const isLogOutUnheard = signal(isToTell);
if (isToTell) me.value = null;

/** Goes up with each change of who is logged in: an answer to an older question says nothing any more. */
let turn = 0;
let telling: Promise<void> | undefined;

/** Tells the server of a log-out that it has not heard of. @throws ApiError while it does not take it */
function tellLogOut(): Promise<void> {
  if (!isToTell) return Promise.resolve();
  telling ??= endSession().finally(() => {
    telling = undefined;
  });
  return telling;
}

async function endSession(): Promise<void> {
  try {
    await post("/logout", {}, AbortSignal.timeout(patienceMs));
  } catch (error) {
    // The session had ended before.
    if (!(error instanceof ApiError) || error.code !== "NOT_LOGGED_IN") {
      isLogOutUnheard.value = isToTell;
      throw error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0, { cause: error });
    }
  }
  logOutIsHeard();
}

function logOutIsHeard(): void {
  isToTell = false;
  isLogOutUnheard.value = false;
  keep(false);
}

/** Finds out who is logged in; rejects with ApiError when nobody answers. */
export async function askWhoIAm(): Promise<void> {
  await tellLogOut();
  const asked = turn;
  const { role, ...rest } = await get<MeReply>("/me");
  if (asked === turn) me.value = role === null ? null : { ...rest, role };
}

/** @throws ApiError when the server refuses, or does not answer */
export async function logIn(username: unknown, password: unknown): Promise<void> {
  // Where it cannot be told, the new login takes the cookie's place: nobody holds the old session then.
  await tellLogOut().catch(() => undefined);
  const who = await post<Me>("/login", { username, password });
  turn++;
  if (isToTell) logOutIsHeard();
  me.value = who;
}

/** Nobody is logged in here from now on; resolves when the server was told, or could not be. */
export async function logOut(): Promise<void> {
  turn++;
  isToTell = true;
  keep(true);
  me.value = null;
  await tellLogOut().catch(() => undefined);
}

/** Tries again until the server has heard of the log-out; returns the way to stop. */
export function keepTellingLogOut(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    clearTimeout(timer);
    tellLogOut().catch(() => {
      timer = setTimeout(tell, againMs);
    });
  };
  timer = setTimeout(tell, againMs);
  addEventListener("online", tell);
  return () => {
    clearTimeout(timer);
    removeEventListener("online", tell);
  };
}

/** Another tab logged out, or the server has heard it there. */
globalThis.addEventListener?.("storage", ({ key, newValue }) => {
  if (key !== storageKey) return;
  if (newValue === null) return logOutIsHeard();
  turn++;
  isToTell = true;
  isLogOutUnheard.value = true;
  me.value = null;
});
