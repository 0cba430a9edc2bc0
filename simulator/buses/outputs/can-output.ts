import type { CanFrame } from "../can/can-frame.ts";

/** Where the frames of a machine's networks go: a transport that a gateway reads. */
export interface CanOutput {
  /** Takes one frame and copies what it needs of it. `stampMs`: when it was on the bus, milliseconds since 1970. */
  write(bus: string, frame: CanFrame, stampMs: number): void;
  /** Hands over what was written; called after each step. */
  flush(): void;
  /** Frames that nobody took in time. */
  readonly dropped: number;
  close(): Promise<void>;
}

/** Takes what a reader puts on a bus of its own accord: requests. The frame is only valid during the call. */
export type Hear = (bus: string, frame: CanFrame) => void;
