import type { I18nText } from "../evidence.ts";
import type { Commitment } from "./commitment.ts";
import type { Customer } from "./customer.ts";
import type { EngineerFile } from "./engineer.ts";
import type { MachineFile } from "./machine-file.ts";
import type { Person } from "./person.ts";
import type { PlanOverride } from "./plan-override.ts";
import type { Region } from "./region.ts";
import type { Site } from "./site.ts";
import type { Centre, Station } from "./station.ts";

/** Files of the organisation that are to be written together: of a command, of an import, of the demo file. */
export interface OrganisationDraft {
  readonly regions: readonly Region[];
  readonly centres: readonly Centre[];
  readonly stations: readonly Station[];
  readonly customers: readonly Customer[];
  readonly sites: readonly Site[];
  readonly engineers: readonly EngineerFile[];
  readonly machines: readonly MachineFile[];
  readonly commitments: readonly Commitment[];
  /** Of service plans, for a region or a segment. */
  readonly overrides: readonly PlanOverride[];
  /** Of engineers (by `engineerId`) and of the contacts of customers. */
  readonly people: readonly Person[];
}

export type DraftKind = Exclude<keyof OrganisationDraft, "people">;

export const emptyDraft: OrganisationDraft = {
  regions: [],
  centres: [],
  stations: [],
  customers: [],
  sites: [],
  engineers: [],
  machines: [],
  commitments: [],
  overrides: [],
  people: [],
};

/** One thing wrong with one file of a draft. */
export interface DraftFault {
  readonly kind: DraftKind;
  /** Place in the draft's list of that kind, from 0. */
  readonly index: number;
  /** Name of the field at fault. */
  readonly field: string;
  readonly message: I18nText;
}

/** What is stored already, as far as a draft speaks of it. */
export interface Known {
  readonly regions: ReadonlyMap<string, Region>;
  /** By id of their stock location (ST-1), whose it is. */
  readonly stations: ReadonlyMap<string, string>;
  readonly customers: ReadonlySet<string>;
  /** By site, whose it is; null for a site of nobody. */
  readonly sites: ReadonlyMap<string, string | null>;
  readonly engineers: ReadonlySet<string>;
  readonly machines: ReadonlyMap<string, MachineFile>;
  /** Whose a serial number is, or was (MA-1). */
  readonly serials: ReadonlyMap<string, string>;
  readonly gateways: ReadonlyMap<string, string>;
  /** Active ones of the machines that the draft promises something for. */
  readonly commitments: readonly Commitment[];
  /** All of them, when the draft has one. */
  readonly overrides: readonly PlanOverride[];
}

export const nothingKnown: Known = {
  regions: new Map(),
  stations: new Map(),
  customers: new Set(),
  sites: new Map(),
  engineers: new Set(),
  machines: new Map(),
  serials: new Map(),
  gateways: new Map(),
  commitments: [],
  overrides: [],
};
