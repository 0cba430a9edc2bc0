import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { loadTicket } from "../ticket-store.ts";
import { carryOut, type TicketWork } from "../ticket-work.ts";
import type { Actor } from "../vocabulary.ts";
import { evaluate, type Observation, type Verdict } from "./evaluate.ts";
import { verificationConfig } from "./verification-config.ts";
import { type VerificationWay, wayOf } from "./verification-spec.ts";
import {
  findVerification,
  overdueVerifications,
  putVerification,
  type StoredVerification,
  saveVerification,
  watchedVerifications,
} from "./verification-store.ts";

/** Proof of repairs, from the finish on. All writing is in the caller's transaction. */
export interface Verifier {
  /** Reads what is being verified; to be called once, before data come. */
  start(): Promise<void>;
  /** Signals of a machine that proofs look at; undefined, and that is cheap, when none is under way. */
  watched(machineId: string): ReadonlySet<string> | undefined;
  /** A ticket was finished, or its report says what the fault was: its proof begins, unless it has begun alike. */
  begin(work: TicketWork, ticket: Ticket): Promise<void>;
  /** What the rules saw of one machine, in order. */
  observe(work: TicketWork, machineId: string, seen: readonly Observation[]): Promise<void>;
  /** Tells the ticket what its proof says, once its report is handed in; nothing while nothing is decided. */
  settle(work: TicketWork, ticketId: string): Promise<void>;
  /** Proofs that had their time: a person asks by phone. Returns the tickets. */
  endOverdue(work: TicketWork): Promise<string[]>;
}

export interface VerifierOptions {
  readonly db: Database;
  readonly planOf: (machineId: string) => Plan | undefined;
  /** Whether the machine sends data of its own. */
  readonly hasGateway: (machineId: string) => boolean;
  /** Carries an order out with all that follows from it; absent: on the ticket alone. */
  readonly carryOut?: typeof carryOut;
}

const verifier: Actor = { kind: "system", id: "verification" };
const proving: readonly string[] = ["work_done", "verifying"];

export function createVerifier(options: VerifierOptions): Verifier {
  const { db, planOf, hasGateway } = options;
  const obey = options.carryOut ?? carryOut;
  /** By machine, then by ticket: what is committed. Only a filter; the truth is in the table. */
  const watch = new Map<string, Map<string, ReadonlySet<string>>>();

  const remember = ({ machineId, ticketId, status, telemetry }: StoredVerification): void => {
    const tickets = watch.get(machineId) ?? new Map<string, ReadonlySet<string>>();
    if (telemetry && (status === "running" || status === "inconclusive"))
      tickets.set(ticketId, signalsOf(telemetry.spec));
    else tickets.delete(ticketId);
    if (tickets.size > 0) watch.set(machineId, tickets);
    else watch.delete(machineId);
  };

  const save = async (work: TicketWork, verification: StoredVerification): Promise<void> => {
    await saveVerification(work, verification);
    work.tx.afterCommit(() => remember(verification));
  };

  const settle = async (work: TicketWork, ticketId: string): Promise<void> => {
    const [verification, found] = [
      await findVerification(work.tx, ticketId),
      await loadTicket(work.tx, ticketId),
    ];
    if (!verification || !found) return;
    const { ticket, key } = found;
    if (!proving.includes(ticket.state)) {
      await save(work, { ...verification, status: "ended" });
      return;
    }
    const order = orderOf(verification, ticket);
    if (ticket.state !== "verifying" || !order) return;
    const commandId = `verify/${ticketId}/${verification.finishedAt}/${verification.status}`;
    await obey({ ...work, actor: verifier }, { ticket, key }, { ...order, commandId });
  };

  return {
    async start() {
      watch.clear();
      for (const verification of await watchedVerifications(db)) remember(verification);
    },
    watched(machineId) {
      const tickets = watch.get(machineId);
      return tickets && new Set([...tickets.values()].flatMap((signals) => [...signals]));
    },
    async begin(work, ticket) {
      const { ticketId, machineId, finishedAt = work.at } = ticket;
      if (machineId === undefined) return;
      const way = wayOf(planOf(machineId), {
        faults: faultsOf(ticket),
        finishedMs: Date.parse(finishedAt),
        hasGateway: hasGateway(machineId),
      });
      const earlier = await findVerification(work.tx, ticketId);
      const isSame = earlier?.finishedAt === finishedAt;
      // The fault that came again before the report has failed it, whatever else the report found.
      if (isSame && (earlier.status === "failed" || isAlike(earlier, way))) return;
      const begun = await putVerification(work, { ticketId, machineId, finishedAt }, way);
      work.tx.afterCommit(() => remember(begun));
    },
    async observe(work, machineId, seen) {
      for (const verification of await watchedVerifications(work.tx, machineId)) {
        const after = observed(verification, seen);
        await save(work, after);
        if (after.status !== verification.status) await settle(work, after.ticketId);
      }
    },
    settle,
    async endOverdue(work) {
      const before = new Date(work.nowMs - verificationConfig.inconclusiveAfterMs).toISOString();
      const overdue = await overdueVerifications(work.tx, before);
      for (const verification of overdue) {
        const detail = `not enough was seen in time: ${verification.detail || "no operation"}`;
        await save(work, { ...verification, status: "inconclusive", detail });
        await settle(work, verification.ticketId);
      }
      return overdue.map(({ ticketId }) => ticketId);
    },
  };
}

