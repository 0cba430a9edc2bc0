import type { Finding } from "@firebreak/rules/finding.ts";

/** A ticket that a plan would have opened. */
export interface WouldBeTicket {
  readonly machineId: string;
  readonly failureMode: string;
  /** Rules that spoke, the first first. */
  readonly rules: readonly string[];
  readonly openedAt: string;
  /** When the last episode was over; null: it was still there at the end. */
  readonly clearedAt: string | null;
  readonly onsets: number;
}

/** The same problem so soon after is the same ticket (MR-7). */
const sameTicketMs = 7 * 86_400_000;

interface Open {
  readonly ticket: {
    -readonly [Key in keyof Omit<WouldBeTicket, "rules">]: WouldBeTicket[Key];
  } & { rules: string[] };
  readonly active: Set<string>;
}

/**
 * The tickets that findings would have opened, if nobody had repaired anything: one for a machine and problem at a time,
 * and for what comes back within a week. Rules on trial and episodes of the past open none. Pure.
 */
export function wouldBeTickets(findings: readonly Finding[]): WouldBeTicket[] {
  const newest = new Map<string, Open>();
  const all: Open["ticket"][] = [];
  for (const finding of findings) {
    const { machineId, failureMode, subject, findingId, phase, at, ruleId } = finding;
    if (finding.isHistory || finding.mode === "shadow") continue;
    const key = JSON.stringify([machineId, failureMode, subject]);
    const known = newest.get(key);
    if (phase === "cleared") {
      if (!known?.active.delete(findingId)) continue;
      if (known.active.size === 0) known.ticket.clearedAt = at;
      continue;
    }
    const open = known && isSame(known, finding.since) ? known : undefined;
    if (open === undefined) {
      const name = subject === "" ? failureMode : `${failureMode}:${subject}`;
      const ticket = {
        ...{ machineId, failureMode: name, rules: [ruleId], openedAt: at },
        ...{ clearedAt: null, onsets: 1 },
      };
      all.push(ticket);
      newest.set(key, { ticket, active: new Set([findingId]) });
      continue;
    }
    open.active.add(findingId);
    open.ticket.clearedAt = null;
    if (finding.isOnset) open.ticket.onsets++;
    if (!open.ticket.rules.includes(ruleId)) open.ticket.rules.push(ruleId);
  }
  return all;
}

const isSame = ({ ticket, active }: Open, since: string): boolean =>
  active.size > 0 || Date.parse(since) - Date.parse(ticket.clearedAt ?? since) <= sameTicketMs;
