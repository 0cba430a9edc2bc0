import {
  type Database,
  type Migration,
  migrate,
  type Transaction,
} from "@firebreak/kit/database.ts";
import type { Rollout, RolloutState, RolloutTarget, TargetState } from "./rollout.ts";

export interface RolloutTables {
  configurations: { version: number; hash: string; text: string; created_at: string };
  rollouts: {
    rollout_id: string;
    version: number;
    title: string;
    state: string;
    reason: string;
    /** JSON of `RolloutSettings`. */
    settings: string;
    wave: number;
    settled_at_ms: number | null;
    created_by: string;
    created_at_ms: number;
    rollback_of: string | null;
  };
  rollout_targets: {
    rollout_id: string;
    gateway_id: string;
    wave: number;
    version: number;
    previous_version: number;
    state: string;
    reason: string;
    /** JSON list. */
    problems: string;
    lost_before: number | null;
    updated_at_ms: number;
  };
}

const migrations: readonly Migration[] = [
  {
    name: "001-rollouts",
    async up({ schema }) {
      await schema
        .createTable("configurations")
        .addColumn("version", "bigint", (column) => column.primaryKey())
        .addColumn("hash", "text", (column) => column.notNull())
        .addColumn("text", "text", (column) => column.notNull())
        .addColumn("created_at", "text", (column) => column.notNull())
        .execute();
      await schema
        .createTable("rollouts")
        .addColumn("rollout_id", "text", (column) => column.primaryKey())
        .addColumn("version", "bigint", (column) => column.notNull())
        .addColumn("title", "text", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("settings", "text", (column) => column.notNull())
        .addColumn("wave", "integer", (column) => column.notNull())
        .addColumn("settled_at_ms", "bigint")
        .addColumn("created_by", "text", (column) => column.notNull())
        .addColumn("created_at_ms", "bigint", (column) => column.notNull())
        .addColumn("rollback_of", "text")
        .execute();
      await schema
        .createTable("rollout_targets")
        .addColumn("rollout_id", "text", (column) => column.notNull())
        .addColumn("gateway_id", "text", (column) => column.notNull())
        .addColumn("wave", "integer", (column) => column.notNull())
        .addColumn("version", "bigint", (column) => column.notNull())
        .addColumn("previous_version", "bigint", (column) => column.notNull())
        .addColumn("state", "text", (column) => column.notNull())
        .addColumn("reason", "text", (column) => column.notNull())
        .addColumn("problems", "text", (column) => column.notNull())
        .addColumn("lost_before", "bigint")
        .addColumn("updated_at_ms", "bigint", (column) => column.notNull())
        .addPrimaryKeyConstraint("rollout_targets_key", ["rollout_id", "gateway_id"])
        .execute();
      await schema
        .createIndex("rollout_targets_by_gateway")
        .on("rollout_targets")
        .columns(["gateway_id", "state", "version"])
        .execute();
    },
  },
];

export const migrateRollouts = (db: Database): Promise<void> => migrate(db, "rollouts", migrations);

/** Targets in one statement: with all their columns they stay below the parameters that SQLite and PostgreSQL take. */
const atOnce = 1_000;

/** Writes a roll-out as it is now; of its targets, in their order of before, only those that are not the same objects. */
export async function saveRollout(
  tx: Transaction,
  rollout: Rollout,
  before: Rollout | undefined,
): Promise<void> {
  const tables = tx.tables<RolloutTables>();
  const { rolloutId } = rollout;
  const row = rowOf(rollout);
  if (before === undefined) {
    await tables.insertInto("rollouts").values(row).execute();
    const rows = rollout.targets.map((target) => targetRowOf(rolloutId, target));
    for (let at = 0; at < rows.length; at += atOnce)
      await tables
        .insertInto("rollout_targets")
        .values(rows.slice(at, at + atOnce))
        .execute();
    return;
  }
  await tables.updateTable("rollouts").set(row).where("rollout_id", "=", rolloutId).execute();
  for (const [at, target] of rollout.targets.entries()) {
    if (before.targets[at] === target) continue;
    await tables
      .updateTable("rollout_targets")
      .set(targetRowOf(rolloutId, target))
      .where("rollout_id", "=", rolloutId)
      .where("gateway_id", "=", target.gatewayId)
      .execute();
  }
}

/** Newest first: so many, and every older one that is not over. */
export async function loadRollouts(db: Database, limit: number): Promise<Rollout[]> {
  const tables = db.tables<RolloutTables>();
  const newest = tables.selectFrom("rollouts").selectAll().orderBy("version", "desc");
  const open = newest.where("state", "in", ["running", "paused"]);
  const found = [...(await newest.limit(limit).execute()), ...(await open.execute())];
  const rows = [...new Map(found.map((row) => [row.rollout_id, row])).values()];
  if (rows.length === 0) return [];
  const targets = await tables
    .selectFrom("rollout_targets")
    .selectAll()
    .where(
      "rollout_id",
      "in",
      rows.map((row) => row.rollout_id),
    )
    .orderBy("wave")
    .orderBy("gateway_id")
    .execute();
  const byRollout = Map.groupBy(targets, (target) => target.rollout_id);
  return rows.map((row) => rolloutOf(row, byRollout.get(row.rollout_id) ?? []));
}

/** The highest version that each of these gateways has confirmed; one that has confirmed none is left out. */
export async function confirmedVersions(
  db: Database,
  gatewayIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let at = 0; at < gatewayIds.length; at += atOnce) {
    const rows = await db
      .tables<RolloutTables>()
      .selectFrom("rollout_targets")
      .select(({ fn }) => ["gateway_id", fn.max("version").as("version")])
      .where("state", "=", "confirmed")
      .where("gateway_id", "in", gatewayIds.slice(at, at + atOnce))
      .groupBy("gateway_id")
      .execute();
    for (const { gateway_id, version } of rows) found.set(gateway_id, Number(version));
  }
  return found;
}

