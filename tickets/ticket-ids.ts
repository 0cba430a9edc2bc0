import { randomBytes } from "node:crypto";

/** Where ids come from, so that tests can pass their own. */
export interface TicketIds {
  /** For people to read out and type; grows with time. */
  ticketId(): string;
  /** Opens a customer's view of one ticket without a password: 128 random bits (TK-8). */
  progressCode(): string;
  /** Of a row nobody types: reservations, stock movements. */
  rowId(): string;
}

/** Crockford's base 32: no I, L, O or U, so that it survives the telephone. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * `nowMs`: milliseconds since the Unix epoch. Ids look like `T-1M80TZRJD-98WE`: the time, never the same twice in one
 * process, and 20 random bits in case the clock is set back between two.
 */
export function createTicketIds(nowMs: () => number): TicketIds {
  let lastMs = 0;
  return {
    ticketId() {
      lastMs = Math.max(Math.trunc(nowMs()), lastMs + 1);
      const random = randomBytes(4).readUInt32BE() >>> 12;
      return `T-${base32(BigInt(lastMs), 9)}-${base32(BigInt(random), 4)}`;
    },
    progressCode: () => randomBytes(16).toString("base64url"),
    rowId: () => randomBytes(12).toString("base64url"),
  };
}

function base32(value: bigint, length: number): string {
  let text = "";
  for (let rest = value; text.length < length; rest >>= 5n)
    text = `${ALPHABET[Number(rest & 31n)]}${text}`;
  return text;
}
