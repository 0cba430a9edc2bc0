import { isRole } from "@firebreak/kit/api-tokens.ts";
import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import type { SessionRecord, UserRecord, UserStore } from "../ports.ts";

interface Tables {
  users: { username: string; role: string; password_hash: string };
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
    async count() {
      const row = await reader
        .selectFrom("users")
        .select(({ fn }) => fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async find(username) {
      const query = reader.selectFrom("users").selectAll().where("username", "=", username);
      const row = await query.executeTakeFirst();
      return row === undefined ? undefined : toUser(row);
    },
    add: ({ username, role, passwordHash }) =>
      write((tables) =>
        tables
          .insertInto("users")
          .values({ username, role, password_hash: passwordHash })
          .execute(),
      ),
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

/** A role this version does not know may do the least. */
const toUser = (row: Tables["users"]): UserRecord => ({
  username: row.username,
  role: isRole(row.role) ? row.role : "viewer",
  passwordHash: row.password_hash,
});

const toSession = (row: Tables["sessions"]): SessionRecord => ({
  idHash: row.id_hash,
  username: row.username,
  createdAtMs: Number(row.created_at_ms),
  lastUsedAtMs: Number(row.last_used_at_ms),
});
