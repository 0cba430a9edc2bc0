import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { type Finding, historyIds, isOfHistory } from "@firebreak/rules/finding.ts";
import type { RegistryTables } from "./registry-tables.ts";

/** What the hub knows of a machine; `firstSeenAt` never changes once written. */
export interface KnownMachine {
  readonly machineId: string;
  /** Id of the plan that judges it. */
  readonly plan: string;
  readonly gatewayId: string;
  readonly dictionaryHash: string;
  readonly firstSeenAt: string;
}

export interface RuleState {
  readonly machineId: string;
  /** As the rule engine wrote it; never looked into. */
  readonly text: string;
  /** What the state has seen of the journal: everything of its machine up to (not including) this position. */
  readonly upTo: number;
}

/** What signal indexes of batches mean. */
export type StoredDictionary = ReturnType<typeof dictionaryOfPlan>;

/** What one step of the judge writes. */
export interface JudgeStep {
  /** Where a restart begins to read the journal: no machine's written state lacks anything before it. */
  readonly offset: number;
  readonly machines?: readonly KnownMachine[];
  readonly dictionaries?: readonly StoredDictionary[];
  readonly states?: readonly RuleState[];
  readonly findings?: readonly Finding[];
}

/** The memory of the consumer that runs the rules: one transaction holds the offset, findings, tickets, and the rule states they come from. */
export interface JudgeStore {
  /** Null before the first commit. */
  loadOffset(): Promise<number | null>;
  /** States of an older release are complete up to the offset. */
  loadStates(): Promise<RuleState[]>;
  loadDictionaries(): Promise<StoredDictionary[]>;
  commit(tx: Transaction, step: JudgeStep): Promise<void>;
  machines(): Promise<KnownMachine[]>;
  machine(machineId: string): Promise<KnownMachine | undefined>;
  /** Newest first, each in its last known phase. */
  findings(machineId: string, limit: number): Promise<Finding[]>;
}

/**
 * Findings kept of one machine: the newest of live rules, and as many of history rules, which are found again by them and
 * may be open for months. Tickets keep their own evidence.
 */
export const FINDINGS_KEPT = 200;

const phases: Readonly<Record<Finding["phase"], number>> = { raised: 0, updated: 1, cleared: 2 };

/** `name`: of the consumer whose offset this is. The tables must have been made by `migrateTickets`. */
export function createJudgeStore(db: Pick<Database, "tables">, name = "judge"): JudgeStore {
  return {
    async loadOffset() {
      const row = await db
        .tables<RegistryTables>()
        .selectFrom("consumer_offsets")
        .select("offset")
        .where("name", "=", name)
        .executeTakeFirst();
      return row ? Number(row.offset) : null;
    },
    async loadStates() {
      const rows = await db
        .tables<RegistryTables>()
        .selectFrom("rule_states")
        .selectAll()
        .orderBy("machine_id")
        .execute();
      const offset = (await this.loadOffset()) ?? 0;
      return rows.map(({ machine_id, text, up_to }) => ({
        machineId: machine_id,
        text,
        upTo: up_to === null ? offset : Number(up_to),
      }));
    },
    async loadDictionaries() {
      const rows = await db
        .tables<RegistryTables>()
        .selectFrom("dictionaries")
        .select("body")
        .orderBy("hash")
        .execute();
      return rows.map(({ body }) => JSON.parse(body) as StoredDictionary);
    },
    async commit(tx, { offset, machines = [], dictionaries = [], states = [], findings = [] }) {
      for (const dictionary of dictionaries) await putDictionary(tx, dictionary);
      for (const machine of machines) await putMachine(tx, machine);
      await putStates(tx, states);
      for (const finding of findings) await putFinding(tx, finding);
      for (const ofHistory of [false, true]) {
        const some = findings.filter((finding) => isOfHistory(finding) === ofHistory);
        for (const machineId of new Set(some.map((finding) => finding.machineId)))
          await forgetOldFindings(tx, machineId, ofHistory);
      }
      await tx
        .tables<RegistryTables>()
        .insertInto("consumer_offsets")
        .values({ name, offset })
        .onConflict((conflict) => conflict.column("name").doUpdateSet({ offset }))
        .execute();
    },
    async machines() {
      const rows = await selectMachines(db).orderBy("machine_id").execute();
      return rows.map(toMachine);
    },
    async machine(machineId) {
      const row = await selectMachines(db).where("machine_id", "=", machineId).executeTakeFirst();
      return row && toMachine(row);
    },
    async findings(machineId, limit) {
      const rows = await db
        .tables<RegistryTables>()
        .selectFrom("findings")
        .select("body")
        .where("machine_id", "=", machineId)
        .orderBy("at", "desc")
        .orderBy("finding_id", "desc")
        .limit(limit)
        .execute();
      return rows.map(({ body }) => JSON.parse(body) as Finding);
    },
  };
}

