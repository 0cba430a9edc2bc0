import type { Socket } from "node:net";
import type { Clock } from "@firebreak/kit/clock.ts";

export interface ConnectionQueueOptions {
  readonly clock: Clock;
  /** Never more connections than these are taken in any one second. */
  readonly perSecond: number;
  /** More than these do not wait: they are closed, and come again when they please. */
  readonly maxWaiting: number;
  readonly onRefused: (address: string) => void;
}

export interface ConnectionQueue {
  /** Calls `take` now or, one address after the other, within `maxWaiting / perSecond` seconds. */
  enter(socket: Socket, take: () => void): void;
  readonly waiting: number;
  close(): void;
}

const tickMs = 20;
/** Of the second's connections, taken at once after a pause; the rest is the steady rate. */
const burstShare = 0.1;

/**
 * Lets connections in no faster than they can be served: a fleet that was cut off and comes back at once waits a few
 * seconds instead of drowning what is connected. Addresses take turns, so that a flood from one of them does not keep
 * the others out.
 */
export function createConnectionQueue(options: ConnectionQueueOptions): ConnectionQueue {
  const { clock, perSecond, maxWaiting, onRefused } = options;
  const byAddress = new Map<string, Map<Socket, () => void>>();
  const burst = perSecond * burstShare;
  let tokens = burst;
  let filledMs = clock.monotonicMs();
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;

  const fill = () => {
    const now = clock.monotonicMs();
    tokens = Math.min(burst, tokens + ((now - filledMs) / 1_000) * (perSecond - burst));
    filledMs = now;
  };
  const leave = (address: string, socket: Socket): (() => void) | undefined => {
    const line = byAddress.get(address);
    const take = line?.get(socket);
    if (!line || !take) return undefined;
    line.delete(socket);
    if (line.size === 0) byAddress.delete(address);
    waiting--;
    return take;
  };
  /** The first of the address whose turn it is; that address goes to the end. */
  const next = (): (() => void) | undefined => {
    const [turn] = byAddress;
    if (!turn) return undefined;
    const [address, line] = turn;
    byAddress.delete(address);
    byAddress.set(address, line);
    const [first] = line.keys();
    return first && leave(address, first);
  };
  const serve = () => {
    timer = undefined;
    fill();
    while (tokens >= 1 && waiting > 0) {
      tokens--;
      next()?.();
    }
    if (waiting > 0) timer = setTimeout(serve, tickMs);
  };

  return {
    get waiting() {
      return waiting;
    },
    enter(socket, take) {
      fill();
      const address = socket.remoteAddress ?? "";
      if (waiting === 0 && tokens >= 1) {
        tokens--;
        take();
        return;
      }
      if (waiting >= maxWaiting) {
        onRefused(address);
        socket.destroy();
        return;
      }
      const line = byAddress.get(address) ?? new Map<Socket, () => void>();
      byAddress.set(address, line);
      line.set(socket, take);
      waiting++;
      socket.once("close", () => leave(address, socket));
      // Who takes it has a listener of its own; until then a broken line must not end the process.
      socket.on("error", () => socket.destroy());
      timer ??= setTimeout(serve, tickMs);
    },
    close() {
      clearTimeout(timer);
      for (const line of byAddress.values()) for (const socket of line.keys()) socket.destroy();
      byAddress.clear();
      waiting = 0;
    },
  };
}
