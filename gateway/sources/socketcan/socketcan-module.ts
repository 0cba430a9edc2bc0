import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";

/** A frame as the package `socketcan` gives it; flags are absent where they do not hold. */
export interface SocketCanFrame {
  readonly id: number;
  readonly ext?: boolean;
  readonly rtr?: boolean;
  /** A report of the controller: `id` is then the class of error. */
  readonly err?: boolean;
  readonly data: Uint8Array;
  /** When the kernel received it. */
  readonly ts_sec: number;
  readonly ts_usec: number;
}

/** The part of a raw channel that is used here. */
export interface RawChannel {
  addListener(event: "onMessage", listener: (frame: SocketCanFrame) => void): void;
  addListener(event: "onStopped", listener: () => void): void;
  start(): void;
  stop(): void;
  setRxFilters(filter: { id: number; mask: number; invert?: boolean }): void;
  setErrorFilters(mask: number): void;
  send(frame: { id: number; ext: boolean; rtr: boolean; data: Buffer }): number;
}

export interface SocketCanModule {
  createRawChannelWithOptions(
    name: string,
    options: { timestamps: boolean; non_block_send: boolean },
  ): RawChannel;
}

/** Not a literal, so that types are checked where it is not installed too. */
const packageName: string = "socketcan";

/**
 * Loads the optional package, which needs a compiler once.
 * @throws CodedError SOCKETCAN_NOT_INSTALLED, with what to do
 */
export async function loadSocketCan(): Promise<SocketCanModule> {
  try {
    const { default: module } = (await import(packageName)) as { default: SocketCanModule };
    return module;
  } catch (error) {
    throw notInstalled(error);
  }
}

function notInstalled(cause: unknown): CodedError {
  const isAbsent = ["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"].includes(errorCode(cause));
  const reason = cause instanceof Error ? cause.message.split("\n")[0] : "unknown";
  const why = isAbsent ? "is not installed" : `does not load (${reason})`;
  return new CodedError(
    "SOCKETCAN_NOT_INSTALLED",
    `The package socketcan ${why}. Build it once with a C++ compiler (apt-get install g++ make python3; npm run socketcan), or read the bus over a serial adapter (kind: slcan), which needs none.`,
    { cause },
  );
}
