import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { type Static, Type } from "typebox";
import type { ServiceWork } from "../service-work.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import type { LessonsTables } from "./lessons-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

export const codeStates = ["open", "assigned", "mapped"] as const;

/** A trouble code that machines send and their plan does not know. */
export const UnknownCode = Type.Object(
  {
    codeId: Type.String(),
    planId: Type.String(),
    sa: Type.Integer({ minimum: 0, maximum: 255 }),
    spn: Type.Integer({ minimum: 0 }),
    fmi: Type.Integer({ minimum: 0, maximum: 31 }),
    count: Type.Integer({ minimum: 1, description: "onsets" }),
    machineIds: Type.Array(Type.String()),
    firstSeen: Instant,
    lastSeen: Instant,
    state: literals(codeStates),
    assignedTo: Type.Optional(Type.String({ description: "user who looks it up" })),
    mappedTo: Type.Optional(Type.String({ description: "failure mode it belongs to" })),
  },
  closed,
);
export type UnknownCode = Static<typeof UnknownCode>;

const UNCATALOGUED = "uncatalogued";

/** Queues the trouble code of a finding that no plan explains; times are the machine's. One call per onset. */
export async function noteUnknownCode({ tx }: ServiceWork, finding: Finding): Promise<void> {
  const dtc = finding.evidence.find((piece) => piece.kind === "dtc");
  if (finding.failureMode !== UNCATALOGUED || !dtc) return;
  // The queue knows SPNs of the main network alone; other unknown codes have their inspection and nothing more.
  if (dtc.network !== undefined) return;
  const planId = finding.planRef.split("@")[0] ?? "";
  const { sa, spn, fmi } = dtc;
  const codeId = [planId, sa, spn, fmi].join(":");
  const tables = tx.tables<LessonsTables>();
  await tables
    .insertInto("unknown_codes")
    .values({
      code_id: codeId,
      plan_id: planId,
      sa,
      spn,
      fmi,
      count: 1,
      first_seen: finding.at,
      last_seen: finding.at,
      state: "open",
      assigned_to: null,
      mapped_to: null,
    })
    .onConflict((conflict) =>
      conflict.column("code_id").doUpdateSet((eb) => ({
        count: eb("unknown_codes.count", "+", 1),
        last_seen: eb
          .case()
          .when("unknown_codes.last_seen", "<", finding.at)
          .then(finding.at)
          .else(eb.ref("unknown_codes.last_seen"))
          .end(),
      })),
    )
    .execute();
  await tables
    .insertInto("unknown_code_machines")
    .values({ code_id: codeId, machine_id: finding.machineId })
    .onConflict((conflict) => conflict.columns(["code_id", "machine_id"]).doNothing())
    .execute();
}

/** Last seen first. */
export async function listUnknownCodes(
  reader: Reader,
  state?: UnknownCode["state"],
): Promise<UnknownCode[]> {
  let query = reader
    .tables<LessonsTables>()
    .selectFrom("unknown_codes")
    .selectAll()
    .orderBy("last_seen", "desc")
    .orderBy("code_id")
    .limit(500);
  if (state !== undefined) query = query.where("state", "=", state);
  const rows = await query.execute();
  if (rows.length === 0) return [];
  const machines = await reader
    .tables<LessonsTables>()
    .selectFrom("unknown_code_machines")
    .selectAll()
    .where(
      "code_id",
      "in",
      rows.map((row) => row.code_id),
    )
    .orderBy("machine_id")
    .execute();
  const byCode = Map.groupBy(machines, (row) => row.code_id);
  return rows.map((row) => ({
    codeId: row.code_id,
    planId: row.plan_id,
    sa: Number(row.sa),
    spn: Number(row.spn),
    fmi: Number(row.fmi),
    count: Number(row.count),
    machineIds: (byCode.get(row.code_id) ?? []).map(({ machine_id }) => machine_id),
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    state: row.state as UnknownCode["state"],
    ...(row.assigned_to === null ? {} : { assignedTo: row.assigned_to }),
    ...(row.mapped_to === null ? {} : { mappedTo: row.mapped_to }),
  }));
}

/**
 * Gives a code to somebody, or says which failure mode it belongs to; the plan's next version then knows it.
 * @throws CodedError LESSON_UNKNOWN
 */
export async function changeUnknownCode(
  { tx }: ServiceWork,
  codeId: string,
  change: { readonly assignedTo: string } | { readonly mappedTo: string },
): Promise<void> {
  const set =
    "mappedTo" in change
      ? { state: "mapped", mapped_to: change.mappedTo }
      : { state: "assigned", assigned_to: change.assignedTo };
  const { numUpdatedRows } = await tx
    .tables<LessonsTables>()
    .updateTable("unknown_codes")
    .set(set)
    .where("code_id", "=", codeId)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== 1)
    throw new CodedError("LESSON_UNKNOWN", `there is no unknown code ${codeId}`);
}
