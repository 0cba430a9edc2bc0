/** Adapters answer within milliseconds, or never; but a busy computer hears of it later. */
const waitMs = 1_000;
/** Without a reply for so long, nothing is under way any more. */
const quietMs = 60;

export interface AdapterReplies {
  take(reply: "ok" | "refused"): void;
  forget(): void;
  /** Resolves when replies have come and then none for a while, or none at all; they are forgotten. */
  quiet(): Promise<void>;
  /** The next reply, at once where one waits; `none` after a while: some adapters answer nothing. */
  next(): Promise<"ok" | "refused" | "none">;
}

/** What an adapter answers, one reply for each command; of replies that nobody asked for only the last is kept. */
export function createAdapterReplies(): AdapterReplies {
  let kept: "ok" | "refused" | undefined;
  let taken = 0;
  let wanted: ((reply: "ok" | "refused" | "none") => void) | undefined;
  return {
    take(reply) {
      taken++;
      if (wanted) wanted(reply);
      else kept = reply;
    },
    forget() {
      kept = undefined;
    },
    async quiet() {
      // The first may be late; taken for the answer to the next command, it would hide a refusal.
      if (kept === undefined) await this.next();
      for (let before = -1; before !== taken; ) {
        before = taken;
        await new Promise((resolve) => setTimeout(resolve, quietMs));
      }
      kept = undefined;
    },
    next() {
      if (kept !== undefined) {
        const reply = kept;
        kept = undefined;
        return Promise.resolve(reply);
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle("none"), waitMs);
        const settle = (reply: "ok" | "refused" | "none") => {
          clearTimeout(timer);
          wanted = undefined;
          resolve(reply);
        };
        wanted = settle;
      });
    },
  };
}
