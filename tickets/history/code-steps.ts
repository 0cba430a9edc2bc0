import type { Transaction } from "@firebreak/kit/database.ts";
import type { ToldCode } from "@firebreak/rules/finding.ts";
import type { Reader } from "../organisation/file-store.ts";
import { codeSteps, type HistoryTables } from "./history-tables.ts";

/** Steps of one machine, oldest first, and since when all are kept; null: its gateway never told of any code. */
export interface CodeHistory {
  readonly knownFromMs: number | null;
  readonly steps: readonly ToldCode[];
}

/** Steps kept of one machine: the newest. Engineering default: a year with six a day. */
export const CODE_STEPS_KEPT = 2_000;

/** Keeps what came of trouble codes; the same steps again change nothing. `told`: of machines, in any order. */
export async function keepCodeSteps(
  tx: Transaction,
  told: readonly { readonly machineId: string; readonly steps: readonly ToldCode[] }[],
): Promise<void> {
  const grown = new Set<string>();
  for (const { machineId, steps } of told) {
    for (const row of steps.map(toRow))
      await tx
        .tables<HistoryTables>()
        .insertInto("code_steps")
        .values({ machine_id: machineId, ...row })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    grown.add(machineId);
  }
  for (const machineId of grown) await forgetOldest(tx, machineId);
}

/** Notes from when on (the machine's time) every step is kept; what reaches back further counts. */
export async function noteCodesKnown(
  tx: Transaction,
  known: readonly { readonly machineId: string; readonly fromMs: number }[],
): Promise<void> {
  for (const { machineId, fromMs } of known)
    await tx
      .tables<HistoryTables>()
      .insertInto("code_spans")
      .values({ machine_id: machineId, from_ms: fromMs })
      .onConflict((conflict) =>
        conflict
          .column("machine_id")
          .doUpdateSet({ from_ms: fromMs })
          .where("code_spans.from_ms", ">", fromMs),
      )
      .execute();
}

/** False in a database that an older release wrote last. */
export async function keepsCodes(reader: Reader): Promise<boolean> {
  const row = await reader
    .tables<{ migrations: { owner: string; name: string } }>()
    .selectFrom("migrations")
    .select("name")
    .where("owner", "=", "history")
    .where("name", "=", codeSteps.name)
    .executeTakeFirst();
  return row !== undefined;
}

/** Steps before `toMs`: what was active at the begin of any span is told by those before it. */
export async function codeHistory(
  reader: Reader,
  { machineId, toMs }: { readonly machineId: string; readonly toMs: number },
): Promise<CodeHistory> {
  const span = await reader
    .tables<HistoryTables>()
    .selectFrom("code_spans")
    .select("from_ms")
    .where("machine_id", "=", machineId)
    .executeTakeFirst();
  const rows = await reader
    .tables<HistoryTables>()
    .selectFrom("code_steps")
    .selectAll()
    .where("machine_id", "=", machineId)
    .where("at_ms", "<", Math.ceil(toMs))
    .orderBy("at_ms")
    .orderBy("network")
    .orderBy("sa")
    .orderBy("spn")
    .orderBy("fmi")
    .orderBy("state")
    .execute();
  return { knownFromMs: span ? Number(span.from_ms) : null, steps: rows.map(toStep) };
}

function toRow({ atMs, network, sa, dtc, lamps, state }: ToldCode) {
  const { spn, fmi, oc, cm } = dtc;
  const body = JSON.stringify({ oc, cm, lamps });
  return { at_ms: atMs, network, sa, spn, fmi, state, body };
}

function toStep(row: HistoryTables["code_steps"]): ToldCode {
  const { network, sa, spn, fmi } = row;
  const { oc, cm, lamps } = JSON.parse(row.body) as Pick<ToldCode["dtc"], "oc" | "cm"> &
    Pick<ToldCode, "lamps">;
  const state = row.state as ToldCode["state"];
  return { atMs: Number(row.at_ms), network, sa, dtc: { spn, fmi, oc, cm }, lamps, state };
}

/** What goes is no longer known: the span begins behind it. */
async function forgetOldest(tx: Transaction, machineId: string): Promise<void> {
  const tables = tx.tables<HistoryTables>();
  const newestGone = await tables
    .selectFrom("code_steps")
    .select("at_ms")
    .where("machine_id", "=", machineId)
    .orderBy("at_ms", "desc")
    .offset(CODE_STEPS_KEPT)
    .limit(1)
    .executeTakeFirst();
  if (newestGone === undefined) return;
  const lastMs = Number(newestGone.at_ms);
  await tables
    .deleteFrom("code_steps")
    .where("machine_id", "=", machineId)
    .where("at_ms", "<=", lastMs)
    .execute();
  await tables
    .updateTable("code_spans")
    .set({ from_ms: lastMs + 1 })
    .where("machine_id", "=", machineId)
    .execute();
}
