import { effect, signal } from "@preact/signals";
import { me } from "../api-client.ts";
import type { Me } from "../types.ts";

const storageKey = "firebreak.engineer";

function read(): Me | undefined {
  try {
    const text = localStorage.getItem(storageKey);
    return text === null ? undefined : (JSON.parse(text) as Me);
  } catch {
    return undefined;
  }
}

function write(who: Me | undefined): void {
  try {
    if (who === undefined) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, JSON.stringify(who));
  } catch {
    // then it lasts until the page is closed
  }
}

/** Whose phone this is: known without a line, and after the login has run out; until somebody logs out or another in. */
export const rememberedMe = signal<Me | undefined>(
  typeof localStorage === "undefined" ? undefined : read(),
);

/** Logged out in another tab, or another one logged in there. */
globalThis.addEventListener?.("storage", ({ key }) => {
  if (key === storageKey) rememberedMe.value = read();
});

/** The engineer asked to log in anew, so that what waits can be sent. */
export const wantsLogin = signal(false);

export const isEngineer = (who: Me | null | undefined): who is Me =>
  Boolean(who?.username) && (who?.role === "engineer" || who?.engineerId !== undefined);

/** Whoever logs out leaves no way to the work orders on the phone. */
export function forgetMe(): void {
  rememberedMe.value = undefined;
  write(undefined);
}

effect(() => {
  const who = me.value;
  if (!who) return;
  wantsLogin.value = false;
  const next = isEngineer(who) ? who : undefined;
  rememberedMe.value = next;
  write(next);
});
