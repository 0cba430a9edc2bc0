import { healthConfig } from "./health-config.ts";

export const healthCauses = [
  "episode",
  "trouble-code",
  "life",
  "overdue",
  "fault-history",
  "connectivity",
] as const;
export type HealthCause = (typeof healthCauses)[number];

/** One thing that speaks against a machine. */
export interface HealthFactor {
  readonly cause: HealthCause;
  /** Of the plan; empty: the machine as a whole. */
  readonly component: string;
  /** What it is about: a failure mode, a trouble code, the position of a part, a ticket, a cause of silence. */
  readonly about: string;
  /** Points of 100 that it takes where nothing else is wrong. */
  readonly cost: number;
  /** ISO 8601; null where nobody knows. */
  readonly since: string | null;
}

/** A factor with what it takes beside the others. */
export interface CountedFactor extends HealthFactor {
  readonly lowersBy: number;
}

export interface ComponentHealth {
  readonly component: string;
  /** 0-100; null: nothing is known of it. */
  readonly index: number | null;
}

export interface MachineHealth {
  /** 0-100; null: unknown. */
  readonly index: number | null;
  /** The worst first, unknown ones last. */
  readonly components: readonly ComponentHealth[];
  /** What lowers the index, the most first. */
  readonly factors: readonly CountedFactor[];
}

/**
 * 100 less what is wrong: the gravest in full, each further thing by half, never below 0 (HP-1). One cost more makes no
 * index higher (HP-2). Pure.
 */
export function indexOf(costs: readonly number[]): number {
  const { furtherShare } = healthConfig;
  let [gravest, sum] = [0, 0];
  for (const cost of costs) {
    gravest = Math.max(gravest, cost);
    sum += cost;
  }
  return Math.max(0, 100 - gravest - (sum - gravest) * furtherShare);
}

/** What is known beside the factors. */
export interface KnownParts {
  /** False: no data, or none for so long that its health is unknown (HP-3). */
  readonly isHeard: boolean;
  /** Components of the plan, and whether anything that looks at them has data. */
  readonly components: ReadonlyMap<string, boolean>;
}

/**
 * Health of a machine and of its components. A component that nothing looks at, or whose signals do not come, is unknown
 * and not well (HP-3), unless something is known against it. Pure.
 */
export function healthOf(
  factors: readonly HealthFactor[],
  { isHeard, components }: KnownParts,
): MachineHealth {
  const names = new Set([...components.keys(), ...factors.map(({ component }) => component)]);
  names.delete("");
  const ofComponent = (name: string): ComponentHealth => {
    const costs = factors.filter((one) => one.component === name).map(({ cost }) => cost);
    const isKnown = isHeard && (components.get(name) === true || costs.some((cost) => cost > 0));
    return { component: name, index: isKnown ? indexOf(costs) : null };
  };
  return {
    index: isHeard ? indexOf(factors.map(({ cost }) => cost)) : null,
    components: [...names].map(ofComponent).sort(worseFirst),
    factors: counted(factors),
  };
}

function counted(factors: readonly HealthFactor[]): CountedFactor[] {
  const inOrder = factors
    .filter(({ cost }) => cost > 0)
    .sort((a, b) => b.cost - a.cost || (a.about < b.about ? -1 : Number(a.about > b.about)));
  return inOrder.map((factor, place) => ({
    ...factor,
    lowersBy: factor.cost * (place === 0 ? 1 : healthConfig.furtherShare),
  }));
}

const rank = ({ index }: ComponentHealth): number => index ?? 101;

const worseFirst = (one: ComponentHealth, other: ComponentHealth): number =>
  rank(one) - rank(other) || (one.component < other.component ? -1 : 1);
