import type { Clock } from "@firebreak/kit/clock.ts";
import type { NodeSession } from "./node-session.ts";

/** A message of a session, and what to do with it when its turn has come. */
export interface Numbered {
  /** 0 to 255; undefined where the sender forgot it. */
  readonly seq: number | undefined;
  readonly bytes: number;
  /** It means the same wherever in the order it comes: it is not kept back. */
  readonly isFree: boolean;
  readonly process: () => void;
}

export interface ReorderOptions {
  readonly clock: Clock;
  /** How long missing messages may take; Sparkplug calls it the reorder time-out. */
  readonly timeoutMs: number;
  /** Messages are missing and have not come: what was kept back has been processed. */
  readonly onGap: (session: NodeSession) => void;
}

interface Gap {
  readonly sinceMs: number;
  /** By sequence number; what is already processed has no `process`. */
  readonly held: Map<number, { readonly bytes: number; readonly process?: () => void }>;
  bytes: number;
  /** Sequence number that came last. */
  newest: number;
}

const cycle = 256;
const maxHeld = 64;
const maxHeldBytes = 256 * 1024;
const maxHeldBytesOfAll = 32 * 1024 * 1024;
const tickMs = 50;

export type Reorder = ReturnType<typeof createReorder>;

/**
 * Brings the messages of each node into the order of their sequence numbers. What comes early waits for what is
 * missing, bounded in time, number and bytes; beyond any of them everything that waits is processed as it is.
 * @see Sparkplug 3.0, host application message ordering
 */
export function createReorder({ clock, timeoutMs, onGap }: ReorderOptions) {
  const gaps = new Map<NodeSession, Gap>();
  let heldBytes = 0;

  const forget = (session: NodeSession, gap: Gap) => {
    heldBytes -= gap.bytes;
    gaps.delete(session);
  };
  /** Everything that follows on without a hole. */
  const drain = (session: NodeSession, gap: Gap) => {
    for (;;) {
      const next = ((session.seq ?? 0) + 1) % cycle;
      const held = gap.held.get(next);
      if (!held) return;
      gap.held.delete(next);
      gap.bytes -= held.bytes;
      heldBytes -= held.bytes;
      session.seq = next;
      held.process?.();
    }
  };
  const release = (session: NodeSession): boolean => {
    const gap = gaps.get(session);
    if (!gap) return false;
    forget(session, gap);
    const from = session.seq ?? 0;
    const inOrder = [...gap.held].sort(([one], [other]) => ahead(from, one) - ahead(from, other));
    // A node that counts from somewhere else goes on from there.
    session.seq = gap.held.has(gap.newest) ? inOrder.at(-1)?.[0] : gap.newest;
    for (const [, { process }] of inOrder) process?.();
    return true;
  };
  const giveUp = (session: NodeSession) => {
    if (!release(session)) return;
    session.counts.sequenceGaps++;
    onGap(session);
  };
  const timer = setInterval(
    () => {
      const now = clock.monotonicMs();
      for (const [session, { sinceMs }] of gaps) if (now - sinceMs >= timeoutMs) giveUp(session);
    },
    Math.max(10, Math.min(tickMs, timeoutMs)),
  );
  timer.unref();

  const keepBack = (session: NodeSession, message: Numbered) => {
    const { seq, process, isFree } = message;
    const newest = seq ?? session.seq ?? 0;
    const gap = gaps.get(session) ?? {
      sinceMs: clock.monotonicMs(),
      held: new Map(),
      bytes: 0,
      newest,
    };
    gaps.set(session, gap);
    gap.newest = newest;
    const isEarly =
      seq !== undefined && ahead(session.seq ?? 0, seq) < cycle / 2 && !gap.held.has(seq);
    if (isEarly) {
      const bytes = isFree ? 0 : message.bytes;
      gap.held.set(seq, { bytes, ...(isFree ? {} : { process }) });
      gap.bytes += bytes;
      heldBytes += bytes;
    }
    if (isFree || !isEarly) process();
    if (
      gap.held.size > maxHeld ||
      gap.bytes > maxHeldBytes ||
      (heldBytes > maxHeldBytesOfAll && gap.bytes > 0)
    )
      giveUp(session);
  };

  return {
    /** Only for a session that has begun. `process` must not throw. */
    take(session: NodeSession, message: Numbered): void {
      const { seq } = message;
      if (seq === undefined || ahead(session.seq ?? 0, seq) !== 0) {
        keepBack(session, message);
        return;
      }
      session.seq = seq;
      message.process();
      const gap = gaps.get(session);
      if (!gap) return;
      drain(session, gap);
      if (gap.held.size > 0) return;
      forget(session, gap);
      session.counts.reordered++;
    },
    /** The session ends or begins anew: what waits is processed, nobody is asked for anything. */
    release,
    close: () => clearInterval(timer),
  };
}

/** How many numbers lie between the last in order and this one; 0: it is the next. */
const ahead = (last: number, seq: number): number => (seq - last - 1 + 2 * cycle) % cycle;
