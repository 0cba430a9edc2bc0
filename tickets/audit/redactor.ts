import type { Person } from "../organisation/person.ts";

/** Finds what is personal of one person in stored text, and takes it out. */
export interface Redactor {
  /** Parts of text that are worth a closer look, as they stand in JSON. */
  readonly traces: readonly string[];
  /** Of a column: JSON stays valid JSON of the same shape, else plain text. */
  redact(text: string): string;
}

/** Ids, codes, instants and words of a closed set: a name that happens to be one of them is none there. */
const isWord = (text: string): boolean => /^[A-Za-z0-9_.:/+-]*$/.test(text);
/** Where people write what they like, a single word may be a name all the same. */
const free = new Set([
  "note",
  "comment",
  "text",
  "symptom",
  "place",
  "reason",
  "name",
  "description",
]);

/** Shorter ones stand for too much else. */
const SHORTEST_NAME = 2;
const SHORTEST_ADDRESS = 6;
const DIGITS_OF_A_NUMBER = 11;

const maskOf = (trace: string): string => "*".repeat(Math.min(3, [...trace].length));
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** As written in the row, without separators, without the country, and in the usual groups. */
function writingsOf(phone: string): string[] {
  const digits = phone.replace(/\D/g, "");
  const own = digits.slice(-DIGITS_OF_A_NUMBER);
  const groups =
    own.length === DIGITS_OF_A_NUMBER
      ? [
          [0, 3],
          [3, 7],
          [7, 11],
        ]
      : [];
  const grouped = [" ", "-"].map((by) => groups.map(([a, b]) => own.slice(a, b)).join(by));
  return [phone, digits, own, ...grouped].filter((text) => text.length >= 5);
}

export function createRedactor({ name, phone, email, address = "" }: Person): Redactor {
  const everywhere = [
    ...(phone === undefined ? [] : writingsOf(phone)),
    ...(email === undefined ? [] : [email]),
    ...(address.length < SHORTEST_ADDRESS ? [] : [address]),
  ].sort((one, other) => other.length - one.length);
  const names = [...name].length < SHORTEST_NAME ? [] : [name];

  const redactValue = (value: string, key: string): string => {
    let text = value;
    for (const trace of everywhere)
      text = text.replace(new RegExp(escaped(trace), "gi"), maskOf(trace));
    if (isWord(text) && !free.has(key)) return text;
    for (const trace of names) text = text.replace(patternOf(trace), maskOf(trace));
    return text;
  };
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return redactValue(value, key);
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, walk(item, name)]),
    );
  };
  return {
    traces: [...everywhere, ...names].map((trace) => JSON.stringify(trace).slice(1, -1)),
    redact(text) {
      const value = /^\s*[{["]/.test(text) ? parse(text) : undefined;
      return value === undefined ? redactValue(text, "") : JSON.stringify(walk(value, ""));
    },
  };
}

/** A name in Latin letters only as a word of its own; Chinese has no blanks to tell. */
function patternOf(name: string): RegExp {
  const isLatin = /^[\p{Script=Latin}\s.'-]+$/u.test(name);
  const text = escaped(name).replace(/\\-/g, "-");
  return isLatin ? new RegExp(`(?<!\\p{L})${text}(?!\\p{L})`, "giu") : new RegExp(text, "gu");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
