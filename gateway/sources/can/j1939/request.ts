import { globalAddress } from "./can-id.ts";

/** The one thing that may ever be sent to a CAN bus, offered by a source that is not listen-only. */
export interface Requester {
  /** Puts one Request frame for `pgn` on the bus, to the address `da` (255: everybody). */
  request(pgn: number, da: number): void;
}

export const requestPgn = 59904;
const priority = 6;

/**
 * The frame that asks `da` (255: everybody) for one message of a parameter group: 29-bit identifier and 3 data bytes.
 * @see SAE J1939-21, Request: PGN least significant byte first; default priority 6
 */
export function encodeRequest({
  pgn,
  da = globalAddress,
  sa,
}: {
  readonly pgn: number;
  readonly da?: number;
  readonly sa: number;
}): { readonly canId: number; readonly data: Uint8Array } {
  const canId = ((priority << 26) | (requestPgn << 8) | ((da & 0xff) << 8) | (sa & 0xff)) >>> 0;
  return { canId, data: Uint8Array.of(pgn & 0xff, (pgn >>> 8) & 0xff, (pgn >>> 16) & 0x03) };
}
