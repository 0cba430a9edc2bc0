import type { DbcMessage, DbcSignal } from "./dbc.ts";
import type { FileMistake } from "./dbc-tokens.ts";

type Value = number | string;

/** One statement about attributes, as it stands in the file. */
export type DbcAttribute = { readonly line: number; readonly name: string } & (
  | { readonly kind: "definition"; readonly choices: readonly string[] }
  | { readonly kind: "default" | "network"; readonly value: Value }
  | { readonly kind: "message"; readonly value: Value; readonly message: DbcMessage }
  | { readonly kind: "signal"; readonly value: Value; readonly signal: DbcSignal }
);

const largestSpn = 524_287;

/** Puts what the needed attributes say into the messages and signals; returns what makes no sense. */
export function applyAttributes(
  messages: readonly DbcMessage[],
  attributes: readonly DbcAttribute[],
): FileMistake[] {
  const mistakes: FileMistake[] = [];
  const choices = new Map<string, readonly string[]>();
  const defaults = new Map<string, Value>();
  const ofNetwork = new Map<string, Value>();
  for (const one of attributes)
    if (one.kind === "definition") choices.set(one.name, one.choices);
    else if (one.kind === "default") defaults.set(one.name, one.value);
    else if (one.kind === "network") ofNetwork.set(one.name, one.value);

  /** An enumeration is written by its place or by its word. */
  const wordOf = (name: string, value: Value | undefined): string =>
    typeof value === "number" ? (choices.get(name)?.[value] ?? String(value)) : (value ?? "");
  const isJ1939Network =
    wordOf("ProtocolType", ofNetwork.get("ProtocolType") ?? defaults.get("ProtocolType")) ===
    "J1939";
  const format = "VFrameFormat";
  const formats = new Map<DbcMessage, Value>();
  for (const one of attributes) {
    if (one.kind === "message" && one.name === format) formats.set(one.message, one.value);
    if (one.kind === "signal") mistakes.push(...applyToSignal(one));
  }
  for (const message of messages) {
    const stated = formats.get(message) ?? defaults.get(format);
    message.isJ1939 =
      message.isExtended &&
      (stated === undefined ? isJ1939Network : wordOf(format, stated) === "J1939PG");
  }
  return mistakes;
}

function applyToSignal({
  name,
  value,
  line,
  signal,
}: Extract<DbcAttribute, { kind: "signal" }>): FileMistake[] {
  if (name === "GenSigStartValue" && typeof value === "number") signal.startValue = value;
  if (name !== "SPN") return [];
  const spn = Number(value);
  if (Number.isInteger(spn) && spn >= 0 && spn <= largestSpn) {
    signal.spn = spn;
    return [];
  }
  return [{ line, message: `an SPN is a whole number from 0 to ${largestSpn}, not ${value}` }];
}
