import type { SessionRecord, UserStore } from "@firebreak/dashboards/server/ports.ts";
import { isRole, type Role } from "@firebreak/kit/api-tokens.ts";
import { type Database, migrate } from "@firebreak/kit/database.ts";

interface UserTables {
  users: { username: string; role: string; password_hash: string };
  sessions: {
    id_hash: string;
    username: string;
    created_at_ms: number;
    last_used_at_ms: number;
  };
}

/** Users and sessions in the relational database; makes its tables. */
export async function openUserStore(db: Database): Promise<UserStore> {
  await migrate(db, "users", [
    {
      name: "001-users",
      async up({ schema }) {
        await schema
          .createTable("users")
          .addColumn("username", "text", (column) => column.primaryKey())
          .addColumn("role", "text", (column) => column.notNull())
          .addColumn("password_hash", "text", (column) => column.notNull())
          .execute();
        await schema
          .createTable("sessions")
          .addColumn("id_hash", "text", (column) => column.primaryKey())
          .addColumn("username", "text", (column) => column.notNull())
          .addColumn("created_at_ms", "bigint", (column) => column.notNull())
          .addColumn("last_used_at_ms", "bigint", (column) => column.notNull())
          .execute();
      },
    },
  ]);
  const read = () => db.tables<UserTables>();
  return {
    async count() {
      const { n } = await read()
        .selectFrom("users")
        .select((select) => select.fn.countAll().as("n"))
        .executeTakeFirstOrThrow();
      return Number(n);
    },
    async find(username) {
      const row = await read()
        .selectFrom("users")
        .selectAll()
        .where("username", "=", username)
        .executeTakeFirst();
      return row && { username, role: toRole(row.role), passwordHash: row.password_hash };
    },
    add: ({ username, role, passwordHash }) =>
      db.transaction(async (tx) => {
        const values = { username, role, password_hash: passwordHash };
        await tx.tables<UserTables>().insertInto("users").values(values).execute();
      }),
    addSession: ({ idHash, username, createdAtMs, lastUsedAtMs }) =>
      db.transaction(async (tx) => {
        await tx
          .tables<UserTables>()
          .insertInto("sessions")
          .values({
            id_hash: idHash,
            username,
            created_at_ms: createdAtMs,
            last_used_at_ms: lastUsedAtMs,
          })
          .execute();
      }),
    async findSession(idHash) {
      const row = await read()
        .selectFrom("sessions")
        .selectAll()
        .where("id_hash", "=", idHash)
        .executeTakeFirst();
      return row && toSession(row);
    },
    touchSession: (idHash, lastUsedAtMs) =>
      db.transaction(async (tx) => {
        await tx
          .tables<UserTables>()
          .updateTable("sessions")
          .set({ last_used_at_ms: lastUsedAtMs })
          .where("id_hash", "=", idHash)
          .execute();
      }),
    removeSession: (idHash) =>
      db.transaction(async (tx) => {
        await tx
          .tables<UserTables>()
          .deleteFrom("sessions")
          .where("id_hash", "=", idHash)
          .execute();
      }),
    removeSessionsUnusedSince: (ms) =>
      db.transaction(async (tx) => {
        await tx
          .tables<UserTables>()
          .deleteFrom("sessions")
          .where("last_used_at_ms", "<", ms)
          .execute();
      }),
  };
}

/** A role that this version does not know may read and nothing else. */
const toRole = (text: string): Role => (isRole(text) ? text : "viewer");

const toSession = (row: UserTables["sessions"]): SessionRecord => ({
  idHash: row.id_hash,
  username: row.username,
  createdAtMs: Number(row.created_at_ms),
  lastUsedAtMs: Number(row.last_used_at_ms),
});
