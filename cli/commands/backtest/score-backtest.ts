import { lessonsDefaults } from "@firebreak/tickets/lessons/lessons-config.ts";
import { medianOf, wilsonLower } from "@firebreak/tickets/lessons/rule-record.ts";
import { leadDays } from "@firebreak/tickets/lessons/verdict.ts";
import type { KnownFailure, KnownHistory } from "./known-tickets.ts";
import type { WouldBeTicket } from "./would-be-tickets.ts";

/** What known history says of a ticket that would have been opened. */
export type BacktestVerdict = "right" | "wrong" | "unknown";

export interface JudgedTicket extends WouldBeTicket {
  readonly verdict: BacktestVerdict;
  /** Of a right one: days before the failure; negative where it came behind it. */
  readonly leadDays: number | null;
  /** The known ticket that says so. */
  readonly byTicket: string | null;
}

/** Figures of one failure mode, or of all together. */
export interface BacktestFigures {
  readonly tickets: number;
  readonly right: number;
  readonly wrong: number;
  /** Nothing that people found tells. */
  readonly unknown: number;
  /** Known failures that nothing would have told of. */
  readonly missed: number;
  /** right ÷ (right + wrong); null without either. */
  readonly precision: number | null;
  /** Lower end of its 95 % interval (Wilson). */
  readonly precisionAtLeast: number | null;
  /** right ÷ (right + missed). */
  readonly recall: number | null;
  readonly leadDays: { readonly median: number | null; readonly p10: number | null };
  /** Journeys that found nothing, of known tickets that it would have opened again. */
  readonly wastedTrips: number;
}

export interface BacktestScore {
  readonly tickets: readonly JudgedTicket[];
  readonly missed: readonly KnownFailure[];
  readonly total: BacktestFigures;
  readonly byFailureMode: Readonly<Record<string, BacktestFigures>>;
}

/** Engineering defaults: a warning that far ahead is about something else, one so soon behind still about that failure. */
const aheadMs = 120 * 86_400_000;
const behindMs = 86_400_000;
/** A known false alarm is the same where the tickets began so near to each other. */
const nearMs = 7 * 86_400_000;

/**
 * Holds tickets that would have been opened against what people found. Each known failure makes the first ticket before
 * it right, later ones belong to it; `isLookedFor` says which failure modes the plan's rules could have found. Pure.
 */
export function scoreBacktest(
  tickets: readonly WouldBeTicket[],
  { failures, falseAlarms }: KnownHistory,
  isLookedFor: (failureMode: string) => boolean,
): BacktestScore {
  const found = new Set<KnownFailure>();
  const wasted = new Map<string, { readonly failureMode: string; readonly visits: number }>();
  const judged = tickets.map((ticket): JudgedTicket => {
    const openedMs = Date.parse(ticket.openedAt);
    const isOf = (one: { readonly machineId: string; readonly failureMode: string }) =>
      one.machineId === ticket.machineId && one.failureMode === ticket.failureMode;
    const failure = failures
      .filter((one) => isOf(one) && isWithin(Date.parse(one.at) - openedMs))
      .sort((one, other) => Date.parse(one.at) - Date.parse(other.at))[0];
    if (failure) {
      found.add(failure);
      const days = leadDays(ticket.openedAt, failure.at);
      return { ...ticket, verdict: "right", leadDays: days, byTicket: failure.ticketId };
    }
    const alarm = falseAlarms.find(
      (one) => isOf(one) && Math.abs(Date.parse(one.at) - openedMs) <= nearMs,
    );
    if (alarm) wasted.set(alarm.ticketId, alarm);
    const verdict = alarm ? "wrong" : "unknown";
    return { ...ticket, verdict, leadDays: null, byTicket: alarm?.ticketId ?? null };
  });
  const missed = failures.filter((one) => !found.has(one) && isLookedFor(one.failureMode));
  const figures = (isMode: (name: string) => boolean) =>
    figuresOf(
      judged.filter(({ failureMode }) => isMode(failureMode)),
      {
        missed: missed.filter(({ failureMode }) => isMode(failureMode)).length,
        found: [...found].filter(({ failureMode }) => isMode(failureMode)).length,
        wasted: [...wasted.values()].filter(({ failureMode }) => isMode(failureMode)),
      },
    );
  const modes = [...judged, ...missed].map(({ failureMode }) => failureMode);
  return {
    tickets: judged,
    missed,
    total: figures(() => true),
    byFailureMode: Object.fromEntries(
      [...new Set(modes)].sort().map((mode) => [mode, figures((name) => name === mode)]),
    ),
  };
}

const isWithin = (aheadOfFailureMs: number): boolean =>
  aheadOfFailureMs <= aheadMs && aheadOfFailureMs >= -behindMs;

function figuresOf(
  tickets: readonly JudgedTicket[],
  of: {
    readonly missed: number;
    readonly found: number;
    readonly wasted: readonly { readonly visits: number }[];
  },
): BacktestFigures {
  const count = (verdict: BacktestVerdict) =>
    tickets.filter((one) => one.verdict === verdict).length;
  const [right, wrong] = [count("right"), count("wrong")];
  const days = tickets.flatMap((one) => one.leadDays ?? []).sort((a, b) => a - b);
  const judged = right + wrong;
  return {
    ...{ tickets: tickets.length, right, wrong, unknown: count("unknown"), missed: of.missed },
    precision: judged === 0 ? null : right / judged,
    precisionAtLeast: judged === 0 ? null : wilsonLower(right, judged, lessonsDefaults.confidenceZ),
    recall: of.found + of.missed === 0 ? null : of.found / (of.found + of.missed),
    leadDays: {
      median: days.length === 0 ? null : medianOf(days),
      p10: days[Math.ceil(days.length * 0.1) - 1] ?? null,
    },
    wastedTrips: of.wasted.reduce((sum, { visits }) => sum + visits, 0),
  };
}
