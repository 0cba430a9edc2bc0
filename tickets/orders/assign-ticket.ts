import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { DispatchReason } from "../dispatch/dispatch-reason.ts";
import { judgeOverride, type RankedEngineer, type Ranking } from "../dispatch/rank-engineers.ts";
import { reasonText } from "../dispatch/reason-texts.ts";
import { MINUTE_MS, plus } from "../lifecycle/step.ts";
import type { Assignment } from "../lifecycle/work-shapes.ts";
import type { Ticket } from "../ticket.ts";
import { carryOut, type FoundTicket, type TicketWork } from "../ticket-work.ts";
import type { OrderOf } from "./order-bodies.ts";
import { hoursOf, type RankingInput, rankFor } from "./ranking.ts";

type NewAssignment = Omit<Assignment, "at" | "acceptBy" | "acceptedAt">;

/** Who could go to a ticket now. */
export async function rankNow(work: TicketWork, ticket: Ticket): Promise<Ranking & RankingInput> {
  const { machineId = "" } = ticket;
  const setting = await work.settingOf?.(machineId);
  if (!setting) throw new TypeError("dispatch needs the machine's setting");
  const { context } = setting;
  const { tx, nowMs } = work;
  return rankFor(tx, ticket, { context, plan: work.planOf?.(machineId), nowMs });
}

/** Without what it was made of: engineers are people, their files are not for everybody. */
export function rankingOf(all: Ranking & RankingInput): Ranking {
  const { job: _job, candidates: _candidates, moment: _moment, ...ranking } = all;
  return ranking;
}

/**
 * By a person: whoever is suggested, or somebody else with a reason.
 * @throws CodedError TICKET_GUARD when that engineer may not be sent at all, or the reason is missing
 */
export async function chooseEngineer(
  work: TicketWork,
  ticket: Ticket,
  { engineerId, reason }: Pick<OrderOf<"assign">, "engineerId" | "reason">,
): Promise<NewAssignment> {
  const ranking = await rankNow(work, ticket);
  const { chosen } = ranking;
  if (engineerId === undefined || engineerId === chosen?.engineerId) {
    if (!chosen) throw new CodedError("TICKET_GUARD", nobodyText(ranking.escalate));
    return assignmentOf(work, ticket, chosen, ranking);
  }
  const { job, candidates, moment } = ranking;
  const { ranked, refusals } = judgeOverride(job, candidates, { engineerId, moment });
  if (!ranked) throw new CodedError("TICKET_GUARD", textOf(engineerId, refusals));
  if (reason === undefined)
    throw new CodedError(
      "TICKET_GUARD",
      `not the one suggested (${chosen?.engineerId ?? "nobody"}): say why`,
    );
  const overridden = {
    reason,
    ...(chosen ? { suggestedEngineerId: chosen.engineerId } : {}),
  };
  return { ...assignmentOf(work, ticket, ranked, ranking), overridden };
}

/** By itself: whoever is suggested. When nobody is, the ticket says so and people hear of it (ES-2, ES-4). */
export async function assignByItself(
  work: TicketWork,
  found: FoundTicket,
  commandId: string,
): Promise<Ticket> {
  const { ticket } = found;
  const ranking = await rankNow(work, ticket);
  const { chosen, escalate } = ranking;
  if (!chosen) {
    const why = escalate ? [toReason(escalate)] : [];
    return carryOut(work, found, { type: "note-nobody", why, commandId: `${commandId}/nobody` });
  }
  const assignment = { ...assignmentOf(work, ticket, chosen, ranking), isAutomatic: true };
  return carryOut(work, found, { type: "assign", assignment, commandId: `${commandId}/assign` });
}

function assignmentOf(
  { at }: TicketWork,
  ticket: Ticket,
  ranked: RankedEngineer,
  { ranked: all }: Ranking,
): NewAssignment {
  const { engineerId, score, level, etaMinutes, reasons } = ranked;
  const other = all.find((one) => one.engineerId !== engineerId);
  return {
    engineerId,
    score,
    reasons: reasons.map(toReason),
    standardHours: hoursOf(ticket),
    fallbackLevel: level,
    arrivalEstimateAt: plus(at, Math.round(etaMinutes * MINUTE_MS)),
    ...(other ? { runnerUp: { engineerId: other.engineerId, score: other.score } } : {}),
  };
}

const toReason = ({ code, params }: DispatchReason) => ({ code, ...(params ? { params } : {}) });

const nobodyText = (escalate: DispatchReason | undefined): string =>
  escalate ? reasonText(escalate, "en") : "no engineer fits";

const textOf = (engineerId: string, refusals: readonly DispatchReason[]): string =>
  `${engineerId} cannot go: ${refusals.map((one) => reasonText(one, "en")).join("; ")}`;
