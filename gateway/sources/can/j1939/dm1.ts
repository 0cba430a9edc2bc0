import type { Dtc, LampState, Lamps } from "@firebreak/wire/machine-event.ts";

export const activeDtcsPgn = 65226;

/** Shortest message that is a DM1 at all: the two lamp bytes. */
const lampBytes = 2;
const dtcBytes = 4;

/**
 * How an SPN is laid out in a trouble code. 4 is the only one that a sender says itself (CM 0); behind CM 1 any of 1 to
 * 3 may be meant, which only the maker knows. 3 is laid out as 4.
 * @see SAE J1939-73, SPN conversion method
 */
export type ConversionMethod = 1 | 2 | 3 | 4;

export interface DtcList {
  readonly lamps: Lamps;
  readonly dtcs: readonly Dtc[];
}

/**
 * Trouble codes of one DM1 or another message of its layout: 2 lamp bytes, then 4 bytes per code; 8 bytes, or more after
 * reassembly, or 6 as some engines send it. Undefined if not even the lamps are there. `method` is how codes with CM 1
 * are read; those with CM 0 are of version 4 whatever it says.
 * @see SAE J1939-73, DM1
 */
export function decodeDm1(
  payload: Uint8Array,
  length: number,
  method: ConversionMethod = 4,
): DtcList | undefined {
  if (length < lampBytes) return undefined;
  const dtcs: Dtc[] = [];
  for (let at = lampBytes; at + dtcBytes <= length; at += dtcBytes) {
    const dtc = decodeDtc(payload, at, method);
    if (!isNone(dtc)) dtcs.push(dtc);
  }
  return { lamps: decodeLamps(payload[0] ?? 0, payload[1] ?? 0), dtcs };
}

/** One code that starts at byte `at` (0-based): SPN 19 bits, FMI 5, CM 1, OC 7. */
export function decodeDtc(payload: Uint8Array, at: number, method: ConversionMethod = 4): Dtc {
  const first = payload[at] ?? 0;
  const second = payload[at + 1] ?? 0;
  const third = payload[at + 2] ?? 0;
  const last = payload[at + 3] ?? 0;
  const cm = last & 0x80 ? 1 : 0;
  return {
    spn: spnOf([first, second, third >>> 5], cm === 1 ? method : 4),
    fmi: third & 0x1f,
    oc: last & 0x7f,
    cm,
  };
}

/** All zeros and all ones mean "no code" in every version. */
function spnOf(
  [first, second, three]: readonly [number, number, number],
  method: ConversionMethod,
): number {
  if (method === 1) return (first << 11) | (second << 3) | three;
  if (method === 2) return (second << 11) | (first << 3) | three;
  return first | (second << 8) | (three << 16);
}

/** "No code" is all zeros, or all ones from older senders; neither SPN can be a component. */
const isNone = ({ spn, fmi }: Dtc): boolean =>
  (spn === 0 && fmi === 0) || (spn === 0x7ffff && fmi === 31);

function decodeLamps(lamps: number, flash: number): Lamps {
  return {
    mil: lampState(lamps >>> 6, flash >>> 6),
    redStop: lampState(lamps >>> 4, flash >>> 4),
    amberWarning: lampState(lamps >>> 2, flash >>> 2),
    protect: lampState(lamps, flash),
  };
}

function lampState(lamp: number, flash: number): LampState {
  switch (lamp & 3) {
    case 0:
      return "off";
    case 1:
      // 10 is reserved and 11 says "does not flash": both are a steady lamp.
      return (flash & 3) === 0 ? "slow-flash" : (flash & 3) === 1 ? "fast-flash" : "on";
    case 2:
      return "error";
    default:
      return "not-available";
  }
}
