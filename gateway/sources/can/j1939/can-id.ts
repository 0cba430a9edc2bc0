/** The parts of a 29-bit identifier. `destination` is 255 (global) for a PDU2 message. */
export interface CanIdParts {
  readonly priority: number;
  readonly extendedDataPage: number;
  readonly dataPage: number;
  readonly pduFormat: number;
  readonly pduSpecific: number;
  readonly pgn: number;
  readonly sa: number;
  readonly da: number;
}

export const globalAddress = 255;

/** PDU format from which on PDU specific is a group extension, part of the PGN, instead of a destination. */
const firstPdu2Format = 240;

/** Parameter group number, 18 bits; the low byte is 0 for PDU1 (addressed) groups. */
export function pgnOf(canId: number): number {
  const PF = (canId >>> 16) & 0xff;
  return PF < firstPdu2Format ? (canId >>> 8) & 0x3ff00 : (canId >>> 8) & 0x3ffff;
}

/** Source address. */
export const sourceAddressOf = (canId: number): number => canId & 0xff;

/** Destination address; 255 (global) for PDU2. */
export function destinationAddressOf(canId: number): number {
  const PF = (canId >>> 16) & 0xff;
  return PF < firstPdu2Format ? (canId >>> 8) & 0xff : globalAddress;
}

/** False where both page bits are set: ISO 15765-3 (diagnostics) borrows that range of the 29-bit identifiers. */
export const isJ1939Id = (canId: number): boolean => (canId & 0x03000000) !== 0x03000000;

/**
 * Splits a 29-bit identifier.
 * @see SAE J1939-21, protocol data unit: priority 3 bits, EDP 1, DP 1, PF 8, PS 8, SA 8.
 */
export function splitCanId(canId: number): CanIdParts {
  return {
    priority: (canId >>> 26) & 0x7,
    extendedDataPage: (canId >>> 25) & 1,
    dataPage: (canId >>> 24) & 1,
    pduFormat: (canId >>> 16) & 0xff,
    pduSpecific: (canId >>> 8) & 0xff,
    pgn: pgnOf(canId),
    sa: sourceAddressOf(canId),
    da: destinationAddressOf(canId),
  };
}
