import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "./files.ts";
import { type Affiliation, affiliationOf, isRole, type Role } from "./roles.ts";

/** Whoever speaks to the HTTP interface with a token. */
export interface TokenHolder extends Affiliation {
  /** The public half of the token, 12 hex digits; names it in logs. */
  readonly id: string;
  readonly role: Role;
}

interface TokenRecord extends Affiliation {
  readonly role: Role;
  readonly sha256: string;
  readonly createdAt: string;
}

const tokenPattern = /^fb_([0-9a-f]{12})_([0-9a-f]{64})$/;
const digestOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();
const fileOf = (dataFolder: string, id: string): string => join(dataFolder, "tokens", `${id}.json`);

/**
 * Makes an API token and puts its record on disk (mode 0600) before returning; only the hash of the secret is kept.
 * May run in another process than the one that verifies: a new or removed file counts at once.
 */
export function createToken(
  dataFolder: string,
  role: Role,
  { nowMs = Date.now(), ...affiliation }: Affiliation & { readonly nowMs?: number } = {},
): string {
  const id = randomBytes(6).toString("hex");
  const secret = randomBytes(32).toString("hex");
  const record: TokenRecord = {
    role,
    ...affiliationOf(affiliation),
    sha256: digestOf(secret).toString("hex"),
    createdAt: new Date(nowMs).toISOString(),
  };
  writeFileDurably(fileOf(dataFolder, id), `${JSON.stringify(record, null, 2)}\n`, 0o600);
  return `fb_${id}_${secret}`;
}

const cache = new Map<string, { readonly stamp: string; readonly record: TokenRecord }>();

/** The holder of a token, or undefined when it is malformed, unknown or revoked (its file removed). Never throws. */
export function verifyToken(dataFolder: string, token: string): TokenHolder | undefined {
  const [, id, secret] = tokenPattern.exec(token) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const record = readRecord(fileOf(dataFolder, id));
  if (record === undefined) return undefined;
  const expected = Buffer.from(record.sha256, "hex");
  const actual = digestOf(secret);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
  return { id, role: record.role, ...affiliationOf(record) };
}

function readRecord(path: string): TokenRecord | undefined {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    const stamp = `${mtimeMs}:${size}:${ino}`;
    const known = cache.get(path);
    if (known?.stamp === stamp) return known.record;
    const record: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isTokenRecord(record)) return undefined;
    cache.set(path, { stamp, record });
    return record;
  } catch {
    cache.delete(path);
    return undefined;
  }
}

function isTokenRecord(value: unknown): value is TokenRecord {
  if (typeof value !== "object" || value === null) return false;
  const { role, sha256, ...rest } = value as Partial<Record<keyof TokenRecord, unknown>>;
  const areText = Object.values(rest).every((one) => typeof one === "string");
  return isRole(role) && typeof sha256 === "string" && areText;
}
