import { hashOf } from "../seeded.ts";

/** Who a control unit is, whatever its address. @see SAE J1939-81, NAME */
export interface NameFields {
  /** 21 bits, different for each unit of one maker. */
  readonly identity: number;
  /** 11 bits. */
  readonly manufacturer: number;
  /** 8 bits. */
  readonly function: number;
  readonly canClaimAnother: boolean;
}

/** Construction equipment. @see SAE J1939-81, industry groups */
const industryGroup = 3n;

/** Reserved, so that no simulated unit passes for one of a maker. @see SAE J1939, manufacturer codes */
const noManufacturer = 0;

/** @see SAE J1939, function codes: 0 engine, 3 transmission, 255 not available */
const functionByAddress: Readonly<Record<number, number>> = { 0: 0, 1: 0, 3: 3 };
const functionUnknown = 255;

/** Addresses that are claimed at run time. @see SAE J1939-81, preferred addresses */
export const firstDynamicAddress = 128;
export const lastDynamicAddress = 247;

/** The NAME of the unit that a plan has at `sa`; the same for the same seed. */
export const nameOfUnit = (seed: string, sa: number): NameFields => ({
  identity: hashOf(`${seed} ${sa}`) & 0x1fffff,
  manufacturer: noManufacturer,
  function: functionByAddress[sa] ?? functionUnknown,
  canClaimAnother: sa >= firstDynamicAddress && sa <= lastDynamicAddress,
});

/** 64 bits; of two units that want one address the one with the lower number gets it. */
export const nameNumber = (fields: NameFields): bigint =>
  BigInt(fields.identity & 0x1fffff) |
  (BigInt(fields.manufacturer & 0x7ff) << 21n) |
  (BigInt(fields.function & 0xff) << 40n) |
  (industryGroup << 60n) |
  (fields.canClaimAnother ? 1n << 63n : 0n);

/** The 8 bytes of an address claim, the least significant first. */
export function nameBytes(name: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, name, true);
  return bytes;
}

export const nameFrom = (data: Uint8Array): bigint =>
  new DataView(data.buffer, data.byteOffset, 8).getBigUint64(0, true);
