import type { BlockRead, Table } from "../registers/plan-reads.ts";

/** Read functions and nothing else: a gateway never acts on a machine. @see Modbus 1.1b3, 6.1 to 6.4 */
export const functionCodes = {
  coil: 1,
  discrete: 2,
  holding: 3,
  input: 4,
} as const satisfies Readonly<Record<Table, number>>;

/** Added to the function code of a request that the device refuses. @see Modbus 1.1b3, 7 */
export const exceptionFlag = 0x80;

/** Bytes of the longest PDU. @see Modbus 1.1b3, 4.1 */
export const maxPduBytes = 253;

type Wanted = Pick<BlockRead, "table" | "address" | "count">;

/** The PDU that asks for a block: function code, address, count; 5 bytes. */
export function encodeRead({ table, address, count }: Wanted): Uint8Array {
  return Uint8Array.of(
    functionCodes[table],
    address >>> 8,
    address & 0xff,
    count >>> 8,
    count & 0xff,
  );
}

const isOfBits = (table: Table): boolean => table === "coil" || table === "discrete";

/** How many data bytes the answer to a block has. */
export const dataBytesOf = ({ table, count }: Wanted): number =>
  isOfBits(table) ? (count + 7) >>> 3 : count * 2;

/** `foreign`: a PDU that is no answer to this block. */
export type Reply =
  | { readonly kind: "words" }
  | { readonly kind: "exception"; readonly code: number }
  | { readonly kind: "foreign" };

/**
 * Reads the answer to a block; never throws. Registers, or 0 and 1 for the bit tables, are put into the first `count`
 * of `into`.
 */
export function decodeReply(pdu: Uint8Array, block: Wanted, into: Uint16Array): Reply {
  const code = functionCodes[block.table];
  if (pdu.length === 2 && pdu[0] === (code | exceptionFlag))
    return { kind: "exception", code: pdu[1] ?? 0 };
  const bytes = dataBytesOf(block);
  if (pdu[0] !== code || pdu[1] !== bytes || pdu.length !== bytes + 2) return { kind: "foreign" };
  for (let at = 0; at < block.count; at++)
    into[at] = isOfBits(block.table)
      ? ((pdu[2 + (at >>> 3)] ?? 0) >>> (at & 7)) & 1
      : ((pdu[2 + at * 2] ?? 0) << 8) | (pdu[3 + at * 2] ?? 0);
  return { kind: "words" };
}
