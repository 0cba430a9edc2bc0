import type { RegisterSignal } from "../sources/modbus/registers/decode-register.ts";
import { widthOf } from "../sources/modbus/registers/decode-register.ts";
import type { BlockRead } from "../sources/modbus/registers/plan-reads.ts";
import type { SignalLook } from "./judge-registers.ts";

/** What one device of a plan answered when it was asked more closely than for its values. */
export interface DeviceLook {
  readonly device: string;
  readonly unitId: number;
  /** Nobody answers under the planned unit id. */
  readonly isSilent: boolean;
  /** Something comes back, and never a valid answer. */
  readonly garbled?: Garbled;
  /** Another unit id that somebody answers under. */
  readonly answeringUnit?: number;
  readonly signals: readonly SignalLook[];
}

export interface LookedAtDevice {
  readonly name: string;
  readonly unitId: number;
  readonly signals: readonly { readonly name: string; readonly signal: RegisterSignal }[];
}

/** What is wrong with bytes that came: they make no frame at all, or frames with wrong check sums. */
export type Garbled = "no-frame" | "check-sum";

/** Reads a block; `refused`: the device is there and says no; undefined: nothing came. Reading functions only. */
export type Look = (
  unitId: number,
  block: BlockRead,
) => Promise<{ readonly words: ArrayLike<number> } | "refused" | Garbled | undefined>;

/** Unit ids that devices come with, most usual first. */
const usualUnits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 247, 255];
/** A disturbed line may spoil one answer; a wrong bit rate spoils them all. */
const tries = 3;
/** Enough to judge by, and a short time on a slow line. */
const mostSignals = 24;

/**
 * Reads each value where the plan says and one address to either side; of a silent device the usual unit ids. Only on
 * an installer's word: a plan names what may be read, and a few devices dislike anything else.
 */
export async function lookAtDevice(
  { name, unitId, signals }: LookedAtDevice,
  taken: readonly number[],
  look: Look,
): Promise<DeviceLook> {
  const device = { device: name, unitId };
  const first = signals[0];
  if (first === undefined) return { ...device, isSilent: false, signals: [] };
  const unknown = signals.map((one) => ({
    ...one,
    here: undefined,
    before: undefined,
    after: undefined,
  }));
  const came = await firstAnswer(look, unitId, first.signal);
  if (came === "no-frame" || came === "check-sum")
    return { ...device, isSilent: false, garbled: came, signals: unknown };
  if (came === undefined) {
    for (const unit of usualUnits)
      if (unit !== unitId && !taken.includes(unit) && (await answers(look, unit, first.signal)))
        return { ...device, isSilent: true, answeringUnit: unit, signals: unknown };
    return { ...device, isSilent: true, signals: unknown };
  }
  const looks: SignalLook[] = [];
  for (const { name: signalName, signal } of signals.slice(0, mostSignals)) {
    const here = await firstAnswer(look, unitId, signal);
    // A lost or spoilt answer is no refusal: nothing can be said of this one.
    if (here !== "refused" && typeof here !== "object") continue;
    looks.push({
      name: signalName,
      signal,
      here: typeof here === "object" ? Array.from(here.words) : undefined,
      before: await wordsAt(look, unitId, signal, -1),
      after: await wordsAt(look, unitId, signal, 1),
    });
  }
  return { ...device, isSilent: false, signals: looks };
}

/** A valid answer if one of several tries brings one, else what is wrong with those that came. */
async function firstAnswer(look: Look, unitId: number, signal: RegisterSignal) {
  let spoilt: Garbled | undefined;
  for (let left = tries; left > 0; left--) {
    const answer = await look(unitId, blockOf(signal, 0));
    if (answer === "refused" || typeof answer === "object") return answer;
    spoilt = answer ?? spoilt;
  }
  return spoilt;
}

async function answers(look: Look, unitId: number, signal: RegisterSignal): Promise<boolean> {
  const answer = await look(unitId, blockOf(signal, 0));
  return answer === "refused" || typeof answer === "object";
}

async function wordsAt(
  look: Look,
  unitId: number,
  signal: RegisterSignal,
  by: number,
): Promise<readonly number[] | undefined> {
  const block = blockOf(signal, by);
  if (block.address < 0 || block.address + block.count > 65_536) return undefined;
  const answer = await look(unitId, block);
  return typeof answer === "object" ? Array.from(answer.words) : undefined;
}

function blockOf(signal: RegisterSignal, by: number): BlockRead {
  const { table, address } = signal.position;
  return {
    table,
    address: address + by,
    count: widthOf(signal.position),
    signals: [],
    auxiliaries: [],
    isFixed: true,
  };
}
