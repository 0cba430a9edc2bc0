import type { GatewayHealth } from "../health/gateway-health.ts";

/**
 * Why nothing comes of a machine. `switched-off`: in order, or its buses fell silent first; `lost-contact`: a power cut
 * or no coverage, and nothing tells which; `bus-dead`: its gateway speaks and its bus does not; `gateway-backlog`: its
 * gateway holds data back; `hub-away`: the hub was not there to hear it; `hub-network`: so many at once that it is the
 * hub's own access; `unexplained`: its gateway is there and all is well, by what it says.
 */
export const silenceCauses = [
  "switched-off",
  "power-cut",
  "no-coverage",
  "lost-contact",
  "credentials",
  "bus-dead",
  "clock",
  "gateway-backlog",
  "hub-away",
  "hub-network",
  "unexplained",
] as const;
export type SilenceCause = (typeof silenceCauses)[number];

/** What is known of one machine; times are ms since 1970 by the hub's clock. */
export interface MachineEvidence {
  readonly machineId: string;
  readonly siteId: string | null;
  readonly gatewayId: string | null;
  readonly lastContactMs: number;
  readonly session: SessionEvidence;
  /** Who knocked as this gateway was turned away; null: nobody was. */
  readonly refusal: { readonly what: string; readonly atMs: number } | null;
}

export interface SessionEvidence {
  readonly isOnline: boolean;
  /** When it was heard last; null while online, or where that is not known. */
  readonly endedMs: number | null;
  /** It said goodbye; null where nobody heard how it ended. */
  readonly saidGoodbye: boolean | null;
}

/** What takes some reading; asked for only where a machine is silent and nothing simpler explains it. */
export interface MoreEvidence {
  health(
    machine: MachineEvidence,
  ): Pick<GatewayHealth, "buses" | "devices" | "spool" | "clock" | "certificate"> | null;
  /** What earlier losses of contact turned out to be: the link alone, or the gateway itself had been off. */
  earlier(machine: MachineEvidence): { readonly link: number; readonly off: number };
  /** Whether this machine says nothing at such times as a rule. */
  isUsual(machine: MachineEvidence): boolean;
}

/** A time in which the hub heard nobody. */
export interface Absence {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface HubEvidence {
  readonly nowMs: number;
  /** Oldest first. */
  readonly absences: readonly Absence[];
  /** It hears nobody now. */
  readonly isAway: boolean;
}

/** @see the fleet's states of connection: stale after 15 minutes, offline after 24 hours */
export interface MachineSilence {
  readonly machineId: string;
  readonly siteId: string | null;
  readonly gatewayId: string | null;
  readonly status: "stale" | "offline";
  readonly cause: SilenceCause;
  /** Beyond doubt, as far as it was heard; else the likeliest. */
  readonly isCertain: boolean;
  /** What it is about: a refusal, a bus and its state; empty otherwise. */
  readonly detail: string;
  readonly sinceMs: number;
  /** How much of that the hub was there to hear. */
  readonly heardMs: number;
  /** It is silent at such times as a rule: nobody is told. */
  readonly isUsual: boolean;
}

export const staleMs = 15 * 60_000;
export const offlineMs = 24 * 3_600_000;
/** How long machines may take to come back behind an absence of the hub before they count as silent. */
export const graceMs = 10 * 60_000;

/** How long a machine has said nothing while the hub was there to hear it. */
export function heardSilenceMs(sinceMs: number, { nowMs, absences }: HubEvidence): number {
  let silence = nowMs - sinceMs;
  for (const { fromMs, toMs } of absences)
    silence -= Math.max(0, Math.min(toMs, nowMs) - Math.max(fromMs, sinceMs));
  return Math.max(0, silence);
}

/** Whether the hub is away or has just come back, to a machine that it heard last before that. */
export function isHubsFault(sinceMs: number, { nowMs, absences, isAway }: HubEvidence): boolean {
  if (isAway) return true;
  const last = absences.at(-1);
  return last !== undefined && sinceMs < last.toMs && nowMs - last.toMs < graceMs;
}
