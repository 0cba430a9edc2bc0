import { CodedError } from "@firebreak/kit/coded-error.ts";
import { machineKind } from "./file-kinds.ts";
import { requireFile, type Stored } from "./file-store.ts";
import type { HourMeter, MachineFile } from "./machine-file.ts";
import { type OrganisationWork, putMachine } from "./put-machine.ts";
import { refuseFaults } from "./write-file.ts";

/** An hour meter that was read for the first time. */
export const firstReading = (readingHours: number, at: string): HourMeter => ({
  readingHours,
  offsetHours: 0,
  at,
  replacements: [],
});

/** What the meter showed. MA-4: never less than before. @throws CodedError MACHINE_HOURS, ORGANISATION_UNKNOWN */
export function recordHours(
  work: OrganisationWork,
  { machineId, readingHours }: { readonly machineId: string; readonly readingHours: number },
): Promise<Stored<MachineFile>> {
  return changeMachine(work, machineId, (machine) => {
    const { meter = firstReading(0, work.at) } = machine;
    if (readingHours < meter.readingHours)
      throw hoursBack(machineId, meter.readingHours, readingHours);
    return { ...machine, meter: { ...meter, readingHours, at: work.at } };
  });
}

export interface MeterReplacement {
  readonly machineId: string;
  /** The old meter, when it was taken out. */
  readonly lastHours: number;
  /** The new one, when it was put in. */
  readonly firstHours: number;
  readonly reason: string;
}

/** MA-4: a new meter; the hours of the machine go on from where the old one ended. @throws CodedError MACHINE_HOURS */
export function replaceMeter(
  work: OrganisationWork,
  { machineId, lastHours, firstHours, reason }: MeterReplacement,
): Promise<Stored<MachineFile>> {
  const { at } = work;
  return changeMachine(work, machineId, (machine) => {
    const { meter = firstReading(0, at) } = machine;
    if (lastHours < meter.readingHours) throw hoursBack(machineId, meter.readingHours, lastHours);
    const replacements = [...meter.replacements, { at, lastHours, firstHours, reason }];
    // Negative when the new meter starts higher than the old one ended: the sum is what counts.
    const offsetHours = meter.offsetHours + lastHours - firstHours;
    return { ...machine, meter: { readingHours: firstHours, offsetHours, at, replacements } };
  });
}

const hoursBack = (machineId: string, before: number, after: number) =>
  new CodedError(
    "MACHINE_HOURS",
    `the meter of ${machineId} showed ${before} hours and cannot show ${after}: record that it was replaced`,
  );

export interface MachineTransfer {
  readonly machineId: string;
  readonly customerId: string | undefined;
  readonly siteId: string | undefined;
  readonly regionId?: string | undefined;
  readonly stationId?: string | undefined;
  readonly version?: number | undefined;
}

/** Gives a machine to another customer or site. Its open tickets stay with the customer they were opened for. */
export function moveMachine(
  work: OrganisationWork,
  { machineId, customerId, siteId, regionId, stationId, version }: MachineTransfer,
): Promise<Stored<MachineFile>> {
  return changeMachine(
    work,
    machineId,
    ({ customerId: _c, siteId: _s, ...machine }) => ({
      ...machine,
      ...(customerId === undefined ? {} : { customerId }),
      ...(siteId === undefined ? {} : { siteId }),
      ...(regionId === undefined ? {} : { regionId }),
      ...(stationId === undefined ? {} : { stationId }),
    }),
    version,
  );
}

/** Changes a machine's file as a whole, with all its rules checked. */
export async function changeMachine(
  work: OrganisationWork,
  machineId: string,
  change: (machine: MachineFile) => MachineFile,
  version?: number,
): Promise<Stored<MachineFile>> {
  const { file } = await requireFile(work.tx, machineKind, machineId);
  const after = change(file);
  await refuseFaults(work.tx, { machines: [after] });
  await putMachine(work, after, version);
  return requireFile(work.tx, machineKind, machineId);
}
