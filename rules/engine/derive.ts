import { Quality } from "@firebreak/wire/quality.ts";
import type { Exchange } from "../derived/operator.ts";
import type { CompiledDerived } from "./compiled-derived.ts";
import { holds } from "./contexts.ts";
import type { MachineMemory } from "./machine-memory.ts";
import { faultOf } from "./rule-fault.ts";

/** What a machine's derived signals are reckoned from. Times as in `MachineMemory`. */
export interface DerivedMemory {
  /** Newest value by slot, of derived signals and of what they are reckoned from; NaN unless it is good. */
  readonly valueOfSlot: Float64Array;
  /** Numbers of the operators, each from its own place on. */
  readonly numbers: Float64Array;
  /** By derived signal: an input has changed since it was reckoned. */
  readonly isDue: Uint8Array;
  /** When the first of them became due; NaN while none is. */
  dueSinceNs: number;
}

export function restartDerived(memory: DerivedMemory): void {
  memory.valueOfSlot.fill(Number.NaN);
  memory.numbers.fill(Number.NaN);
  memory.isDue.fill(0);
  memory.dueSinceNs = Number.NaN;
}

/**
 * Values that come within this time belong together: what is reckoned from several waits so long for all of them, so that
 * no new value is held against an old one. Engineering default: a round of a bus takes less.
 */
export const togetherNs = 200e6;

const exchange: Exchange = {
  timeNs: Number.NaN,
  value: Number.NaN,
  input: 0,
  result: Number.NaN,
};

/** As many as an operator may have inputs. */
const operands = new Float64Array(16);

/** Which slots have a sample that nobody has taken yet; empty between two calls. */
let fresh = new Uint8Array(0);

/** Told of every value of a derived signal, as of a sample: it lies in the memory under its slot. */
export type Heard = (slot: number, quality: Quality) => void;

/** Takes a sample that the memory holds already: all that takes samples, at once; the rest becomes due. */
export function feedDerived(memory: MachineMemory, slot: number, heard: Heard): void {
  noteDue(memory, slot);
  const { all, streamsOfSlot } = memory.compiled.derivation;
  const streams = streamsOfSlot[slot] as readonly number[];
  if (streams.length === 0) return;
  begin(memory, slot);
  for (let at = 0; at < streams.length; at++)
    guarded(memory, all[streams[at] as number] as CompiledDerived, heard, stream);
  end(memory, streams, slot);
}

/** Reckons all that is due, each behind what it is reckoned from. */
export function reckonDue(memory: MachineMemory, heard: Heard): void {
  const { derived, compiled } = memory;
  const { all } = compiled.derivation;
  begin(memory, -1);
  derived.dueSinceNs = Number.NaN;
  for (let index = 0; index < all.length; index++) {
    const one = all[index] as CompiledDerived;
    if (one.operator.takes === "samples") guarded(memory, one, heard, stream);
    else if (derived.isDue[index] === 1) {
      derived.isDue[index] = 0;
      guarded(memory, one, heard, reckon);
    }
  }
  derived.dueSinceNs = Number.NaN; // what became due on the way was reckoned behind it
  fresh.fill(0);
}

function begin({ compiled }: MachineMemory, slot: number): void {
  if (fresh.length < compiled.slotCount) fresh = new Uint8Array(compiled.slotCount);
  if (slot >= 0) fresh[slot] = 1;
}

function end({ compiled }: MachineMemory, streams: readonly number[], slot: number): void {
  fresh[slot] = 0;
  for (let at = 0; at < streams.length; at++)
    fresh[(compiled.derivation.all[streams[at] as number] as CompiledDerived).slot] = 0;
}

function noteDue(memory: MachineMemory, slot: number): void {
  const points = memory.compiled.derivation.pointsOfSlot[slot] as readonly number[];
  if (points.length === 0) return;
  const { derived } = memory;
  for (let at = 0; at < points.length; at++) derived.isDue[points[at] as number] = 1;
  if (Number.isNaN(derived.dueSinceNs)) derived.dueSinceNs = memory.newestOfSlot[slot] as number;
}

/** One that throws is switched off for this machine, and what is reckoned from it is not available any more. */
function guarded(
  memory: MachineMemory,
  one: CompiledDerived,
  heard: Heard,
  run: typeof stream,
): void {
  if (memory.faults.size > 0 && memory.faults.has(one.faultId)) return;
  try {
    run(memory, one, heard);
  } catch (error) {
    memory.faults.set(one.faultId, faultOf(error));
    memory.derived.valueOfSlot[one.slot] = Number.NaN;
  }
}

function stream(memory: MachineMemory, one: CompiledDerived, heard: Heard): void {
  const { operator, inputs } = one;
  if (operator.takes !== "samples") return;
  const { numbers, valueOfSlot } = memory.derived;
  for (let input = 0; input < inputs.length; input++) {
    const slot = inputs[input] as number;
    if (fresh[slot] !== 1) continue;
    const timeNs = memory.newestOfSlot[slot] as number;
    const value = valueOfSlot[slot] as number;
    const isOutside = one.context >= 0 && !holds(memory, one.context, { timeNs });
    if (isOutside || Number.isNaN(value)) {
      operator.interrupt(numbers, one.at, isOutside ? "context" : "unknown");
      unknown(memory, one, timeNs, heard);
      continue;
    }
    const sinceNs = timeNs - (numbers[one.at] as number);
    if (input === 0 && sinceNs > (one.gapsNs[0] as number))
      operator.interrupt(numbers, one.at, "unknown");
    exchange.timeNs = timeNs;
    exchange.value = value;
    exchange.input = input;
    if (operator.take(numbers, one.at, exchange)) tell(memory, one, timeNs, heard);
  }
}

function reckon(memory: MachineMemory, one: CompiledDerived, heard: Heard): void {
  const { operator, inputs, gapsNs } = one;
  if (operator.takes !== "values") return;
  const { newestOfSlot, derived } = memory;
  let timeNs = Number.NEGATIVE_INFINITY;
  for (let input = 0; input < inputs.length; input++) {
    const at = newestOfSlot[inputs[input] as number] as number;
    if (at > timeNs) timeNs = at;
  }
  for (let input = 0; input < inputs.length; input++) {
    const slot = inputs[input] as number;
    const isKnown = timeNs - (newestOfSlot[slot] as number) <= (gapsNs[input] as number);
    operands[input] = isKnown ? (derived.valueOfSlot[slot] as number) : Number.NaN;
  }
  if (one.context >= 0 && !holds(memory, one.context, { timeNs })) {
    unknown(memory, one, timeNs, heard);
    return;
  }
  operator.combine(operands, exchange);
  tell(memory, one, timeNs, heard);
}

/** Said once: what follows until the next value adds nothing. */
function unknown(memory: MachineMemory, one: CompiledDerived, timeNs: number, heard: Heard): void {
  if (Number.isNaN(memory.derived.valueOfSlot[one.slot])) return;
  exchange.result = Number.NaN;
  tell(memory, one, timeNs, heard);
}

function tell(memory: MachineMemory, one: CompiledDerived, timeNs: number, heard: Heard): void {
  const { slot, range } = one;
  const { result } = exchange;
  const isNumber = Number.isFinite(result);
  const isGood = isNumber && result >= range[0] && result <= range[1];
  memory.newestOfSlot[slot] = timeNs;
  memory.derived.valueOfSlot[slot] = isGood ? result : Number.NaN;
  fresh[slot] = 1;
  noteDue(memory, slot);
  heard(slot, isGood ? Quality.good : isNumber ? Quality.outOfRange : Quality.notAvailable);
}
