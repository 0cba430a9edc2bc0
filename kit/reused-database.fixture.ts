import { Client } from "pg";
import { queryAt, urlOf } from "./postgres-server.fixture.ts";
import { copyTemplateDatabase, type DatabaseTemplate } from "./template-database.fixture.ts";

/** What a template has: compared before a database is used once more. */
interface Begin {
  /** Names, kinds and widths of everything in the schema, in the order of their making. */
  readonly shape: string;
  /** Tables that begin without rows. */
  readonly empty: readonly string[];
  /** Rows of the others. */
  readonly rows: string;
}

interface Used {
  readonly name: string;
  readonly begin: Begin;
}

/** By server and template; of this process. */
const free = new Map<string, Used[]>();

/** A copy of a template that is emptied and used again: a test takes a tenth of the time that a fresh copy takes. */
export async function takeDatabase(
  template: DatabaseTemplate,
  server: string,
): Promise<{ readonly url: string; giveBack(): Promise<void> }> {
  const key = `${server} ${template.name}`;
  const waiting = free.get(key) ?? [];
  free.set(key, waiting);
  const used = waiting.pop() ?? (await makeOne(template, server));
  return {
    url: urlOf(server, "public", used.name),
    async giveBack() {
      if (await isEmptied(server, used)) waiting.push(used);
      else await queryAt(server, `drop database ${used.name} with (force)`);
    },
  };
}

async function makeOne(template: DatabaseTemplate, server: string): Promise<Used> {
  const name = await copyTemplateDatabase(template, server);
  const begin = await at(server, name, async (client) => {
    const filled = new Set(await filledOf(client, await tablesOf(client)));
    const empty = (await tablesOf(client)).filter((table) => !filled.has(table));
    return { shape: await shapeOf(client), empty, rows: await rowsOf(client, [...filled]) };
  });
  return { name, begin };
}

/** False when it cannot be made as it was: somebody holds a lock, has changed a table, or rows that come along. */
function isEmptied(server: string, { name, begin }: Used): Promise<boolean> {
  return at(server, name, async (client) => {
    await client.query("set lock_timeout = '2s'; set session_replication_role = replica");
    if ((await shapeOf(client)) !== begin.shape) return false;
    const filled = await filledOf(client, begin.empty);
    const all = filled.map((table) => `delete from "${table}"`).join(";");
    if (all !== "") await client.query(all);
    await client.query(
      "select setval(format('%I', sequencename)::regclass, start_value, false) from pg_sequences where last_value is not null",
    );
    const others = (await tablesOf(client)).filter((table) => !begin.empty.includes(table));
    return (await rowsOf(client, others)) === begin.rows;
  }).catch(() => false);
}

async function at<Result>(
  server: string,
  name: string,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: urlOf(server, "public", name) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function column(client: Client, text: string): Promise<string[]> {
  const { rows } = await client.query<{ one: string }>(text);
  return rows.map(({ one }) => one);
}

const ofSchema = "relnamespace = 'public'::regnamespace";

const tablesOf = (client: Client): Promise<string[]> =>
  column(
    client,
    `select relname as one from pg_class where ${ofSchema} and relkind = 'r' order by 1`,
  );

const shapeOf = async (client: Client): Promise<string> =>
  (
    await column(
      client,
      `select concat(relname, relkind, relnatts) as one from pg_class where ${ofSchema} order by oid`,
    )
  ).join();

/** Those of the tables that have rows. */
const filledOf = async (client: Client, tables: readonly string[]): Promise<string[]> =>
  tables.length === 0
    ? []
    : column(
        client,
        tables
          .map((table) => `select '${table}' as one where exists (select 1 from "${table}")`)
          .join(" union all "),
      );

async function rowsOf(client: Client, tables: readonly string[]): Promise<string> {
  const texts: string[] = [];
  for (const table of tables.toSorted())
    texts.push(...(await column(client, `select t::text as one from "${table}" t order by 1`)));
  return texts.join("\n");
}
