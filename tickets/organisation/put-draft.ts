import { isDeepStrictEqual } from "node:util";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { Commitment } from "./commitment.ts";
import type { DraftKind, OrganisationDraft } from "./draft.ts";
import type { EngineerFile } from "./engineer.ts";
import {
  centreKind,
  commitmentKind,
  customerKind,
  engineerKind,
  overrideKind,
  regionKind,
  siteKind,
} from "./file-kinds.ts";
import { changed, type FileKind, findFile, insertFile, updateFile } from "./file-store.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import { savePerson } from "./people.ts";
import { type OrganisationWork, putMachine } from "./put-machine.ts";
import { type Station, toStation } from "./station.ts";

/** What became of one file: a file that says what was stored already is left alone. */
export type Put = "created" | "changed" | "same";

export type PutCounts = Readonly<Record<DraftKind, Readonly<Record<Put, number>>>>;

/**
 * Writes a draft that `checkDraft` found nothing wrong with: new files are created, others replaced; nothing is ever
 * deleted. Counts per kind what became of them.
 */
export async function putDraft(
  work: OrganisationWork,
  draft: OrganisationDraft,
): Promise<PutCounts> {
  const { tx } = work;
  for (const person of draft.people) await savePerson(tx, person);
  return {
    regions: await putAll(draft.regions, (file) => putFile(tx, regionKind, file)),
    stations: await putAll(draft.stations, (file) => putStation(tx, file)),
    centres: await putAll(draft.centres, (file) => putFile(tx, centreKind, file)),
    customers: await putAll(draft.customers, (file) => putFile(tx, customerKind, file)),
    sites: await putAll(draft.sites, (file) => putFile(tx, siteKind, file)),
    engineers: await putAll(draft.engineers, (file) => putEngineer(tx, file)),
    machines: await putAll(draft.machines, (file) => putMachine(work, file)),
    commitments: await putAll(draft.commitments, (file) => putCommitment(tx, file)),
    overrides: await putAll(draft.overrides, (file) => putFile(tx, overrideKind, file)),
  };
}

async function putAll<File>(files: readonly File[], put: (file: File) => Promise<Put>) {
  const counts = { created: 0, changed: 0, same: 0 };
  for (const file of files) counts[await put(file)]++;
  return counts;
}

/** `version`: of the file that is replaced; without it the last one who writes is right. */
export async function putFile<File>(
  tx: Transaction,
  kind: FileKind<File>,
  file: File,
  version?: number,
): Promise<Put> {
  const before = await findFile(tx, kind, kind.idOf(file));
  if (!before) {
    await insertFile(tx, kind, file);
    return "created";
  }
  if (version !== undefined && version !== before.version)
    throw changed(kind.noun, kind.idOf(file));
  if (isDeepStrictEqual(before.file, file)) return "same";
  await updateFile(tx, kind, { file, version: before.version });
  return "changed";
}

export async function putEngineer(
  tx: Transaction,
  engineer: EngineerFile,
  version?: number,
): Promise<Put> {
  const put = await putFile(tx, engineerKind, engineer, version);
  if (put === "created")
    await tx
      .tables<OrganisationTables>()
      .insertInto("engineer_presence")
      .values({
        engineer_id: engineer.engineerId,
        state: "available",
        lat: null,
        lon: null,
        position_at: null,
      })
      .execute();
  return put;
}

export async function putCommitment(
  tx: Transaction,
  commitment: Commitment,
  version?: number,
): Promise<Put> {
  const put = await putFile(tx, commitmentKind, commitment, version);
  if (put === "same") return put;
  const tables = tx.tables<OrganisationTables>();
  const { commitmentId } = commitment;
  await tables
    .deleteFrom("commitment_machines")
    .where("commitment_id", "=", commitmentId)
    .execute();
  for (const machineId of commitment.machineIds)
    await tables
      .insertInto("commitment_machines")
      .values({ commitment_id: commitmentId, machine_id: machineId })
      .execute();
  return put;
}

/** A new station comes after all others, so that the one in charge of what has none stays the same. */
export async function putStation(
  tx: Transaction,
  station: Station,
  version?: number,
): Promise<Put> {
  const tables = tx.tables<OrganisationTables>();
  const { stationId } = station;
  const body = JSON.stringify(station);
  const row = await tables
    .selectFrom("stations")
    .select(["body", "version"])
    .where("station_id", "=", stationId)
    .executeTakeFirst();
  if (!row) {
    const last = await tables
      .selectFrom("stations")
      .select((column) => column.fn.max("position").as("position"))
      .executeTakeFirst();
    const position = Number(last?.position ?? -1) + 1;
    await tables.insertInto("stations").values({ station_id: stationId, position, body }).execute();
    return "created";
  }
  const stored = Number(row.version);
  if (version !== undefined && version !== stored) throw changed("station", stationId);
  if (isDeepStrictEqual(toStation(JSON.parse(row.body)), station)) return "same";
  await tables
    .updateTable("stations")
    .set({ body, version: stored + 1 })
    .where("station_id", "=", stationId)
    .where("version", "=", stored)
    .execute();
  return "changed";
}
