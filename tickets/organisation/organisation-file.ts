import { CodedError } from "@firebreak/kit/coded-error.ts";
import {
  type ConfigPath,
  type ConfigProblem,
  formatProblems,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { type Static, Type } from "typebox";
import type { NamedText } from "../parts/parts-file.ts";
import { closed } from "../vocabulary.ts";
import { checkDraft } from "./check-draft.ts";
import { Commitment } from "./commitment.ts";
import { Customer } from "./customer.ts";
import { nothingKnown, type OrganisationDraft } from "./draft.ts";
import { engineerFields } from "./engineer.ts";
import { InstalledPart, MachineFile } from "./machine-file.ts";
import { Person } from "./person.ts";
import { Region } from "./region.ts";
import { Site } from "./site.ts";
import { Centre, Station } from "./station.ts";

const { personId: _ofTheFile, ...aboutHim } = Person.properties;
const { contactIds: _ofContacts, ...aboutFirm } = Customer.properties;
const { meter: _fromHours, ...aboutMachine } = MachineFile.properties;

/** An organisation written by hand: people stand where they belong, hours are one figure. */
const OrganisationFile = Type.Object(
  {
    regions: Type.Array(Region),
    centres: Type.Array(Centre),
    stations: Type.Array(Station),
    engineers: Type.Array(Type.Object({ ...engineerFields, ...aboutHim }, closed)),
    customers: Type.Array(
      Type.Object({ ...aboutFirm, contacts: Type.Array(Person, { maxItems: 50 }) }, closed),
    ),
    sites: Type.Array(Site),
    machines: Type.Array(
      Type.Object(
        {
          ...aboutMachine,
          operatingHours: Type.Optional(Type.Number({ minimum: 0, maximum: 1_000_000 })),
          installedParts: Type.Array(InstalledPart, { maxItems: 200 }),
        },
        closed,
      ),
    ),
    commitments: Type.Array(Commitment),
  },
  closed,
);

/** What the file says, in the shape it is written in. */
export interface FirstOrganisation {
  readonly draft: OrganisationDraft;
  readonly installedParts: readonly (InstalledPart & { readonly machineId: string })[];
  /** Where a value of the file stands, such as `["commitments", 0, "slaProfile"]`; counted from 1. */
  positionOf(path: ConfigPath): { readonly line: number; readonly column: number };
}

/**
 * Reads an organisation file. Pure; `at` is when its hour meters were read, an ISO instant.
 * @throws CodedError BAD_CONFIGURATION with every mistake at once, each with line and column
 */
export function parseOrganisationFile(
  { file, text, parsed }: NamedText,
  at: string,
): FirstOrganisation {
  const loaded = loadConfig(text, OrganisationFile, parsed);
  if ("problems" in loaded) throw badFile(file, loaded.problems);
  const first = {
    ...toFirst(loaded.value, at),
    positionOf: (path: ConfigPath) => loaded.problemAt(path, ""),
  };
  const problems = [
    ...checkDraft(first.draft, nothingKnown).map(({ kind, index, field, message }) =>
      loaded.problemAt([kind, index, field], message.en),
    ),
    ...loaded.value.machines.flatMap(({ installedParts }, machine) =>
      installedParts.flatMap(({ position }, part) =>
        installedParts.findIndex((one) => one.position === position) < part
          ? [
              loaded.problemAt(
                ["machines", machine, "installedParts", part, "position"],
                `there are two parts at the position ${position}`,
              ),
            ]
          : [],
      ),
    ),
  ];
  if (problems.length > 0) throw badFile(file, problems);
  return first;
}

const badFile = (file: string, problems: readonly ConfigProblem[]): CodedError =>
  new CodedError(
    "BAD_CONFIGURATION",
    formatProblems(
      file,
      problems.toSorted((a, b) => a.line - b.line || a.column - b.column),
    ),
  );

function toFirst(
  file: Static<typeof OrganisationFile>,
  at: string,
): Omit<FirstOrganisation, "positionOf"> {
  const { regions, centres, stations, sites, commitments } = file;
  const machines = file.machines.map(({ installedParts: _, operatingHours, ...machine }) => ({
    ...machine,
    ...(operatingHours === undefined
      ? {}
      : { meter: { readingHours: operatingHours, offsetHours: 0, at, replacements: [] } }),
  }));
  const customers = file.customers.map(({ contacts, ...customer }) => ({
    ...customer,
    contactIds: contacts.map(({ personId }) => personId),
  }));
  const engineers = file.engineers.map(
    ({ name: _n, firstName: _f, phone: _p, email: _e, address: _a, position: _q, ...rest }) => rest,
  );
  const people = [
    ...file.engineers.map(({ engineerId, name, firstName, phone, email }) => ({
      personId: engineerId,
      name,
      ...(firstName === undefined ? {} : { firstName }),
      ...(phone === undefined ? {} : { phone }),
      ...(email === undefined ? {} : { email }),
    })),
    ...file.customers.flatMap(({ contacts }) => contacts),
  ];
  return {
    draft: {
      regions,
      centres,
      stations,
      customers,
      sites,
      engineers,
      machines,
      commitments,
      overrides: [],
      people,
    },
    installedParts: file.machines.flatMap(({ machineId, installedParts }) =>
      installedParts.map((part) => ({ ...part, machineId })),
    ),
  };
}
