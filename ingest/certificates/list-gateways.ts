import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { enrolmentOf, type GatewayCredential } from "@firebreak/kit/credentials.ts";
import type { CertificateBook } from "./certificate-book.ts";

/** One line of the list of gateways: who may come in, by what, and until when. */
export interface GatewayEntry {
  readonly gatewayId: string;
  readonly machines: readonly string[];
  readonly enrolledAt: string;
  readonly isOnline: boolean;
  readonly hasPassword: boolean;
  /** Of the device that took the claim. */
  readonly serialNumber: string | null;
  /** ISO 8601; null while it has no certificate of its present enrolment. */
  readonly certificateEndsAt: string | null;
  readonly revoked: { readonly at: string; readonly by: string } | null;
}

export interface GatewayPage {
  readonly limit: number;
  /** Only those behind this one. */
  readonly after?: string | undefined;
  /** Part of the id, in whatever case. */
  readonly search?: string | undefined;
}

/**
 * Everybody on the allow-list in the order of their files, or a page of them: only its files are read. A damaged file is
 * left out: it lets nobody in.
 */
export async function listGateways(
  dataFolder: string,
  { book, online }: { book: CertificateBook | undefined; online: ReadonlySet<string> },
  { limit, after, search = "" }: GatewayPage = { limit: Number.POSITIVE_INFINITY },
): Promise<GatewayEntry[]> {
  const folder = join(dataFolder, "gateways");
  const entries: GatewayEntry[] = [];
  const sought = search.toLowerCase();
  for (const name of await namesIn(folder)) {
    if (entries.length >= limit) break;
    if (after !== undefined && name <= fileOf(after)) continue;
    if (!idIn(name).toLowerCase().includes(sought)) continue;
    const credential = await readCredential(join(folder, name));
    if (credential === undefined || fileOf(credential.gatewayId) !== name) continue;
    const { gatewayId, machines, createdAt, hash, revoked = null } = credential;
    const record = book?.of(gatewayId);
    const current = record?.enrolment === enrolmentOf(credential) ? record : undefined;
    entries.push({
      gatewayId,
      machines,
      enrolledAt: createdAt,
      isOnline: online.has(gatewayId),
      hasPassword: hash !== "",
      serialNumber: current?.serialNumber ?? null,
      certificateEndsAt: current?.issued[0]?.notAfter ?? null,
      revoked,
    });
  }
  return entries;
}

const fileOf = (gatewayId: string): string => `${gatewayId}.json`;
const idIn = (name: string): string => name.slice(0, -".json".length);

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  } catch {
    // Nobody was enrolled yet.
    return [];
  }
}

async function readCredential(path: string): Promise<GatewayCredential | undefined> {
  try {
    const credential = JSON.parse(await readFile(path, "utf8")) as GatewayCredential;
    return Array.isArray(credential.machines) ? credential : undefined;
  } catch {
    return undefined;
  }
}
