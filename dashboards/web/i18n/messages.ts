import type { firstMessages } from "./first-messages.ts";
import type { lateMessages } from "./late-messages.ts";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

/** One text in every language: leaving one out is a type error. `{name}` is filled in by `translate`. */
export type Message = Readonly<Record<Language, string>>;

/** Every text that is not one page's own. */
export type MessageKey = keyof typeof firstMessages | keyof typeof lateMessages;
