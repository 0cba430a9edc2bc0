import { existsSync } from "node:fs";
import { join } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { type Database, openDatabase, openDatabaseUrl } from "@firebreak/kit/database.ts";
import type { ConfigPath } from "@firebreak/kit/load-config.ts";
import type { RegionTree } from "@firebreak/plans/check-layers.ts";
import type { Commitment } from "@firebreak/tickets/organisation/commitment.ts";
import type { Customer } from "@firebreak/tickets/organisation/customer.ts";
import {
  commitmentKind,
  customerKind,
  machineKind,
  overrideKind,
  regionKind,
} from "@firebreak/tickets/organisation/file-kinds.ts";
import { allFiles } from "@firebreak/tickets/organisation/file-store.ts";
import {
  demoOrganisationFile,
  readOrganisationFile,
} from "@firebreak/tickets/organisation/load-organisation-file.ts";
import type { MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import type { PlanOverride } from "@firebreak/tickets/organisation/plan-override.ts";
import { type Region, regionPathOf, regionsById } from "@firebreak/tickets/organisation/region.ts";
import { postgresAccess } from "../backup.ts";
import { shortest } from "./check.ts";

/** Regions, customers and machines, and what was promised to them, as far as a plan's layers need it. */
export interface KnownOrganisation {
  /** Where it is from, in words. */
  readonly source: string;
  /** Somebody's own, not that of the demonstration. */
  readonly isOwn: boolean;
  readonly regions: ReadonlyMap<string, Region>;
  readonly customers: readonly Customer[];
  readonly machines: readonly MachineFile[];
  readonly commitments: readonly Commitment[];
  readonly overrides: readonly PlanOverride[];
  /** `file:line:column` of a value of the organisation's file; undefined for a database. */
  placeOf(path: ConfigPath): string | undefined;
}

export interface OrganisationOptions {
  /** A hub's data folder. */
  readonly data?: string;
  readonly database?: string;
  readonly databasePasswordFile?: string;
  /** An organisation's file. */
  readonly organisation?: string;
}

/**
 * Of a hub, which may run, or of a file; by default of the demonstration.
 * @throws CodedError BAD_CONFIGURATION and those of the database
 */
export async function knownOrganisation(options: OrganisationOptions): Promise<KnownOrganisation> {
  const { data, database, organisation } = options;
  const sources = [data ?? database, organisation].filter((source) => source !== undefined);
  if (sources.length > 1)
    throw new CodedError(
      "BAD_CONFIGURATION",
      "give a hub (--data, --database) or a file (--organisation), one of them",
    );
  return data === undefined && database === undefined
    ? organisationOfFile(organisation)
    : organisationOfHub(options);
}

/** @throws CodedError BAD_CONFIGURATION with every mistake of the file */
export function organisationOfFile(file = demoOrganisationFile): KnownOrganisation {
  const { draft, positionOf } = readFirst(file);
  const { regions, customers, machines, commitments, overrides } = draft;
  const shown = shortest(file);
  const isOwn = file !== demoOrganisationFile;
  return {
    source: isOwn ? shown : "the demonstration's organisation",
    isOwn,
    regions: regionsById(regions),
    customers,
    machines,
    commitments,
    overrides,
    placeOf(path) {
      const { line, column } = positionOf(path);
      return `${shown}:${line}:${column}`;
    },
  };
}

function readFirst(file: string) {
  try {
    return readOrganisationFile(new Date().toISOString(), file);
  } catch (cause) {
    throw cause instanceof CodedError ? cause : unreadable(file, cause);
  }
}

const unreadable = (file: string, cause: unknown) =>
  new CodedError(
    "BAD_CONFIGURATION",
    `--organisation ${file}: cannot be read (${errorCode(cause)})`,
    { cause },
  );

async function organisationOfHub(options: OrganisationOptions): Promise<KnownOrganisation> {
  const db = openHub(options);
  try {
    return {
      source: options.database === undefined ? `the hub in ${options.data}` : "the hub's database",
      isOwn: true,
      regions: regionsById(await allFiles(db, regionKind)),
      customers: await allFiles(db, customerKind),
      machines: await allFiles(db, machineKind),
      commitments: await allFiles(db, commitmentKind),
      overrides: await allFiles(db, overrideKind),
      placeOf: () => undefined,
    };
  } finally {
    await db.close();
  }
}

function openHub({ data = "", database, databasePasswordFile }: OrganisationOptions): Database {
  if (database !== undefined) {
    if (database.startsWith("sqlite:")) return openDatabaseUrl(database);
    const access = postgresAccess(database, databasePasswordFile);
    return openDatabaseUrl(access.url, access);
  }
  const path = join(data, "firebreak.sqlite");
  if (existsSync(path)) return openDatabase({ path });
  throw new CodedError(
    "BAD_CONFIGURATION",
    `--data ${data}: no hub has its data there, as firebreak.sqlite is missing`,
  );
}

/** The tree as plans are checked against it. */
export const treeOf = (regions: ReadonlyMap<string, Region>): RegionTree =>
  new Map(
    [...regions.keys()].map((id) => [
      id,
      regionPathOf(regions, id).map(({ regionId }) => regionId),
    ]),
  );
