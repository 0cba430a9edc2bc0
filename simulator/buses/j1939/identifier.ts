export const globalAddress = 255;
export const nullAddress = 254;

/** Default priorities of the network's own messages. @see SAE J1939-21, J1939-81 */
export const networkPriority = 6;
export const transportPriority = 7;

/** Groups with a PDU format below are addressed: the byte above the source address is a destination. */
const firstPdu2Format = 240;

export const isAddressed = (pgn: number): boolean => ((pgn >>> 8) & 0xff) < firstPdu2Format;

/** The 29-bit identifier of a group. `da` only means something where the group is addressed. @see SAE J1939-21 */
export const identifierOf = (
  priority: number,
  pgn: number,
  { sa, da = globalAddress }: { readonly sa: number; readonly da?: number },
): number => priority * 2 ** 26 + pgn * 256 + (isAddressed(pgn) ? da * 256 : 0) + sa;

/** What an identifier says. */
export interface IdentifierParts {
  readonly pgn: number;
  readonly sa: number;
  /** 255 where the group is not addressed. */
  readonly da: number;
}

export function partsOf(canId: number): IdentifierParts {
  const pgn = (canId >>> 8) & 0x3ffff;
  const sa = canId & 0xff;
  return isAddressed(pgn)
    ? { pgn: pgn & 0x3ff00, sa, da: pgn & 0xff }
    : { pgn, sa, da: globalAddress };
}

/** Three bytes, the lowest first, as requests and transport carry a group's number. */
export const pgnBytes = (pgn: number): readonly [number, number, number] => [
  pgn & 0xff,
  (pgn >>> 8) & 0xff,
  (pgn >>> 16) & 0xff,
];

export const pgnAt = (data: Uint8Array, at: number): number =>
  (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16);