const selectMachines = (db: Pick<Database, "tables">) =>
  db.tables<RegistryTables>().selectFrom("machines").selectAll();

const toMachine = (row: RegistryTables["machines"]): KnownMachine => ({
  machineId: row.machine_id,
  plan: row.plan,
  gatewayId: row.gateway_id,
  dictionaryHash: row.dictionary_hash,
  firstSeenAt: row.first_seen_at,
});

async function putMachine(tx: Transaction, machine: KnownMachine): Promise<void> {
  const known = {
    plan: machine.plan,
    gateway_id: machine.gatewayId,
    dictionary_hash: machine.dictionaryHash,
  };
  await tx
    .tables<RegistryTables>()
    .insertInto("machines")
    .values({ machine_id: machine.machineId, first_seen_at: machine.firstSeenAt, ...known })
    .onConflict((conflict) => conflict.column("machine_id").doUpdateSet(known))
    .execute();
}

/** Named by its content, so one already there is the same. */
async function putDictionary(tx: Transaction, dictionary: StoredDictionary): Promise<void> {
  await tx
    .tables<RegistryTables>()
    .insertInto("dictionaries")
    .values({ hash: dictionary.hash, body: JSON.stringify(dictionary) })
    .onConflict((conflict) => conflict.column("hash").doNothing())
    .execute();
}

const ROWS_AT_ONCE = 200;

/** Many at once: a chunk of the journal may touch thousands of machines. */
async function putStates(tx: Transaction, states: readonly RuleState[]): Promise<void> {
  const newest = new Map(states.map((state) => [state.machineId, state]));
  const rows = [...newest.values()].map(({ machineId, text, upTo }) => ({
    machine_id: machineId,
    text,
    up_to: upTo,
  }));
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await tx
      .tables<RegistryTables>()
      .insertInto("rule_states")
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.column("machine_id").doUpdateSet((column) => ({
          text: column.ref("excluded.text"),
          up_to: column.ref("excluded.up_to"),
        })),
      )
      .execute();
}

/** An episode only goes on: what a replay says again, or says late, does not take a finding back to an earlier phase. */
async function putFinding(tx: Transaction, finding: Finding): Promise<void> {
  const { findingId, machineId } = finding;
  const at = new Date(finding.at).toISOString();
  const body = JSON.stringify(finding);
  const tables = tx.tables<RegistryTables>();
  const row = await tables
    .selectFrom("findings")
    .select("body")
    .where("finding_id", "=", findingId)
    .executeTakeFirst();
  if (!row) {
    const values = { finding_id: findingId, machine_id: machineId, at, body };
    await tables.insertInto("findings").values(values).execute();
    return;
  }
  const known = JSON.parse(row.body) as Finding;
  const isOlder = Date.parse(finding.at) < Date.parse(known.at);
  if (isOlder || phases[finding.phase] < phases[known.phase]) return;
  await tables
    .updateTable("findings")
    .set({ at, body })
    .where("finding_id", "=", findingId)
    .execute();
}

async function forgetOldFindings(
  tx: Transaction,
  machineId: string,
  ofHistory: boolean,
): Promise<void> {
  const tables = tx.tables<RegistryTables>();
  const alike = ofHistory ? "like" : "not like";
  const kept = tables
    .selectFrom("findings")
    .select("finding_id")
    .where("machine_id", "=", machineId)
    .where("finding_id", alike, `${historyIds}%`)
    .orderBy("at", "desc")
    .orderBy("finding_id", "desc")
    .limit(FINDINGS_KEPT);
  await tables
    .deleteFrom("findings")
    .where("machine_id", "=", machineId)
    .where("finding_id", alike, `${historyIds}%`)
    .where("finding_id", "not in", kept)
    .execute();
}
