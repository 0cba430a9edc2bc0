import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import { isRole } from "@firebreak/kit/roles.ts";
import type { SessionRecord, UserRecord, UserStore } from "../ports.ts";
import { changedUser } from "./user-changes.ts";

interface Tables {
  users: {
    username: string;
    role: string;
    password_hash: string;
    engineer_id: string | null;
    station_id: string | null;
    region_id: string | null;
    customer_id: string | null;
    disabled_at: string | null;
  };
  sessions: {
    id_hash: string;
    username: string;
    created_at_ms: number;
    last_used_at_ms: number;
  };
}

const migrations: readonly Migration[] = [
  {
    name: "001-users",
    async up(schema) {
      await schema.schema
        .createTable("users")
        .addColumn("username", "text", (column) => column.primaryKey())
        .addColumn("role", "text", (column) => column.notNull())
        .addColumn("password_hash", "text", (column) => column.notNull())
        .execute();
      await schema.schema
        .createTable("sessions")
        .addColumn("id_hash", "text", (column) => column.primaryKey())
        .addColumn("username", "text", (column) => column.notNull())
        .addColumn("created_at_ms", "bigint", (column) => column.notNull())
        .addColumn("last_used_at_ms", "bigint", (column) => column.notNull())
        .execute();
    },
  },
  {
    name: "002-affiliation",
    async up(schema) {
      for (const column of ["engineer_id", "station_id", "region_id", "customer_id", "disabled_at"])
        await schema.schema.alterTable("users").addColumn(column, "text").execute();
    },
  },
];

/** Users and sessions in the relational database; makes its tables first. */
export async function openUserStore(db: Database): Promise<UserStore> {
  await migrate(db, "dashboards", migrations);
  const reader = db.tables<Tables>();
  const write = (work: (tables: typeof reader) => Promise<unknown>): Promise<void> =>
    db.transaction(async (tx) => {
      await work(tx.tables<Tables>());
    });

  return {
    async find(username) {
      const query = reader.selectFrom("users").selectAll().where("username", "=", username);
      const row = await query.executeTakeFirst();
      return row === undefined ? undefined : toUser(row);
    },
    async list() {
      const rows = await reader.selectFrom("users").selectAll().orderBy("username").execute();
      return rows.map(toUser);
    },
    add: (user) =>
      write(async (tables) => {
        const { numInsertedOrUpdatedRows } = await tables
          .insertInto("users")
          .values(toRow(user))
          .onConflict((conflict) => conflict.column("username").doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows !== 1n)
          throw new CodedError("USER_EXISTS", `there is a user ${user.username} already`);
      }),
    change: (username, change, at) =>
      db.transaction(async (tx) => {
        const tables = tx.tables<Tables>();
        const users = (await tables.selectFrom("users").selectAll().execute()).map(toUser);
        const isIt = (user: UserRecord) => user.username === username;
        const others = users.filter((user) => !isIt(user));
        const changed = changedUser(users.find(isIt), others, { change, at });
        const { username: _key, ...values } = toRow(changed);
        await tables.updateTable("users").set(values).where("username", "=", username).execute();
        if (change.endSessions)
          await tables
            .deleteFrom("sessions")
            .where("username", "=", username)
            .where("id_hash", "!=", change.endSessions.except ?? "")
            .execute();
        return changed;
      }),
    addSession: ({ idHash, username, createdAtMs, lastUsedAtMs }) =>
      write((tables) =>
        tables
          .insertInto("sessions")
          .values({
            id_hash: idHash,
            username,
            created_at_ms: createdAtMs,
            last_used_at_ms: lastUsedAtMs,
          })
          .execute(),
      ),
    async findSession(idHash) {
      const query = reader.selectFrom("sessions").selectAll().where("id_hash", "=", idHash);
      const row = await query.executeTakeFirst();
      return row === undefined ? undefined : toSession(row);
    },
    touchSession: (idHash, lastUsedAtMs) =>
      write((tables) =>
        tables
          .updateTable("sessions")
          .set({ last_used_at_ms: lastUsedAtMs })
          .where("id_hash", "=", idHash)
          .execute(),
      ),
    removeSession: (idHash) =>
      write((tables) => tables.deleteFrom("sessions").where("id_hash", "=", idHash).execute()),
    removeSessionsUnusedSince: (ms) =>
      write((tables) => tables.deleteFrom("sessions").where("last_used_at_ms", "<", ms).execute()),
  };
}

const toRow = (user: UserRecord): Tables["users"] => ({
  username: user.username,
  role: user.role,
  password_hash: user.passwordHash,
  engineer_id: user.engineerId ?? null,
  station_id: user.stationId ?? null,
  region_id: user.regionId ?? null,
  customer_id: user.customerId ?? null,
  disabled_at: user.disabledAt ?? null,
});

/** A role this version does not know may do the least. */
const toUser = (row: Tables["users"]): UserRecord => ({
  username: row.username,
  role: isRole(row.role) ? row.role : "viewer",
  passwordHash: row.password_hash,
  ...(row.engineer_id === null ? {} : { engineerId: row.engineer_id }),
  ...(row.station_id === null ? {} : { stationId: row.station_id }),
  ...(row.region_id === null ? {} : { regionId: row.region_id }),
  ...(row.customer_id === null ? {} : { customerId: row.customer_id }),
  ...(row.disabled_at === null ? {} : { disabledAt: row.disabled_at }),
});

const toSession = (row: Tables["sessions"]): SessionRecord => ({
  idHash: row.id_hash,
  username: row.username,
  createdAtMs: Number(row.created_at_ms),
  lastUsedAtMs: Number(row.last_used_at_ms),
});

/** Users of one role that are not shut out; `personId` names their row in `people`. */
export async function staffOf(reader: Pick<Database, "tables">, role: string) {
  const rows = await reader
    .tables<Tables>()
    .selectFrom("users")
    .selectAll()
    .where("role", "=", role)
    .where("disabled_at", "is", null)
    .orderBy("username")
    .execute();
  return rows.map((row) => ({
    personId: row.engineer_id ?? row.username,
    role: row.role,
    ...(row.station_id === null ? {} : { stationId: row.station_id }),
    ...(row.region_id === null ? {} : { regionId: row.region_id }),
  }));
}
