import type { I18nText } from "../evidence.ts";
import type { LifeEvaluation } from "../planner/predicted-source.ts";

/** A part at work, and all that is known of how long it will last. */
export interface PartStanding {
  readonly position: string;
  readonly partNo: string;
  readonly title: I18nText;
  /** Days in this machine. */
  readonly ageDays: number;
  /** The newest judgement of each method, counted from now; percentiles below 0 are 0. */
  readonly estimates: readonly LifeEvaluation[];
  /** When a judgement that is still kept was first made, ISO instant. */
  readonly judgedSince: string | null;
  /** Of such parts in the whole fleet, those that still work included; absent: too few have failed. */
  readonly field?: { readonly shape: number; readonly scaleDays: number };
  /** Of those that came out worn: what the plan expected and how long they lasted, in one unit each. */
  readonly past: readonly { readonly expected: number; readonly actual: number }[];
}

/** What is known of a machine beside what it says itself. */
export interface Standing {
  readonly machineId: string;
  readonly parts: readonly PartStanding[];
  /** Planned work that nobody has begun within its window. */
  readonly overdue: readonly {
    readonly ticketId: string;
    readonly dueTo: string;
    readonly component?: string;
  }[];
  /** Repairs that were closed, with a component, and were no false alarm. */
  readonly repairs: readonly { readonly component: string; readonly closedAt: string }[];
  /** Rules of its plan that open no ticket for want of precision. */
  readonly advisory: readonly string[];
}

const dayMs = 86_400_000;

/** The newest of each method, as it is to be read `nowMs`. Pure. */
export function newestOfEach(
  evaluations: readonly LifeEvaluation[],
  nowMs: number,
): LifeEvaluation[] {
  const newest = new Map<LifeEvaluation["method"], LifeEvaluation>();
  for (const one of evaluations) {
    const known = newest.get(one.method);
    if (known === undefined || known.evaluatedAt <= one.evaluatedAt) newest.set(one.method, one);
  }
  return [...newest.values()].map((one) => {
    const passed = Math.max(0, (nowMs - Date.parse(one.evaluatedAt)) / dayMs);
    const left = (days: number) => Math.max(0, days - passed);
    const { p10Days, p50Days, p90Days } = one;
    return { ...one, p10Days: left(p10Days), p50Days: left(p50Days), p90Days: left(p90Days) };
  });
}
