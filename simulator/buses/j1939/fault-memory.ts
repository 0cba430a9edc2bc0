import type { ActiveCode } from "../bus-input.ts";
import type { ToldCode } from "./trouble-codes.ts";

/** 127 says that nobody counts. @see SAE J1939-73, occurrence count */
const mostOccurrences = 126;
/** A code that comes and goes is told at once no more often than this. @see SAE J1939-73, DM1 transmission rate */
const apartMs = 1_000;

interface Remembered {
  readonly spn: number;
  readonly fmi: number;
  occurrences: number;
  isActive: boolean;
  changedMs: number;
}

/**
 * What one control unit remembers of its trouble codes: which are active, how often each became so, and which were
 * active before. Not lost with the power, as in a unit with a memory of its own.
 */
export class FaultMemory {
  readonly #byCode = new Map<string, Remembered>();

  /** Takes over what is active now; true if a change is to be told at once. */
  update(codes: readonly ActiveCode[], nowMs: number): boolean {
    const given = new Map(codes.map((code) => [keyOf(code), code]));
    let isUrgent = false;
    for (const [key, code] of given) {
      const known = this.#byCode.get(key) ?? this.#enter(key, code);
      if (!known.isActive) {
        known.occurrences = Math.min(mostOccurrences, known.occurrences + 1);
        isUrgent = change(known, true, nowMs) || isUrgent;
      }
      known.occurrences = code.occurrences ?? known.occurrences;
    }
    for (const [key, known] of this.#byCode)
      if (known.isActive && !given.has(key)) isUrgent = change(known, false, nowMs) || isUrgent;
    return isUrgent;
  }

  /** In the order in which they were first seen. */
  active(): ToldCode[] {
    return [...this.#byCode.values()].filter(({ isActive }) => isActive);
  }

  previouslyActive(): ToldCode[] {
    return [...this.#byCode.values()].filter(({ isActive }) => !isActive);
  }

  #enter(key: string, { spn, fmi }: ActiveCode): Remembered {
    const entry: Remembered = {
      spn,
      fmi,
      occurrences: 0,
      isActive: false,
      changedMs: Number.NEGATIVE_INFINITY,
    };
    this.#byCode.set(key, entry);
    return entry;
  }
}

const keyOf = ({ spn, fmi }: ActiveCode): string => `${spn}/${fmi}`;

function change(code: Remembered, isActive: boolean, nowMs: number): boolean {
  code.isActive = isActive;
  const isUrgent = nowMs - code.changedMs >= apartMs;
  if (isUrgent) code.changedMs = nowMs;
  return isUrgent;
}
