import { randomBytes } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type Database, openDatabaseUrl } from "./database.ts";
import { queryAt, urlOf } from "./postgres-server.fixture.ts";

/** Tables that many tests begin with: made once and copied, which takes a third of the time of making them. */
export interface DatabaseTemplate {
  /** Small letters and underlines. */
  readonly name: string;
  prepare(db: Database): Promise<void>;
}

async function prepareAt(url: string, { prepare }: DatabaseTemplate): Promise<void> {
  const db = openDatabaseUrl(url);
  try {
    await prepare(db);
  } finally {
    await db.close();
  }
}

const files = new Map<string, Promise<string>>();

/** Writes a copy of the template to `path`. */
export async function copyTemplateFile(template: DatabaseTemplate, path: string): Promise<void> {
  const made = files.get(template.name) ?? makeFile(template);
  files.set(template.name, made);
  copyFileSync(await made, path);
}

async function makeFile(template: DatabaseTemplate): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-template-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "template.sqlite");
  await prepareAt(`sqlite:${path}`, template);
  return path;
}

/** Any number that nobody else uses. */
const templateLock = 0x66_62_74;

/** A database of its own with the template's content; gives its name. `folder`: the server's socket. */
export async function copyTemplateDatabase(
  template: DatabaseTemplate,
  folder: string,
): Promise<string> {
  await ensureTemplate(template, folder);
  const name = `test_${randomBytes(8).toString("hex")}`;
  await queryAt(folder, `create database ${name} template template_${template.name}`);
  return name;
}

/** The first of all processes that use the server makes it; the others wait. */
async function ensureTemplate(template: DatabaseTemplate, folder: string): Promise<void> {
  const whole = `template_${template.name}`;
  const client = new Client({ connectionString: urlOf(folder) });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [templateLock]);
    const known = "select 1 from pg_database where datname = $1";
    if ((await client.query(known, [whole])).rowCount !== 0) return;
    const unfinished = `unfinished_${template.name}`;
    await client.query(`drop database if exists ${unfinished}`);
    await client.query(`create database ${unfinished}`);
    await prepareAt(urlOf(folder, "public", unfinished), template);
    await client.query(`alter database ${unfinished} rename to ${whole}`);
  } finally {
    await client.end();
  }
}
