import { randomUUID } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { once } from "../service-work.ts";
import { createTicketIds, type TicketIds } from "../ticket-ids.ts";
import type { Actor } from "../vocabulary.ts";
import type { DraftKind } from "./draft.ts";
import type { Engineer } from "./engineer.ts";
import { type FilePage, type FileQuery, pageOfFiles, type Stored } from "./file-store.ts";
import { installPart } from "./installed-parts.ts";
import {
  type EngineerFilter,
  loadEngineers,
  loadMachineContext,
  type MachineContext,
} from "./load-organisation.ts";
import {
  changeMachine,
  type MachineTransfer,
  type MeterReplacement,
  moveMachine,
  recordHours,
  replaceMeter,
} from "./machine-commands.ts";
import type { InstalledPart, MachineFile, MachineState } from "./machine-file.ts";
import {
  type MachineOwner,
  ownersOf,
  type Unregistered,
  unregisteredMachines,
} from "./machine-history.ts";
import { loadPeople } from "./people.ts";
import type { Person } from "./person.ts";
import { type Presence, setPresence } from "./presence.ts";
import type { MachineMove, OrganisationWork } from "./put-machine.ts";
import { pageOfStations } from "./station-store.ts";
import { type FileOf, idOf, kindOf, requireAny, writeFile } from "./write-file.ts";
import { writePeople } from "./write-people.ts";

/** Who orders it. The same `commandId` again changes nothing and gives the first answer. */
export interface Order {
  readonly actor: Actor;
  readonly commandId?: string | undefined;
}

export interface Writing<File> extends Order {
  readonly file: File;
  /** Of the file that is changed; left out: a new one is made. */
  readonly version?: number | undefined;
  /** All people of this file from now on; left out: as they are. */
  readonly people?: readonly Person[] | undefined;
}

/**
 * The organisation as pages and programs see and change it. Errors: ORGANISATION_UNKNOWN (404), ORGANISATION_EXISTS and
 * ORGANISATION_CHANGED (409), ORGANISATION_INVALID, ORGANISATION_CURSOR and MACHINE_HOURS (400), COMMAND_REUSED (409).
 */
export interface OrganisationDesk {
  page<Kind extends DraftKind>(kind: Kind, query: FileQuery): Promise<FilePage<FileOf[Kind]>>;
  get<Kind extends DraftKind>(kind: Kind, id: string): Promise<Stored<FileOf[Kind]>>;
  people(personIds: readonly string[]): Promise<ReadonlyMap<string, Person>>;
  engineers(filter?: EngineerFilter): Promise<Engineer[]>;
  machine(machineId: string): Promise<MachineContext>;
  owners(machineId: string): Promise<MachineOwner[]>;
  /** Machines that their gateways told of and that have no file. */
  unregistered(): Promise<Unregistered[]>;
  write<Kind extends DraftKind>(
    kind: Kind,
    writing: Writing<FileOf[Kind]>,
  ): Promise<Stored<FileOf[Kind]>>;
  moveMachine(order: Order & MachineTransfer): Promise<Stored<MachineFile>>;
  recordHours(
    order: Order & { readonly machineId: string; readonly readingHours: number },
  ): Promise<Stored<MachineFile>>;
  replaceMeter(order: Order & MeterReplacement): Promise<Stored<MachineFile>>;
  setState(
    order: Order & {
      readonly machineId: string;
      readonly state: MachineState;
      /** For the handover that ends commissioning (MA-3). */
      readonly handoverAt?: string | undefined;
    },
  ): Promise<Stored<MachineFile>>;
  installPart(
    order: Order & { readonly machineId: string; readonly part: InstalledPart },
  ): Promise<void>;
  setPresence(order: Order & Presence): Promise<void>;
}

export interface OrganisationDeskOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly ids?: TicketIds;
  /** Called in the transaction that moves a machine; core leaves a note on its open tickets. */
  readonly onMoved?: (work: OrganisationWork, move: MachineMove) => Promise<void>;
  readonly onMachine?: OrganisationWork["onMachine"];
  /** Service plans there are, by id; absent: an override may name any. */
  readonly plans?: Pick<ReadonlyMap<string, unknown>, "has">;
}

/** The tables must have been made by `prepareTickets`. */
export function createOrganisationDesk(options: OrganisationDeskOptions): OrganisationDesk {
  const { db, clock, ids = createTicketIds(clock.nowMs), onMoved, onMachine } = options;

  const obey = <Answer>(
    { actor, commandId = randomUUID() }: Order,
    [name, subject]: readonly [name: string, subject: string],
    run: (work: OrganisationWork) => Promise<Answer>,
  ): Promise<Answer> =>
    db.transaction((tx) => {
      const nowMs = clock.nowMs();
      const work = { tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids };
      const told = {
        ...(onMoved && { onMoved: (move: MachineMove) => onMoved(work, move) }),
        ...(onMachine && { onMachine }),
      };
      return once(work, { commandId, name: `organisation.${name}`, subject }, () =>
        run({ ...work, ...told }),
      );
    });

  const requirePlan = (planId: string): void => {
    if (options.plans?.has(planId) === false)
      throw new CodedError("ORGANISATION_INVALID", `planId: there is no service plan ${planId}`);
  };

  return {
    page: (kind, query) =>
      kind === "stations"
        ? (pageOfStations(db, query) as Promise<FilePage<never>>)
        : pageOfFiles(db, kindOf(kind), query),
    get: (kind, id) => requireAny(db, kind, id),
    people: (personIds) => loadPeople(db, personIds),
    engineers: (filter) => loadEngineers(db, filter),
    machine: (machineId) => loadMachineContext(db, machineId, clock.nowMs()),
    owners: (machineId) => ownersOf(db, machineId),
    unregistered: () => unregisteredMachines(db),
    write: (kind, { file, version, people, ...order }) =>
      obey(order, [`write-${kind}`, idOf(kind, file)], async (work) => {
        if (kind === "overrides") requirePlan((file as FileOf["overrides"]).planId);
        const stored = await writeFile(work, kind, { file, version });
        if (!people) return stored;
        await writePeople(work, kind, file, people);
        return requireAny(work.tx, kind, idOf(kind, file));
      }),
    moveMachine: (order) =>
      obey(order, ["move-machine", order.machineId], (work) => moveMachine(work, order)),
    recordHours: (order) =>
      obey(order, ["record-hours", order.machineId], (work) => recordHours(work, order)),
    replaceMeter: (order) =>
      obey(order, ["replace-meter", order.machineId], (work) => replaceMeter(work, order)),
    setState: ({ machineId, state, handoverAt, ...order }) =>
      obey(order, ["set-state", machineId], (work) =>
        changeMachine(work, machineId, (machine) => ({
          ...machine,
          state,
          ...(handoverAt === undefined ? {} : { handoverAt }),
        })),
      ),
    installPart: ({ machineId, part, ...order }) =>
      obey(order, ["install-part", machineId], async (work) => {
        await requireAny(work.tx, "machines", machineId);
        await installPart(work, machineId, part);
      }),
    setPresence: (order) =>
      obey(order, ["set-presence", order.engineerId], (work) => setPresence(work, order)),
  };
}
