import type {
  ActiveDtcs,
  Dtc,
  DtcChange,
  DtcState,
  Lamps,
  SnapshotValue,
} from "@firebreak/wire/machine-event.ts";
import type { DtcListing, SourceEvent } from "../decode/source-event.ts";

interface Code {
  readonly network: number;
  readonly sa: number;
  dtc: Dtc;
  lamps: Lamps;
  state: DtcState;
  firstNs: bigint;
  lastNs: bigint;
  messages: number;
}

interface Unit {
  /** Newest message about active codes. */
  heardNs: bigint;
  isSilent: boolean;
}

export interface DtcLifeOptions {
  /** Silence of a control unit after which its active codes are unknown. @see SAE J1939-73: DM1 comes every second */
  readonly silenceNs: bigint;
  /** The plan's key signals at this moment. */
  snapshot(timeNs: bigint): readonly SnapshotValue[];
}

/** More codes than this at a time on one machine are one broken bus, not as many failures. */
const maxCodes = 256;
const maxUnits = 512;

/**
 * The lives of one machine's trouble codes: active, previously active, gone, with their repetitions left out. Each step
 * is told once, the onset with a snapshot. Silence makes an active code unknown, never cleared. Judging is not its
 * business: a single blink is a step here, and no finding there. Pure: events carry the clock; memory is bounded.
 */
export class DtcLife {
  readonly #options: DtcLifeOptions;
  readonly #codes = new Map<string, Code>();
  readonly #units = new Map<number, Unit>();
  /** Codes passed over because too many were there. */
  overflow = 0;

  constructor(options: DtcLifeOptions) {
    this.#options = options;
  }

  /** The steps that an event means, in order; most mean none. */
  take(event: SourceEvent): DtcChange[] {
    switch (event.kind) {
      case "active-dtcs":
        return this.#active(event);
      case "dtc-listing":
        return this.#listed(event);
      default:
        return [];
    }
  }

  /** Call as time goes on; `nowNs` by the clock of the events. */
  passTime(nowNs: bigint): DtcChange[] {
    const changes: DtcChange[] = [];
    for (const [origin, unit] of this.#units) {
      const silentFromNs = unit.heardNs + this.#options.silenceNs;
      if (unit.isSilent || nowNs < silentFromNs) continue;
      unit.isSilent = true;
      for (const code of this.#codesOf(origin))
        if (code.state === "active") changes.push(this.#step(code, "unknown", silentFromNs));
    }
    return changes;
  }

  #active({ network = 0, sa, timeNs, lamps, dtcs }: ActiveDtcs): DtcChange[] {
    const origin = originOf(network, sa);
    // What fell silent in between is said before what is new.
    const changes = this.passTime(timeNs);
    if (!this.#hear(origin, timeNs)) return changes;
    const named = new Set<string>();
    for (const dtc of dtcs) {
      const key = keyOf(origin, dtc);
      if (named.has(key)) continue;
      named.add(key);
      const code = this.#named({ origin, key, dtc, lamps, timeNs, firstState: "active" });
      if (code === undefined || code.state === "active") continue;
      const isOnset = code.state !== "unknown";
      if (isOnset && code.messages > 1 && code.state !== "pending") restart(code, timeNs);
      changes.push(this.#step(code, "active", timeNs, isOnset));
    }
    for (const code of this.#codesOf(origin))
      if (!named.has(keyOf(origin, code.dtc)) && isOn(code))
        changes.push(this.#step(code, "previously-active", timeNs));
    return changes;
  }

  #listed(listing: DtcListing): DtcChange[] {
    const { network = 0, sa, list, timeNs, lamps } = listing;
    if (list === "emission-related") return [];
    const origin = originOf(network, sa);
    const changes: DtcChange[] = [];
    const named = new Set<string>();
    for (const dtc of listing.dtcs) {
      const key = keyOf(origin, dtc);
      if (named.has(key)) continue;
      named.add(key);
      const isNew = !this.#codes.has(key);
      const code = this.#named({ origin, key, dtc, lamps, timeNs, firstState: list });
      if (code === undefined) continue;
      if (isNew || (code.state === "gone" && list === "pending"))
        changes.push(this.#step(code, list, timeNs));
    }
    for (const [key, code] of this.#codes) {
      if (originOf(code.network, code.sa) !== origin || named.has(key) || code.state !== list)
        continue;
      changes.push(this.#step(code, "gone", timeNs));
      this.#codes.delete(key);
    }
    return changes;
  }

  /** Whether the control unit may be listened to: there is room, and it does not speak of the past. */
  #hear(origin: number, timeNs: bigint): boolean {
    const unit = this.#units.get(origin);
    if (unit === undefined) {
      if (this.#units.size >= maxUnits) return false;
      this.#units.set(origin, { heardNs: timeNs, isSilent: false });
      return true;
    }
    if (timeNs < unit.heardNs) return false;
    unit.heardNs = timeNs;
    unit.isSilent = false;
    return true;
  }

  #named(found: {
    readonly origin: number;
    readonly key: string;
    readonly dtc: Dtc;
    readonly lamps: Lamps;
    readonly timeNs: bigint;
    readonly firstState: DtcState;
  }): Code | undefined {
    const { origin, key, dtc, lamps, timeNs, firstState } = found;
    let code = this.#codes.get(key);
    if (code === undefined) {
      if (this.#codes.size >= maxCodes && !this.#forgetOne()) {
        this.overflow++;
        return undefined;
      }
      const state = firstState === "active" ? "gone" : firstState;
      const times = { firstNs: timeNs, lastNs: timeNs, messages: 0 };
      code = { network: origin >> 8, sa: origin & 0xff, dtc, lamps, state, ...times };
      this.#codes.set(key, code);
    }
    code.dtc = dtc;
    code.lamps = lamps;
    if (timeNs > code.lastNs) code.lastNs = timeNs;
    code.messages++;
    return code;
  }

  #step(code: Code, state: DtcState, timeNs: bigint, isOnset = false): DtcChange {
    code.state = state;
    const { network, sa, dtc, lamps, firstNs, lastNs, messages } = code;
    return {
      kind: "dtc-change",
      timeNs,
      ...(network === 0 ? {} : { network }),
      sa,
      dtc,
      lamps,
      state,
      firstNs,
      lastNs,
      messages,
      snapshot: isOnset ? this.#options.snapshot(timeNs) : [],
    };
  }

  #codesOf(origin: number): Code[] {
    return [...this.#codes.values()].filter(({ network, sa }) => originOf(network, sa) === origin);
  }

  /** Of what is no longer active, the one that was named the longest ago. */
  #forgetOne(): boolean {
    let oldest: [string, Code] | undefined;
    for (const entry of this.#codes)
      if (!isOn(entry[1]) && (oldest === undefined || entry[1].lastNs < oldest[1].lastNs))
        oldest = entry;
    return oldest !== undefined && this.#codes.delete(oldest[0]);
  }
}

const originOf = (network: number, sa: number): number => (network << 8) | sa;
const keyOf = (origin: number, { spn, fmi }: Dtc): string => `${origin}-${spn}-${fmi}`;
const isOn = ({ state }: Code): boolean => state === "active" || state === "unknown";

/** A new onset begins a new life. */
function restart(code: Code, timeNs: bigint): void {
  code.firstNs = timeNs;
  code.messages = 1;
}
