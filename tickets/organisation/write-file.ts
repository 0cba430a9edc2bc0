import { CodedError } from "@firebreak/kit/coded-error.ts";
import { checkDraft } from "./check-draft.ts";
import type { Customer } from "./customer.ts";
import { type DraftFault, type DraftKind, emptyDraft, type OrganisationDraft } from "./draft.ts";
import {
  centreKind,
  commitmentKind,
  customerKind,
  engineerKind,
  machineKind,
  overrideKind,
  regionKind,
  siteKind,
} from "./file-kinds.ts";
import { type FileKind, type Reader, requireFile, type Stored } from "./file-store.ts";
import { loadKnown } from "./load-known.ts";
import type { MachineFile } from "./machine-file.ts";
import { putCommitment, putEngineer, putFile, putStation } from "./put-draft.ts";
import { type OrganisationWork, putMachine } from "./put-machine.ts";
import { requireStation } from "./station-store.ts";

/** The file of each list. */
export type FileOf = { readonly [Kind in DraftKind]: OrganisationDraft[Kind][number] };

export const fileKinds = {
  regions: regionKind,
  centres: centreKind,
  customers: customerKind,
  sites: siteKind,
  engineers: engineerKind,
  machines: machineKind,
  commitments: commitmentKind,
  overrides: overrideKind,
} as const satisfies { [Kind in Exclude<DraftKind, "stations">]: FileKind<FileOf[Kind]> };

/** Checks files against each other and what is stored. @throws CodedError ORGANISATION_INVALID with all faults */
export async function refuseFaults(
  reader: Reader,
  files: Partial<OrganisationDraft>,
): Promise<void> {
  const draft = { ...emptyDraft, ...files };
  const faults = checkDraft(draft, await loadKnown(reader, draft));
  if (faults.length > 0) throw invalid(faults);
}

const invalid = (faults: readonly DraftFault[]): CodedError =>
  new CodedError(
    "ORGANISATION_INVALID",
    faults.map(({ field, message }) => `${field}: ${message.en}`).join("; "),
  );

/**
 * Writes one file: a new one without `version`, else the change of the one that has it.
 * @throws CodedError ORGANISATION_INVALID, ORGANISATION_EXISTS, ORGANISATION_UNKNOWN, ORGANISATION_CHANGED
 */
export async function writeFile<Kind extends DraftKind>(
  work: OrganisationWork,
  kind: Kind,
  { file, version }: { readonly file: FileOf[Kind]; readonly version?: number | undefined },
): Promise<Stored<FileOf[Kind]>> {
  const id = idOf(kind, file);
  if (version === undefined) await refuseExisting(work.tx, kind, id);
  const before = version === undefined ? undefined : await requireAny(work.tx, kind, id);
  const after = { ...file, ...keptOf(kind, before?.file) };
  await refuseFaults(work.tx, { [kind]: [after] });
  await putAny(work, kind, after, version);
  return requireAny(work.tx, kind, id);
}

/** What has commands of its own, and is not changed by writing the file: the contacts of a customer, an hour meter. */
function keptOf<Kind extends DraftKind>(
  kind: Kind,
  before: FileOf[Kind] | undefined,
): Partial<FileOf[Kind]> {
  const kept: Partial<Customer & MachineFile> = {};
  if (kind === "customers") kept.contactIds = (before as Customer | undefined)?.contactIds ?? [];
  const meter = kind === "machines" ? (before as MachineFile | undefined)?.meter : undefined;
  if (meter) kept.meter = meter;
  return kept as Partial<FileOf[Kind]>;
}

async function refuseExisting(reader: Reader, kind: DraftKind, id: string): Promise<void> {
  const found = await requireAny(reader, kind, id).catch((error: unknown) => {
    if (error instanceof CodedError && error.code === "ORGANISATION_UNKNOWN") return undefined;
    throw error;
  });
  if (found) throw new CodedError("ORGANISATION_EXISTS", `${id} exists already: change it instead`);
}

/** @throws CodedError ORGANISATION_UNKNOWN */
export function requireAny<Kind extends DraftKind>(
  reader: Reader,
  kind: Kind,
  id: string,
): Promise<Stored<FileOf[Kind]>> {
  if (kind === "stations") return requireStation(reader, id) as Promise<Stored<FileOf[Kind]>>;
  return requireFile(reader, kindOf(kind), id);
}

export function idOf<Kind extends DraftKind>(kind: Kind, file: FileOf[Kind]): string {
  return kind === "stations" ? (file as FileOf["stations"]).stationId : kindOf(kind).idOf(file);
}

export const kindOf = <Kind extends DraftKind>(kind: Kind) =>
  fileKinds[kind as Exclude<DraftKind, "stations">] as unknown as FileKind<FileOf[Kind]>;

/** Writes a file that was checked, new or not. */
export const putAny = <Kind extends DraftKind>(
  work: OrganisationWork,
  kind: Kind,
  file: FileOf[Kind],
  version?: number,
): Promise<unknown> => puts[kind](work, file, version);

type Writer<File> = (work: OrganisationWork, file: File, version?: number) => Promise<unknown>;

const puts: { readonly [Kind in DraftKind]: Writer<FileOf[Kind]> } = {
  regions: ({ tx }, file, version) => putFile(tx, regionKind, file, version),
  centres: ({ tx }, file, version) => putFile(tx, centreKind, file, version),
  stations: ({ tx }, file, version) => putStation(tx, file, version),
  customers: ({ tx }, file, version) => putFile(tx, customerKind, file, version),
  sites: ({ tx }, file, version) => putFile(tx, siteKind, file, version),
  engineers: ({ tx }, file, version) => putEngineer(tx, file, version),
  machines: (work, file, version) => putMachine(work, file, version),
  commitments: ({ tx }, file, version) => putCommitment(tx, file, version),
  overrides: ({ tx }, file, version) => putFile(tx, overrideKind, file, version),
};
