import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RawChannel, SocketCanFrame, SocketCanModule } from "./socketcan-module.ts";

/** Every class of error frame the kernel knows. */
const allErrors = 0x1fffffff;

export interface SocketCanListener {
  onFrame(frame: SocketCanFrame): void;
  /** The interface was deleted: this channel gets nothing any more. */
  onStopped(): void;
}

/** An open CAN socket; there is no way from here to the bus but `send`. */
export interface SocketCanChannel {
  /** False if the frame could not be handed to the kernel. */
  send(canId: number, data: Uint8Array): boolean;
  close(): void;
}

/**
 * Opens a raw socket on an interface; frames come with the kernel's time of arrival, error frames too.
 * @throws Error of the package where there is no such interface
 */
export function openChannel(
  module: SocketCanModule,
  name: string,
  listener: SocketCanListener,
): SocketCanChannel {
  const raw = module.createRawChannelWithOptions(name, { timestamps: true, non_block_send: true });
  const state = { isOpen: true };
  raw.setErrorFilters(allErrors);
  const { onMessage, onStopped } = handlersOf(state, listener);
  raw.addListener("onMessage", onMessage);
  raw.addListener("onStopped", onStopped);
  raw.start();
  return {
    send: (id, data) =>
      state.isOpen && raw.send({ id, ext: true, rtr: false, data: Buffer.from(data) }) > 0,
    close() {
      if (!state.isOpen) return;
      state.isOpen = false;
      stop(raw);
    },
  };
}

/** By themselves: the channel holds them, so that one of them that held the channel would keep it for ever. */
function handlersOf(state: { isOpen: boolean }, listener: SocketCanListener) {
  return {
    onMessage(frame: SocketCanFrame): void {
      if (state.isOpen) listener.onFrame(frame);
    },
    onStopped(): void {
      if (!state.isOpen) return;
      state.isOpen = false;
      // Its socket lives until its object is collected.
      setImmediate(collectGarbage);
      listener.onStopped();
    },
  };
}

function stop(raw: RawChannel): void {
  // The kernel would go on filling the buffer of a socket that nobody reads.
  raw.setRxFilters({ id: 0, mask: 0, invert: true });
  raw.setErrorFilters(0);
  raw.stop();
  setImmediate(collectGarbage);
}

let collect: (() => void) | undefined;

/**
 * The package closes a socket only when its channel is collected. Left to itself that may be hours: a loose plug would
 * use up the files of the process. Once a replug, a few tens of milliseconds.
 */
function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
}
