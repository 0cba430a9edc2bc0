import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { ServiceWork } from "../service-work.ts";
import { initialState, type VerificationState } from "./evaluate.ts";
import type { VerificationSpec, VerificationWay } from "./verification-spec.ts";
import type { VerificationTables } from "./verification-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

/**
 * `running`: telemetry decides; `inconclusive`: it had its time, a person asks, and telemetry may still decide; `phone`,
 * `checklist`: telemetry has no say; `ended`: the ticket went another way.
 */
export const verificationStatuses = [
  "running",
  "inconclusive",
  "passed",
  "failed",
  "phone",
  "checklist",
  "ended",
] as const;
export type VerificationStatus = (typeof verificationStatuses)[number];

export interface StoredVerification {
  readonly ticketId: string;
  readonly machineId: string;
  readonly status: VerificationStatus;
  readonly finishedAt: string;
  /** Undefined when telemetry has no say. */
  readonly telemetry?: { readonly spec: VerificationSpec; readonly state: VerificationState };
  readonly detail: string;
  readonly findingId?: string;
}

/** Telemetry looks at these. */
const watchedStatuses = ["running", "inconclusive"] as const;

const tablesOf = (reader: Reader) => reader.tables<VerificationTables>();

/** Begins the proof of a finish; what an earlier finish of the ticket had is of no use any more. */
export async function putVerification(
  { tx, at }: ServiceWork,
  ticket: { readonly ticketId: string; readonly machineId: string; readonly finishedAt: string },
  way: VerificationWay,
): Promise<StoredVerification> {
  const { ticketId, machineId, finishedAt } = ticket;
  const begun: StoredVerification =
    way.by === "telemetry"
      ? {
          ...ticket,
          status: "running",
          telemetry: { spec: way.spec, state: initialState() },
          detail: "",
        }
      : { ...ticket, status: way.by, detail: way.why };
  await tablesOf(tx).deleteFrom("verifications").where("ticket_id", "=", ticketId).execute();
  await tablesOf(tx)
    .insertInto("verifications")
    .values({
      ticket_id: ticketId,
      machine_id: machineId,
      finished_at: finishedAt,
      updated_at: at,
      ...columnsOf(begun),
    })
    .execute();
  return begun;
}

export async function saveVerification(
  { tx, at }: ServiceWork,
  verification: StoredVerification,
): Promise<void> {
  await tablesOf(tx)
    .updateTable("verifications")
    .set({ ...columnsOf(verification), updated_at: at })
    .where("ticket_id", "=", verification.ticketId)
    .execute();
}

const columnsOf = ({ status, telemetry, detail, findingId }: StoredVerification) => ({
  status,
  spec: telemetry ? JSON.stringify(telemetry.spec) : "",
  state: telemetry ? JSON.stringify(telemetry.state) : "",
  detail,
  finding_id: findingId ?? null,
});

export async function findVerification(
  reader: Reader,
  ticketId: string,
): Promise<StoredVerification | undefined> {
  const row = await tablesOf(reader)
    .selectFrom("verifications")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .executeTakeFirst();
  return row && ofRow(row);
}

/** Those that telemetry may still decide; of one machine, or of all. */
export async function watchedVerifications(
  reader: Reader,
  machineId?: string,
): Promise<StoredVerification[]> {
  let query = tablesOf(reader)
    .selectFrom("verifications")
    .selectAll()
    .where("status", "in", [...watchedStatuses])
    .orderBy("ticket_id");
  if (machineId !== undefined) query = query.where("machine_id", "=", machineId);
  return (await query.execute()).map(ofRow);
}

/** Running since before `finishedBefore`, an ISO instant; the oldest 100. */
export async function overdueVerifications(
  reader: Reader,
  finishedBefore: string,
): Promise<StoredVerification[]> {
  const rows = await tablesOf(reader)
    .selectFrom("verifications")
    .selectAll()
    .where("status", "=", "running")
    .where("finished_at", "<=", finishedBefore)
    .orderBy("finished_at")
    .limit(100)
    .execute();
  return rows.map(ofRow);
}

function ofRow(row: VerificationTables["verifications"]): StoredVerification {
  return {
    ticketId: row.ticket_id,
    machineId: row.machine_id,
    status: row.status as VerificationStatus,
    finishedAt: row.finished_at,
    ...(row.spec === ""
      ? {}
      : { telemetry: { spec: JSON.parse(row.spec), state: JSON.parse(row.state) } }),
    detail: row.detail,
    ...(row.finding_id === null ? {} : { findingId: row.finding_id }),
  };
}
