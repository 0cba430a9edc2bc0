import { signal } from "@preact/signals";
import { firstMessages } from "./first-messages.ts";
import { type Language, languages, type Message, type MessageKey } from "./messages.ts";

/** Texts by key, those that are there so far. */
const catalogue = signal<Readonly<Record<string, Message>>>(firstMessages);

/** Adds texts; what is shown follows. */
export function addMessages(more: Readonly<Record<string, Message>>): void {
  catalogue.value = { ...catalogue.value, ...more };
}

let late: Promise<void> | undefined;

/** Fetches the texts that are not part of the first load, once; rejects when they cannot be had now. */
export function loadMessages(): Promise<void> {
  late ??= import("./late-messages.ts").then(
    ({ lateMessages }) => addMessages(lateMessages),
    (error: unknown) => {
      late = undefined;
      throw error;
    },
  );
  return late;
}

const storageKey = "firebreak.language";

/** The language to begin with: what was chosen here before, else the browser's first that we speak. Pure. */
export function chooseLanguage(remembered: string | null, preferred: readonly string[]): Language {
  const known = languages.find((language) => language === remembered);
  if (known !== undefined) return known;
  for (const tag of preferred) {
    if (tag.toLowerCase().startsWith("zh")) return "zh-CN";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/** Fills `{name}` in one text. A missing value or text stays visible as its name, so that it is noticed. */
export function translate(
  language: Language,
  key: MessageKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(catalogue.value[key]?.[language] ?? key, values);
}

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );

const readRemembered = (): string | null => {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null; // storage may be forbidden
  }
};

export const language = signal<Language>(
  typeof navigator === "undefined"
    ? "en"
    : chooseLanguage(readRemembered(), navigator.languages ?? []),
);

export function setLanguage(next: Language): void {
  language.value = next;
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    // then it lasts until the page is closed
  }
}

/** The text in the language in use; reading it in a component makes that follow the switch. */
export const t = (key: MessageKey, values?: Readonly<Record<string, string | number>>): string =>
  translate(language.value, key, values);

/** A text that comes in both languages with the data. */
export const inLanguage = (text: Readonly<Record<Language, string>>): string =>
  text[language.value];

/** Whether a word of a vocabulary has a text; data may be newer than this page. */
export const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(catalogue.value, key);

/** A word of a vocabulary in the language in use, or the word itself when it is not known here. */
export const word = (vocabulary: string, name: string): string => {
  const key = `${vocabulary}.${name}`;
  return isMessageKey(key) ? t(key) : name;
};

/**
 * The texts of one page, which come with its code instead of with the first load. `t` gives a text in the language in
 * use, `word` a word of a vocabulary (`<vocabulary>.<name>`) here or in the common catalogue.
 */
export function textsOf<const Texts extends Readonly<Record<string, Message>>>(texts: Texts) {
  return {
    t: (key: keyof Texts & string, values: Readonly<Record<string, string | number>> = {}) =>
      fill(texts[key]?.[language.value] ?? key, values),
    word: (vocabulary: string, name: string): string => {
      const own = texts[`${vocabulary}.${name}`];
      return own ? own[language.value] : word(vocabulary, name);
    },
  };
}
