import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { BusInput } from "./bus-input.ts";
import { MachineBuses } from "./machine-buses.ts";
import type { CanOutput } from "./outputs/can-output.ts";
import type { NetworkOptions } from "./plan-networks.ts";

export interface RecordingOptions extends NetworkOptions {
  /** When the recording begins, milliseconds since 1970. */
  readonly zeroMs: number;
  /** How long it is, machine time. */
  readonly durationMs: number;
  /** How often the machine is asked what it measures; values hold in between. */
  readonly stepMs: number;
}

/**
 * Writes what happens on the CAN buses of a machine, as fast as it can. `at` says what holds from `timeMs` of the
 * recording on; it is called with rising times, and may order things of the control units in `buses` meanwhile. Nobody
 * can ask in a recording, so all groups are sent by themselves.
 * @returns the number of frames
 */
export function recordBuses(
  plan: Plan,
  options: RecordingOptions,
  output: CanOutput,
  at: (timeMs: number, buses: MachineBuses) => BusInput,
): number {
  const buses = new MachineBuses(plan, { ...options, isOneWay: true });
  const { zeroMs, durationMs, stepMs } = options;
  let frames = 0;
  for (let timeMs = 0; timeMs < durationMs; timeMs += stepMs) {
    const input = at(timeMs, buses);
    buses.step(Math.min(timeMs + stepMs, durationMs), input, (frame, bus) => {
      frames++;
      output.write(bus, frame, zeroMs + frame.timeMs);
    });
    output.flush();
  }
  return frames;
}