const isAlike = ({ status, telemetry }: StoredVerification, way: VerificationWay): boolean =>
  way.by === "telemetry"
    ? telemetry?.spec.faults.join() === way.spec.faults.join()
    : status === way.by;

const signalsOf = (spec: NonNullable<StoredVerification["telemetry"]>["spec"]) =>
  new Set([...spec.operation, ...spec.normal].map(({ signal }) => signal));

/** What the machine said, and what the report found instead, if it did. */
function faultsOf({ faultCode, dedupeKey, kind, machineId, confirmedFault }: Ticket): string[] {
  // An unknown trouble code is told from others by its subject, which stands in the key.
  const own =
    faultCode === "uncatalogued"
      ? dedupeKey.slice(`${machineId}:`.length, -`:${kind}`.length)
      : faultCode;
  const faults = [own, confirmedFault?.faultCode].filter((fault) => fault !== undefined);
  return [...new Set(faults)];
}

function observed(
  verification: StoredVerification,
  seen: readonly Observation[],
): StoredVerification {
  if (!verification.telemetry) return verification;
  const { spec } = verification.telemetry;
  let { state } = verification.telemetry;
  let verdict: Verdict = { is: "pending", waitsFor: verification.detail };
  for (const observation of seen) {
    ({ state, verdict } = evaluate(spec, state, observation));
    if (verdict.is !== "pending") break;
  }
  const telemetry = { spec, state };
  if (verdict.is === "pending") return { ...verification, telemetry, detail: verdict.waitsFor };
  const { is: status, detail } = verdict;
  const findingId = verdict.is === "failed" ? verdict.findingId : undefined;
  return {
    ...verification,
    telemetry,
    status,
    detail,
    ...(findingId === undefined ? {} : { findingId }),
  };
}

function orderOf(
  { status, detail, findingId }: StoredVerification,
  ticket: Ticket,
): TicketOrder | undefined {
  switch (status) {
    case "passed":
      return { type: "verification-passed", detail };
    case "failed":
      return {
        type: "verification-failed",
        detail,
        ...(findingId === undefined ? {} : { findingId }),
      };
    case "checklist":
      return { type: "verification-not-applicable", detail };
    case "phone":
    case "inconclusive":
      return ticket.verification?.status === "inconclusive"
        ? undefined
        : { type: "verification-inconclusive", detail };
    case "running":
    case "ended":
      return undefined;
  }
}
