import type { Clock } from "@firebreak/kit/clock.ts";

export const refusals = [
  "bad-credentials",
  "client-id",
  "too-many-attempts",
  "too-many-connections",
  "connection-storm",
  "will-topic",
  "publish-topic",
  "publish-retained",
  "subscribe-topic",
  "oversize-packet",
  "protocol-error",
  "connect-timeout",
  "revoked",
  "certificate-expired",
  "certificate-not-yet-valid",
  "certificate-other-authority",
  "certificate-unknown",
  "certificate-damaged",
  "enrolment",
] as const;
export type Refusal = (typeof refusals)[number];

/** Somebody was refused something; repetitions are counted in one entry. */
export interface AuditEntry {
  readonly what: Refusal;
  /** Client id as claimed; not proven for refused connects. */
  readonly who: string;
  readonly remote: string;
  /** Topic, size or the like, cut to 200 characters. */
  readonly detail: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly count: number;
}

export interface Audit {
  refuse(what: Refusal, who: string, remote: string, detail?: string): void;
  /** Newest first. */
  list(): readonly AuditEntry[];
  /** Since the start, by kind; not bounded by the list. */
  counts(): Readonly<Record<Refusal, number>>;
}

const cut = (text: string) => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** A bounded list of who was refused what; the least recently touched entry goes first. */
export function createAudit(clock: Clock, capacity = 500): Audit {
  const entries = new Map<string, AuditEntry>();
  const counts = Object.fromEntries(refusals.map((what) => [what, 0])) as Record<Refusal, number>;
  return {
    refuse(what, who, remote, detail = "") {
      counts[what]++;
      const name = cut(who);
      const host = remote.replace(/:\d+$/, "");
      const key = `${what}\n${name}\n${host}`;
      const at = new Date(clock.nowMs()).toISOString();
      const known = entries.get(key);
      entries.delete(key);
      entries.set(key, {
        what,
        who: name,
        remote: host,
        detail: cut(detail),
        firstAt: known?.firstAt ?? at,
        lastAt: at,
        count: (known?.count ?? 0) + 1,
      });
      const oldest = entries.size > capacity ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
    },
    list: () => [...entries.values()].reverse(),
    counts: () => ({ ...counts }),
  };
}
