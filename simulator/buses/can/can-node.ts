import type { BusInput } from "../bus-input.ts";
import type { CanFrame } from "./can-frame.ts";

/** Something that has frames to send: a control unit, or one of its parts. Times are milliseconds of the network. */
export interface Talker {
  /** When it next has something to do; infinite while it has not. */
  readonly dueMs: number;
  /**
   * Does what is due at `nowMs`, and says how urgent the most urgent of its frames is; infinite where that left none.
   * Afterwards `dueMs` lies later, unless a frame waits.
   */
  urgencyAt(nowMs: number): number;
  /** Puts the frame that `urgencyAt` spoke of into `frame`, but for its time: it has the bus from `nowMs` on. */
  takeFrame(nowMs: number, frame: CanFrame): void;
}

/** What can happen to a control unit, for whoever simulates faults. All of it holds from the next step on. */
export interface CanNodeHandle {
  readonly name: string;
  /** Where it is at present: source address, or node of CANopen; null while it has none. */
  readonly address: number | null;
  /** Power off and on again: it says nothing, then starts as it does with the key. */
  reset(): void;
  /** Its controller has gone bus-off: it neither sends nor hears. `revive` lets it go on where it was. */
  busOff(): void;
  /** Its power or plug is gone. `revive` starts it anew. */
  silence(): void;
  revive(): void;
}

/** One node of a network. */
export interface CanNode extends Talker, CanNodeHandle {
  /** What holds from now on; `revision` changes with `input`. */
  update(input: BusInput, revision: number, nowMs: number): void;
  /** A frame of another node, or from outside. Only such that are about the network itself are told. */
  hear(frame: CanFrame): void;
}
