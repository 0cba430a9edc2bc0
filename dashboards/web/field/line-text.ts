import { formatTime } from "../format.ts";
import type { Language } from "../i18n/messages.ts";
import { texts } from "../i18n/pages/work-texts.ts";

export interface LineState {
  readonly isOnline: boolean;
  readonly isBusy: boolean;
  readonly steps: number;
  readonly photos: number;
  /** ISO; undefined: never yet. */
  readonly syncedAt: string | undefined;
}

/** Where phone and server stand, in one sentence, and how it looks. Pure. */
export function lineText(
  { isOnline, isBusy, steps, photos, syncedAt }: LineState,
  language: Language,
): { readonly tone: "offline" | "busy" | "waiting" | "sent"; readonly text: string } {
  const say = (key: keyof typeof texts, values: Readonly<Record<string, string | number>> = {}) =>
    texts[key][language].replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name]));
  const counted = (count: number, one: "step" | "photo", many: "steps" | "photos") =>
    count === 0 ? [] : [say(count === 1 ? one : many, { count })];
  const parts = [...counted(steps, "step", "steps"), ...counted(photos, "photo", "photos")];
  const [one = "", other] = parts;
  const what = other === undefined ? one : say("and", { one, other });
  if (!isOnline)
    return {
      tone: "offline",
      text: what === "" ? say("offlineNothing") : say("offlineWaiting", { what }),
    };
  if (isBusy)
    return { tone: "busy", text: what === "" ? say("checking") : say("sending", { what }) };
  if (what !== "") return { tone: "waiting", text: say("waiting", { what }) };
  if (syncedAt === undefined) return { tone: "waiting", text: say("notSynced") };
  const time = formatTime(syncedAt, language, "minute");
  return { tone: "sent", text: say("allSent", { time }) };
}
