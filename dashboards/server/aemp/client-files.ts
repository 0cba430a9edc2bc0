import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { syncFolder, writeFileDurably } from "@firebreak/kit/files.ts";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";

/** Which machines a client is shown. What is said counts together; a client of the whole fleet says so. */
export const AempScope = Type.Object(
  {
    customerId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    machineIds: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1_000 }),
    ),
    wholeFleet: Type.Optional(Type.Literal(true)),
  },
  {
    additionalProperties: false,
    description:
      "customerId: machines while they are that customer's; machineIds: of these only; wholeFleet: all there are",
  },
);
export type AempScope = Static<typeof AempScope>;

const ClientRecord = Type.Object({
  name: Type.String(),
  sha256: Type.String(),
  scope: AempScope,
  createdAt: Type.String(),
  createdBy: Type.String(),
});

/** A program of somebody else that may read machines. */
export interface AempClient {
  readonly clientId: string;
  readonly name: string;
  readonly scope: AempScope;
  readonly createdAt: string;
  readonly createdBy: string;
}

export interface NewAempClient {
  readonly name: string;
  readonly scope: AempScope;
  readonly createdBy: string;
}

/** Clients of the ISO 15143-3 interface, each a file: another process may make and revoke them, and it counts at once. */
export interface AempClientDesk {
  /** By id. */
  list(): readonly AempClient[];
  find(clientId: string): AempClient | undefined;
  /** Undefined where the id is unknown or revoked, or the secret is another. */
  verify(clientId: string, secret: string): AempClient | undefined;
  /** The secret is shown once; only its hash is kept. */
  create(client: NewAempClient): { readonly client: AempClient; readonly clientSecret: string };
  /** False where there is no such client. */
  revoke(clientId: string): boolean;
}

const idPattern = /^aemp-[0-9a-f]{12}$/;
const digestOf = (secret: string): Buffer => createHash("sha256").update(secret).digest();

/** True for a scope that says something; an empty one would be nobody's. */
export const isScope = ({ customerId, machineIds, wholeFleet }: AempScope): boolean =>
  wholeFleet ? customerId === undefined && machineIds === undefined : !!(customerId ?? machineIds);

export function openAempClients(
  dataFolder: string,
  nowMs: () => number = Date.now,
): AempClientDesk {
  const folder = join(dataFolder, "aemp-clients");
  const fileOf = (clientId: string) => join(folder, `${clientId}.json`);
  const read = (clientId: string): Static<typeof ClientRecord> | undefined => {
    if (!idPattern.test(clientId)) return undefined;
    try {
      const record: unknown = JSON.parse(readFileSync(fileOf(clientId), "utf8"));
      return Check(ClientRecord, record) && isScope(record.scope) ? record : undefined;
    } catch {
      return undefined;
    }
  };
  const find = (clientId: string): AempClient | undefined => {
    const record = read(clientId);
    if (record === undefined) return undefined;
    const { sha256: _hash, ...shown } = record;
    return { clientId, ...shown };
  };
  return {
    list: () => namesIn(folder).flatMap((name) => find(name.replace(/\.json$/, "")) ?? []),
    find,
    verify(clientId, secret) {
      const expected = Buffer.from(read(clientId)?.sha256 ?? "", "hex");
      const actual = digestOf(secret);
      if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return undefined;
      return find(clientId);
    },
    create({ name, scope, createdBy }) {
      const clientId = `aemp-${randomBytes(6).toString("hex")}`;
      const clientSecret = randomBytes(32).toString("hex");
      const sha256 = digestOf(clientSecret).toString("hex");
      const shown = { name, scope, createdAt: new Date(nowMs()).toISOString(), createdBy };
      const text = `${JSON.stringify({ ...shown, sha256 }, null, 2)}\n`;
      writeFileDurably(fileOf(clientId), text, 0o600);
      return { client: { clientId, ...shown }, clientSecret };
    },
    revoke(clientId) {
      if (find(clientId) === undefined) return false;
      rmSync(fileOf(clientId), { force: true });
      syncFolder(folder);
      return true;
    },
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}
