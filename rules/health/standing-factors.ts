import { healthConfig } from "./health-config.ts";
import type { LifeOutlook } from "./life-outlook.ts";
import type { HealthFactor } from "./machine-health.ts";

const dayMs = 86_400_000;

/** A part that may fail within the outlook. `since`: when that was first said. */
export function lifeFactor(
  { chance }: Pick<LifeOutlook, "chance">,
  part: { readonly position: string; readonly since: string | null },
): HealthFactor[] {
  const { cost, leastChance } = healthConfig.life;
  if (chance < leastChance) return [];
  const { position, since } = part;
  return [{ cause: "life", component: position, about: position, cost: cost * chance, since }];
}

/** Planned work whose window is over: more the longer it waits. */
export function overdueFactor(
  { ticketId, dueTo, component = "" }: OverdueWork,
  nowMs: number,
): HealthFactor[] {
  const days = (nowMs - Date.parse(dueTo)) / dayMs;
  if (!(days > 0)) return [];
  const { cost, most, fullAfterDays } = healthConfig.overdue;
  const grown = cost + (most - cost) * Math.min(1, days / fullAfterDays);
  return [{ cause: "overdue", component, about: ticketId, cost: grown, since: dueTo }];
}

export interface OverdueWork {
  readonly ticketId: string;
  readonly dueTo: string;
  readonly component?: string | undefined;
}

export interface PastRepair {
  readonly component: string;
  readonly closedAt: string;
}

/** Components that were repaired again and again: each repair after the first of the last half year counts. */
export function historyFactors(repairs: readonly PastRepair[], nowMs: number): HealthFactor[] {
  const { days, cost, most } = healthConfig.history;
  const byComponent = new Map<string, string[]>();
  for (const { component, closedAt } of repairs) {
    if (nowMs - Date.parse(closedAt) > days * dayMs) continue;
    byComponent.set(component, [...(byComponent.get(component) ?? []), closedAt]);
  }
  return [...byComponent].flatMap(([component, closed]): HealthFactor[] => {
    const again = closed.length - 1;
    if (again < 1) return [];
    const since = closed.toSorted()[0] ?? null;
    const about = String(closed.length);
    return [
      { cause: "fault-history", component, about, cost: Math.min(most, cost * again), since },
    ];
  });
}

/** How a machine is heard; `status` absent: as it should be. */
export interface Hearing {
  readonly silence?:
    | {
        readonly status: "stale" | "offline";
        readonly cause: string;
        readonly sinceMs: number;
        /** Of that time, how long somebody listened. */
        readonly heardMs: number;
        readonly isUsual: boolean;
      }
    | undefined;
  readonly isGatewayDegraded: boolean;
}

/** False where nothing came for so long, while somebody listened, that what was known says nothing of today (HP-3). */
export const isStillKnown = ({ silence }: Pick<Hearing, "silence">): boolean =>
  (silence?.heardMs ?? 0) <= healthConfig.unknownAfterDays * dayMs;

/** What is lost of the view of a machine. A silence that is usual at such times costs nothing. */
export function hearingFactors({ silence, isGatewayDegraded }: Hearing): HealthFactor[] {
  if (silence && !silence.isUsual) {
    const cost = healthConfig.silence[silence.status];
    const since = new Date(silence.sinceMs).toISOString();
    return [{ cause: "connectivity", component: "", about: silence.cause, cost, since }];
  }
  if (!isGatewayDegraded) return [];
  const cost = healthConfig.degradedGatewayCost;
  return [{ cause: "connectivity", component: "", about: "gateway", cost, since: null }];
}
