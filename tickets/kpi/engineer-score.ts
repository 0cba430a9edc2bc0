import type { EngineerLevel } from "../organisation/engineer.ts";
import type { Ticket } from "../ticket.ts";
import type { ScoreConfig } from "./kpi-config.ts";

export const scoreKinds = ["outcome", "arrival_kept", "report_kept", "customer_rating"] as const;

/** Points of one engineer, and the event of the ticket they rest on (F-30). */
export interface ScoreLine {
  readonly engineerId: string;
  readonly ticketId: string;
  readonly seq: number;
  readonly kind: (typeof scoreKinds)[number];
  readonly points: number;
  readonly at: string;
}

type Timeline = Ticket["timeline"];
type Outcome = keyof ScoreConfig["outcome"];

/**
 * What a ticket brings to the engineers who worked on it: each end of work by its outcome, the promises kept, and the
 * customer's rating, which goes to the last of them. Pure; the same ticket gives the same lines.
 */
export function scoreLinesOf(
  ticket: Pick<Ticket, "ticketId" | "timeline" | "sla">,
  /** Share of the best rating, 0 to 1, once the customer has rated. */
  rating: number | undefined,
  config: ScoreConfig,
): ScoreLine[] {
  const { ticketId, timeline } = ticket;
  const line = (
    { engineerId, seq, at }: Work,
    kind: ScoreLine["kind"],
    points: number,
  ): ScoreLine => ({ engineerId, ticketId, seq, kind, points, at });
  const works = worksOf(timeline);
  const lines = works
    .filter(({ isEnd }) => isEnd)
    .map((work) => line(work, "outcome", config.outcome[outcomeAfter(work, timeline)]));
  const kept = [
    { event: "arrived", clock: "arrival", kind: "arrival_kept" },
    { event: "report-submitted", clock: "report_upload", kind: "report_kept" },
  ] as const;
  for (const { event, clock, kind } of kept) {
    const met = ticket.sla.filter((each) => each.kind === clock && each.status === "met");
    for (const { stoppedAt } of met) {
      const isBooked = (seq: number) => lines.some((one) => one.kind === kind && one.seq === seq);
      const work = works.find(
        (each) => each.type === event && each.at === stoppedAt && !isBooked(each.seq),
      );
      if (work) lines.push(line(work, kind, config.clock[clock]));
    }
  }
  const last = works.findLast(({ isEnd }) => isEnd);
  if (last && rating !== undefined)
    lines.push(line(last, "customer_rating", config.bestRating * rating));
  return lines;
}

interface Work {
  readonly engineerId: string;
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly isEnd: boolean;
  readonly outcome: Outcome | undefined;
}

const outcomeOfEnd: Readonly<Record<string, Outcome | undefined>> = {
  finished: "fixed",
  "remote-fixed": "fixed",
  "not-fixed": "not_fixed",
  "parts-missing": "diagnosed_awaiting_parts",
};

/** Events with the engineer who had the ticket then. */
function worksOf(timeline: Timeline): Work[] {
  let engineerId = "";
  return timeline.flatMap((event) => {
    if ("assignment" in event) engineerId = (event.assignment as { engineerId: string }).engineerId;
    const { seq, at } = event;
    const type: string = event.type;
    const ofEnd = outcomeOfEnd[type];
    const said = "outcome" in event ? (event.outcome as Outcome | undefined) : undefined;
    return engineerId === ""
      ? []
      : [{ engineerId, seq, at, type, isEnd: ofEnd !== undefined, outcome: said ?? ofEnd }];
  });
}

/** A repair that verification or the customer refuted was none, whatever was said on site. */
function outcomeAfter(work: Work, timeline: Timeline): Outcome {
  const after = timeline.slice(work.seq);
  const next = after.findIndex(({ type }) => (type as string) in outcomeOfEnd);
  const until = next === -1 ? after : after.slice(0, next);
  const isRefuted = until.some(({ type }) => refuting.includes(type));
  return isRefuted && work.outcome === "fixed" ? "not_fixed" : (work.outcome ?? "not_fixed");
}

const refuting: readonly string[] = ["verification-failed", "reopened"];

/** Final = total · (1 + p) of the level (O-15). */
export const finalScore = (
  lines: readonly Pick<ScoreLine, "points">[],
  level: EngineerLevel,
  { levelBonus }: ScoreConfig,
): { readonly total: number; readonly final: number } => {
  const total = lines.reduce((sum, { points }) => sum + points, 0);
  return { total, final: total * (1 + levelBonus[level]) };
};