const rowOf = (rollout: Rollout): RolloutTables["rollouts"] => ({
  rollout_id: rollout.rolloutId,
  version: rollout.version,
  title: rollout.title,
  state: rollout.state,
  reason: rollout.reason,
  settings: JSON.stringify(rollout.settings),
  wave: rollout.wave,
  settled_at_ms: rollout.settledAtMs,
  created_by: rollout.createdBy,
  created_at_ms: rollout.createdAtMs,
  rollback_of: rollout.rollbackOf,
});

const targetRowOf = (
  rolloutId: string,
  target: RolloutTarget,
): RolloutTables["rollout_targets"] => ({
  rollout_id: rolloutId,
  gateway_id: target.gatewayId,
  wave: target.wave,
  version: target.version,
  previous_version: target.previousVersion,
  state: target.state,
  reason: target.reason,
  problems: JSON.stringify(target.problems),
  lost_before: target.lostBefore,
  updated_at_ms: target.updatedAtMs,
});

const rolloutOf = (
  row: RolloutTables["rollouts"],
  targets: readonly RolloutTables["rollout_targets"][],
): Rollout => ({
  rolloutId: row.rollout_id,
  version: Number(row.version),
  title: row.title,
  state: row.state as RolloutState,
  reason: row.reason,
  settings: JSON.parse(row.settings) as Rollout["settings"],
  wave: Number(row.wave),
  settledAtMs: row.settled_at_ms === null ? null : Number(row.settled_at_ms),
  createdBy: row.created_by,
  createdAtMs: Number(row.created_at_ms),
  rollbackOf: row.rollback_of,
  targets: targets.map((target) => ({
    gatewayId: target.gateway_id,
    wave: Number(target.wave),
    version: Number(target.version),
    previousVersion: Number(target.previous_version),
    state: target.state as TargetState,
    reason: target.reason,
    problems: JSON.parse(target.problems) as RolloutTarget["problems"],
    lostBefore: target.lost_before === null ? null : Number(target.lost_before),
    updatedAtMs: Number(target.updated_at_ms),
  })),
});
