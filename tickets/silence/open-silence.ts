import type { Evidence } from "../evidence.ts";
import { findCarrier } from "../find-carrier.ts";
import { DAY_MS } from "../lifecycle/step.ts";
import { workPolicy } from "../lifecycle/work-policy.ts";
import { openWork } from "../open-work.ts";
import { reopenTicket } from "../reopen-ticket.ts";
import { findClosedSince } from "../ticket-store.ts";
import { carryOut, requireTicket, type TicketWork } from "../ticket-work.ts";
import { addEpisode, loadOpenEpisodes } from "./silence-episode.ts";
import { type SilentMachine, silenceKeyOf } from "./silent-machine.ts";
import { visitOf } from "./visits.ts";

const priority = "general";
/** A look at the gateway, its supply and its antenna. */
const standardHours = 1.5;

/** Asks somebody to look at a silent machine; false when somebody is asked already. */
export async function openSilence(work: TicketWork, machine: SilentMachine): Promise<boolean> {
  const { tx, at, ids } = work;
  const { machineId } = machine;
  if ((await loadOpenEpisodes(tx, machineId)).length > 0) return false;
  const episodeId = `silence/${ids.rowId()}`;
  const since = new Date(machine.sinceMs).toISOString();
  const ticketId = await ask(work, machine, evidenceOf(work, machine, episodeId));
  if (ticketId === undefined) return false;
  await addEpisode(tx, { episodeId, machineId, since, ticketId, openedAt: at });
  return true;
}

/** In the ticket of an earlier silence where that is open, or was closed a short while ago (MR-1, MR-7); else a new one. */
async function ask(
  work: TicketWork,
  machine: SilentMachine,
  piece: Evidence,
): Promise<string | undefined> {
  const { tx, nowMs, policy = workPolicy } = work;
  const { machineId } = machine;
  const { findingId, to: machineAt } = piece;
  const visit = visitOf(machine);
  if (visit === undefined) return undefined;
  const key = silenceKeyOf(machineId);
  const again = {
    findingId,
    machineAt,
    evidence: [piece],
    priority,
    commandId: findingId,
  } as const;
  const carrier = await findCarrier(tx, key);
  if (carrier) {
    await carryOut(work, carrier, { type: "observe", isOccurrence: true, ...again });
    return carrier.ticket.ticketId;
  }
  const reopenSince = new Date(nowMs - policy.reopenDays * DAY_MS).toISOString();
  const closed = await findClosedSince(tx, key, reopenSince);
  if (closed !== undefined) {
    const found = await requireTicket(tx, closed);
    await reopenTicket(work, found, { cause: "recurrence", reason: machine.cause, ...again });
    return closed;
  }
  const { ticket } = await openWork(
    work,
    {
      kind: "inspection",
      trigger: "machine_silent",
      channel: "machine",
      title: visit.title,
      checks: [...visit.checks],
      job: { faultClass: "electrical", standardHours },
      evidence: [piece],
      ...{ machineId, key, priority },
    },
    findingId,
  );
  return ticket.ticketId;
}

function evidenceOf(
  { planOf, at }: TicketWork,
  { machineId, cause, isCertain, detail, sinceMs }: SilentMachine,
  findingId: string,
): Evidence {
  const plan = planOf?.(machineId);
  return {
    kind: "silence",
    findingId,
    planRef: plan ? `${plan.plan}@${plan.version}` : "none",
    rule: "silence",
    from: new Date(sinceMs).toISOString(),
    to: at,
    ...{ cause, isCertain, detail },
  };
}
