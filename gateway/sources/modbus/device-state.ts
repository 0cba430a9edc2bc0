import type { SourceContext } from "../source.ts";
import { type BlockRead, planReads } from "./registers/plan-reads.ts";
import { registerSignalsOf } from "./registers/register-signals.ts";

/** One Modbus device and how it fares; lives as long as the source, over reconnects. */
export interface DeviceState {
  readonly name: string;
  readonly unitId: number;
  readonly pollIntervalMs: number;
  readonly timeoutMs: number;
  readonly quietMs: number;
  /** In the order in which they are read; one that the device refuses may be halved. */
  readonly blocks: BlockState[];
  /** Which block of the round is next. */
  nextBlock: number;
  /** Monotonic ms at which it is polled next. */
  dueMs: number;
  /** Silences in a row while it is still believed to be there. */
  tries: number;
  /** Failed polls in a row; above 0 it is given up for now, and only probed. */
  failures: number;
  /** The slowest answer seen, ms; undefined until it has answered. */
  slowestMs?: number;
  /** What is wrong with it now, for people; empty: nothing. */
  trouble: string;
  /** Share of the newest requests that went wrong, 0 to 1. */
  errorShare: number;
  readonly counts: DeviceCounts;
}

export interface DeviceCounts {
  requests: number;
  answers: number;
  exceptions: number;
  silences: number;
  garbled: number;
  retries: number;
  /** Time that its requests kept the bus, ms. */
  busMs: number;
}

/** One request of a device. `isDead`: its signals have been reported stale and nothing is said until it answers. */
export interface BlockState {
  readonly read: BlockRead;
  isDead: boolean;
  /** Refusals in a row. */
  failures: number;
  /** Monotonic ms before which it is left alone; a block that the device refuses must not be hammered. */
  quietUntilMs: number;
}

export const newBlock = (read: BlockRead, isDead = false): BlockState => ({
  read,
  isDead,
  failures: 0,
  quietUntilMs: Number.NEGATIVE_INFINITY,
});

/** The plan's devices behind one connection; `wanted` absent: all. */
export function devicesOf(
  {
    devices: wanted,
    timeoutMs,
  }: { readonly devices?: readonly string[]; readonly timeoutMs: number },
  { acquisition, dictionary }: Pick<SourceContext, "acquisition" | "dictionary">,
): DeviceState[] {
  return Object.entries(acquisition.modbusDevices ?? {})
    .filter(([name]) => wanted === undefined || wanted.includes(name))
    .map(([name, device]) => ({
      name,
      unitId: device.unitId,
      pollIntervalMs: device.pollIntervalMs,
      timeoutMs: device.timeoutMs ?? timeoutMs,
      quietMs: device.quietMs ?? 0,
      blocks: planReads(registerSignalsOf(acquisition, dictionary, name), device).map((read) =>
        newBlock(read),
      ),
      nextBlock: 0,
      dueMs: Number.NEGATIVE_INFINITY,
      tries: 0,
      failures: 0,
      trouble: "",
      errorShare: 0,
      counts: {
        requests: 0,
        answers: 0,
        exceptions: 0,
        silences: 0,
        garbled: 0,
        retries: 0,
        busMs: 0,
      },
    }));
}

/** How much one request weighs in the share of errors: about the newest fifty count. */
const errorWeight = 0.02;

export function countOutcome(device: DeviceState, isError: boolean, tookMs: number): void {
  device.counts.requests++;
  device.counts.busMs += tookMs;
  device.errorShare += (Number(isError) - device.errorShare) * errorWeight;
}

/** Exceptions that no waiting heals: illegal function, address, value or length. @see Modbus 1.1b3, 7 */
export const isPermanent = (exceptionCode: number): boolean =>
  exceptionCode >= 1 && exceptionCode <= 3;

/** Exceptions of a gateway that does not reach the device: what a direct connection would show as silence. */
export const isUnreachable = (exceptionCode: number): boolean =>
  exceptionCode === 10 || exceptionCode === 11;
