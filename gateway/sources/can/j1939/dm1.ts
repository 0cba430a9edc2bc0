import type { Dtc, LampState, Lamps } from "@firebreak/wire/machine-event.ts";

export const activeDtcsPgn = 65226;

/** Shortest message that is a DM1 at all: the two lamp bytes. */
const lampBytes = 2;
const dtcBytes = 4;

/**
 * Active trouble codes of one DM1 message: 2 lamp bytes, then 4 bytes per code; 8 bytes, or more after reassembly, or
 * 6 as some engines send it. Undefined if not even the lamps are there. Codes are laid out as conversion version 4;
 * `cm` 1 says that an older version may be meant, which only the maker knows.
 * @see SAE J1939-73, DM1
 */
export function decodeDm1(
  payload: Uint8Array,
  length: number,
): { readonly lamps: Lamps; readonly dtcs: readonly Dtc[] } | undefined {
  if (length < lampBytes) return undefined;
  const dtcs: Dtc[] = [];
  for (let at = lampBytes; at + dtcBytes <= length; at += dtcBytes) {
    const dtc = decodeDtc(payload, at);
    if (!isNone(dtc)) dtcs.push(dtc);
  }
  return { lamps: decodeLamps(payload[0] ?? 0, payload[1] ?? 0), dtcs };
}

/** One code that starts at byte `at` (0-based): SPN 19 bits, FMI 5, CM 1, OC 7. */
export function decodeDtc(payload: Uint8Array, at: number): Dtc {
  const low = payload[at] ?? 0;
  const middle = payload[at + 1] ?? 0;
  const top = payload[at + 2] ?? 0;
  const last = payload[at + 3] ?? 0;
  return {
    spn: low | (middle << 8) | ((top >>> 5) << 16),
    fmi: top & 0x1f,
    oc: last & 0x7f,
    cm: last & 0x80 ? 1 : 0,
  };
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
