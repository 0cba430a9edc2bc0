export interface Quietly {
  /** Something was written there just now. */
  touch(ticketId: string): void;
  has(ticketId: string): boolean;
  /** Nothing is to be done there any more. */
  forget(ticketId: string): void;
  /** Does now what would have waited, there or everywhere. */
  flush(ticketId?: string): void;
}

/** Runs something for a ticket once nobody has written there for `quietMs`. */
export function quietly(quietMs: number, run: (ticketId: string) => void): Quietly {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const forget = (ticketId: string) => {
    clearTimeout(timers.get(ticketId));
    timers.delete(ticketId);
  };
  const runNow = (ticketId: string) => {
    forget(ticketId);
    run(ticketId);
  };
  return {
    touch(ticketId) {
      forget(ticketId);
      timers.set(
        ticketId,
        setTimeout(() => runNow(ticketId), quietMs),
      );
    },
    has: (ticketId) => timers.has(ticketId),
    forget,
    flush(ticketId) {
      const all = ticketId === undefined ? [...timers.keys()] : [ticketId];
      for (const one of all) if (timers.has(one)) runNow(one);
    },
  };
}
