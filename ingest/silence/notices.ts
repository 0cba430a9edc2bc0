import type { MachineSilence, SilenceCause } from "./silence.ts";

/** One thing to tell: a cause at a site, with all machines it silenced. */
export interface SilenceNotice {
  readonly cause: SilenceCause;
  /** Null: machines of no site, or the hub's own matter. */
  readonly siteId: string | null;
  /** Where it is about one gateway alone. */
  readonly gatewayId: string | null;
  /** Where it is about one machine alone. */
  readonly machineId: string | null;
  readonly machines: number;
  readonly detail: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Times that it came. */
  readonly count: number;
}

interface Kept {
  notice: SilenceNotice;
  /** Since when no machine is concerned; undefined while some are. */
  quietSinceMs: number | undefined;
}

/** A notice that ends is kept so long, in case it was a pause only. */
const endsAfterMs = 10 * 60_000;
/** One that comes again within this time is the same. */
const sameWithinMs = 24 * 3_600_000;
const mostKept = 2_000;

/** What is told at once; of what is left only a machine that is offline for a day, as a hint to look at it. */
const toldAtOnce = new Set<SilenceCause>([
  "power-cut",
  "no-coverage",
  "lost-contact",
  "credentials",
  "bus-dead",
  "clock",
  "gateway-backlog",
  "hub-network",
  "unexplained",
]);

export const isTold = ({ cause, status, isUsual }: MachineSilence): boolean =>
  !isUsual && cause !== "hub-away" && (toldAtOnce.has(cause) || status === "offline");

/** Holds what is told over time: one notice per cause and site, however often its machines come and go. */
export class SilenceNotices {
  readonly #kept = new Map<string, Kept>();

  /** Takes the silent machines of now. Returns the notices that are new. */
  update(silent: readonly MachineSilence[], nowMs: number): SilenceNotice[] {
    const groups = new Map<string, MachineSilence[]>();
    for (const one of silent.filter(isTold)) {
      const key = keyOf(one);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [one]);
      else group.push(one);
    }
    const fresh: SilenceNotice[] = [];
    for (const [key, group] of groups) {
      const known = this.#kept.get(key);
      const notice = noticeOf(group, { known, nowMs });
      if (known === undefined) fresh.push(notice);
      this.#kept.delete(key);
      this.#kept.set(key, { notice, quietSinceMs: undefined });
    }
    for (const [key, kept] of this.#kept) {
      if (groups.has(key)) continue;
      kept.quietSinceMs ??= nowMs;
      if (nowMs - kept.quietSinceMs > sameWithinMs) this.#kept.delete(key);
    }
    const oldest = this.#kept.size > mostKept ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
    return fresh;
  }

  /** Those that stand, newest first. */
  list(nowMs: number): SilenceNotice[] {
    return [...this.#kept.values()]
      .filter(
        ({ quietSinceMs }) => quietSinceMs === undefined || nowMs - quietSinceMs < endsAfterMs,
      )
      .map(({ notice }) => notice)
      .reverse();
  }
}

const keyOf = ({ cause, siteId }: MachineSilence): string =>
  cause === "hub-network" ? cause : `${cause}\n${siteId ?? ""}`;

function noticeOf(
  group: readonly MachineSilence[],
  { known, nowMs }: { readonly known: Kept | undefined; readonly nowMs: number },
): SilenceNotice {
  const [first] = group;
  const one = <Key extends "gatewayId" | "machineId" | "detail">(key: Key) =>
    group.every((other) => other[key] === first?.[key]) ? (first?.[key] ?? null) : null;
  const cause = first?.cause ?? "unexplained";
  const wasEnded = known?.quietSinceMs !== undefined && nowMs - known.quietSinceMs >= endsAfterMs;
  return {
    cause,
    siteId: cause === "hub-network" ? null : (first?.siteId ?? null),
    gatewayId: one("gatewayId"),
    machineId: one("machineId"),
    machines: group.length,
    detail: one("detail") ?? "",
    firstMs: known?.notice.firstMs ?? nowMs,
    lastMs: nowMs,
    count: (known?.notice.count ?? 0) + (known === undefined || wasEnded ? 1 : 0),
  };
}
