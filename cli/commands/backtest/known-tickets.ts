import type { TicketSummary } from "@firebreak/tickets/ticket.ts";

/** What of a ticket is known history. */
export type KnownTicket = Pick<
  TicketSummary,
  | "ticketId"
  | "kind"
  | "trigger"
  | "machineId"
  | "faultCode"
  | "outcome"
  | "confirmedFault"
  | "createdAt"
  | "finishedAt"
  | "visits"
  | "priority"
>;

/** A fault that people found. */
export interface KnownFailure {
  readonly ticketId: string;
  readonly machineId: string;
  readonly failureMode: string;
  /** When the machine failed, or the wear was confirmed. */
  readonly at: string;
}

/** A journey for nothing: nobody found what was looked for. */
export interface KnownFalseAlarm {
  readonly ticketId: string;
  readonly machineId: string;
  readonly failureMode: string;
  readonly at: string;
  readonly visits: number;
}

export interface KnownHistory {
  readonly failures: readonly KnownFailure[];
  readonly falseAlarms: readonly KnownFalseAlarm[];
}

const ofMachine = ["anomaly", "dtc", "predicted_failure"];

/**
 * What tickets prove. A repair or inspection with a confirmed cause is a failure of that mode, when people reported it or
 * the machine stood still at its beginning, else when the work was done (domain: failure, or confirmed worn); "no fault
 * found" is a false alarm. All others prove nothing. Pure.
 */
export function historyOf(tickets: readonly KnownTicket[]): KnownHistory {
  const failures: KnownFailure[] = [];
  const falseAlarms: KnownFalseAlarm[] = [];
  for (const ticket of tickets) {
    const { ticketId, kind, machineId, outcome, confirmedFault, faultCode, createdAt } = ticket;
    if (machineId === undefined || outcome === undefined || kind === "parts") continue;
    if (outcome === "no_fault_found") {
      const { visits } = ticket;
      if (faultCode !== undefined)
        falseAlarms.push({ ticketId, machineId, failureMode: faultCode, at: createdAt, visits });
    } else if (confirmedFault !== undefined) {
      const failureMode = confirmedFault.faultCode;
      failures.push({ ticketId, machineId, failureMode, at: failedAt(ticket) });
    }
  }
  return { failures, falseAlarms };
}

function failedAt({ trigger, priority, createdAt, finishedAt }: KnownTicket): string {
  const isReported = !ofMachine.includes(trigger);
  return isReported || priority === "emergency" ? createdAt : (finishedAt ?? createdAt);
}
