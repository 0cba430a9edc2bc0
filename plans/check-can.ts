import type { PlanMistake } from "./plan-mistake.ts";
import type { Signal } from "./plan-schema.ts";

type Can = NonNullable<Signal["can"]>;
type Field = Pick<Can, "startBit" | "bits" | "byteOrder">;

/** Bytes of a CAN FD frame, and of the longest message that J1939 puts together from many. */
const frameBytes = 64;
const messageBytes = 1785;
const widestStandardId = 2047;

/** What is wrong with a place in a CAN message beyond its form. `path` is that of the signal. */
export function checkCan(can: Can, path: PlanMistake["path"]): PlanMistake[] {
  const at = (key: string | undefined, message: string): PlanMistake => ({
    path: [...path, "can", ...(key === undefined ? [] : [key])],
    message,
    at: "value",
  });
  const { id, pgn, sa, extended, signed, float, bits, coding = "plain", mux = [] } = can;
  const found: PlanMistake[] = [];
  if ((id === undefined) === (pgn === undefined))
    found.push(at(undefined, 'give exactly one of "id" and "pgn"'));
  if (sa !== undefined && pgn === undefined)
    found.push(at("sa", '"sa" goes with "pgn"; an identifier says it already'));
  if (extended === false && id !== undefined && id > widestStandardId)
    found.push(at("extended", `${id} is above ${widestStandardId}, so it has 29 bits`));
  if (extended !== undefined && pgn !== undefined)
    found.push(at("extended", 'leave it out: a message of "pgn" always has 29 bits'));
  if (float && bits !== 32 && bits !== 64) found.push(at("bits", "a float has 32 or 64 bits"));
  if (float && signed) found.push(at("signed", 'a float has its own sign; leave "signed" out'));
  if (coding !== "plain" && (float || signed || bits > 32))
    found.push(at("coding", "only unsigned fields of up to 32 bits have such a coding"));
  const most = pgn === undefined ? frameBytes : messageBytes;
  for (const [key, field] of [
    [undefined, can] as const,
    ...mux.map((one) => ["mux", one] as const),
  ])
    if (lastByte(field) > most)
      found.push(at(key ?? "startBit", `the field ends beyond byte ${most} of its message`));
  for (const { values } of mux)
    for (const [from = 0, to = 0] of values)
      if (from > to) found.push(at("mux", `the range ${from} to ${to} is empty`));
  return found;
}

/** 1-based. A big-endian field runs from its highest bit down to lower bits, then into the next byte. */
function lastByte({ startBit, bits, byteOrder }: Field): number {
  const first = byteOrder === "little" ? startBit : (startBit & ~7) + 7 - (startBit & 7);
  return (first + bits + 7) >>> 3;
}
