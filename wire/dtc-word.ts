import assert from "node:assert/strict";
import type { Dtc } from "./machine-event.ts";

/** Bits 0-18 SPN, 19-23 FMI, 24-30 OC, 31 CM: the widths of SAE J1939-73, without its scattered SPN. */
export function packDtc({ spn, fmi, oc, cm }: Dtc): number {
  assert(
    spn >>> 19 === 0 && fmi >>> 5 === 0 && oc >>> 7 === 0 && cm >>> 1 === 0,
    "a DTC has 19 bits of SPN, 5 of FMI, 7 of OC and one of CM",
  );
  return (spn | (fmi << 19) | (oc << 24) | (cm << 31)) >>> 0;
}

/** The reverse. */
export const unpackDtc = (bits: number): Dtc => ({
  spn: bits & 0x7ffff,
  fmi: (bits >>> 19) & 0x1f,
  oc: (bits >>> 24) & 0x7f,
  cm: bits >>> 31 === 1 ? 1 : 0,
});
