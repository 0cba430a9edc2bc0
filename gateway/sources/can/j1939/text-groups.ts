import type { IdentityFact } from "@firebreak/wire/machine-event.ts";

interface TextGroup {
  readonly fact: IdentityFact;
  /** Bytes before the text. */
  readonly skip: number;
}

/** Messages that are text. @see SAE J1939-71 VI, CI, SOFT and ECUID: ASCII, fields ended by an asterisk */
const groups: ReadonlyMap<number, TextGroup> = new Map([
  [65260, { fact: "vin", skip: 0 }],
  [65259, { fact: "component", skip: 0 }],
  [65242, { fact: "software", skip: 1 }],
  [64965, { fact: "ecu", skip: 0 }],
]);

const mostFields = 16;
const longestField = 200;

export const textGroupPgns: readonly number[] = [...groups.keys()];

/**
 * What a text message says of its sender, in the order of its fields (component: make, model, serial number, unit).
 * Padding (00, FF) is left out and every other byte that is no printable ASCII shown as `\\x1b`; undefined if the PGN is
 * no text or nothing is left of it.
 */
export function decodeTextGroup(
  pgn: number,
  payload: Uint8Array,
  length: number,
): { readonly fact: IdentityFact; readonly fields: readonly string[] } | undefined {
  const group = groups.get(pgn);
  if (group === undefined) return undefined;
  let text = "";
  for (let at = group.skip; at < length; at++) {
    const code = payload[at] ?? 0;
    if (code >= 0x20 && code <= 0x7e) text += String.fromCharCode(code);
    else if (code !== 0 && code !== 0xff) text += `\\x${code.toString(16).padStart(2, "0")}`;
  }
  const fields = text.split("*", mostFields).map((field) => field.trim().slice(0, longestField));
  while (fields.at(-1) === "") fields.pop();
  return fields.length === 0 ? undefined : { fact: group.fact, fields };
}
