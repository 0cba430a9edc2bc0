import { spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { Client } from "pg";
import { CodedError, errorCode } from "./coded-error.ts";
import { libpqUrl, type PostgresAccess, splitPassword, withPassword } from "./postgres-url.ts";

/**
 * Writes the tables of the user's schema, as of one instant, in `pg_dump`'s own format. The server's tables can be
 * written meanwhile. The password goes by the environment, never by an argument that others could read.
 * @throws CodedError POSTGRES_DUMP with what the program or the server said
 */
export async function dumpPostgres(access: PostgresAccess, to: string): Promise<void> {
  const schema = await schemaOf(access);
  const what = ["--format=custom", "--no-owner", "--no-privileges", `--schema=${quoted(schema)}`];
  await run("pg_dump", [...what, `--file=${to}`], access);
  chmodSync(to, 0o600);
}

/**
 * Puts what was dumped into the user's schema, all or nothing. The schema must hold no tables of ours yet, and have the
 * name that it had.
 * @throws CodedError POSTGRES_DUMP
 */
export async function restorePostgres(access: PostgresAccess, from: string): Promise<void> {
  const schema = await schemaOf(access);
  const how = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"];
  await run("pg_restore", [...how, `--schema=${schema}`, from], access);
}

/** A pattern that means this name and no other. */
const quoted = (schema: string) => `"${schema.replaceAll('"', '""')}"`;

async function schemaOf(access: PostgresAccess): Promise<string> {
  const client = new Client({ connectionString: withPassword(access).href });
  try {
    await client.connect();
    const { rows } = await client.query("select current_schema() as name");
    const [{ name = null } = {}] = rows as { name?: string | null }[];
    if (name === null) throw failed("the user has no schema to work in");
    return name;
  } catch (error) {
    throw error instanceof CodedError ? error : failed(`${errorCode(error)}`, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function run(program: string, args: string[], access: PostgresAccess): Promise<void> {
  const { target, password } = splitPassword(access);
  const database = `--dbname=${libpqUrl(target)}`;
  const env = { ...process.env, ...(password === "" ? {} : { PGPASSWORD: password }) };
  const child = spawn(program, [...args, database], { stdio: ["ignore", "ignore", "pipe"], env });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = `${said}${text}`.slice(0, 2_000);
  });
  const code = await new Promise<number | null>((end, fail) => {
    child.on("close", end);
    child.on("error", (error) => fail(failed(`${program} cannot be started`, error)));
  });
  if (code !== 0) throw failed(`${program}: ${said.trim() || `ended with ${code}`}`);
}

const failed = (message: string, cause?: unknown) =>
  new CodedError("POSTGRES_DUMP", message, { cause });
