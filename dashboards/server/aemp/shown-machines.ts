import type { EquipmentHeader } from "@firebreak/ingest/aemp/fleet-document.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type MachineFile, serialKeyOf } from "@firebreak/tickets/organisation/machine-file.ts";
import type { MachineRecord, ServerPorts } from "../ports.ts";
import type { AempScope } from "./client-files.ts";

/** A machine as a client is shown it. */
export interface ShownMachine {
  readonly machineId: string;
  readonly plan: Plan | undefined;
  readonly header: EquipmentHeader;
  /** What was measured before is somebody else's: since when the machine is the customer's that the client is of. */
  readonly sinceMs: number;
}

type Ports = Pick<ServerPorts, "machines" | "organisation" | "plans">;

/**
 * Ids of the machines that a client may see, sorted. A machine of a customer counts only while the books say that it is
 * that customer's. What was read from other makers' servers is theirs to show, not ours.
 */
export async function shownIds(ports: Ports, scope: AempScope): Promise<readonly string[]> {
  const own = (await ports.machines.list()).filter(isOurs).map(({ machineId }) => machineId);
  const named = scope.machineIds && new Set(scope.machineIds);
  const theirs = scope.customerId === undefined ? undefined : await idsOf(ports, scope.customerId);
  return own
    .filter((id) => (named?.has(id) ?? true) && (theirs?.has(id) ?? true))
    .sort((one, other) => (one < other ? -1 : 1));
}

const isOurs = ({ origin }: MachineRecord): boolean => origin === undefined;

async function idsOf({ organisation }: Ports, customerId: string): Promise<Set<string>> {
  const ids = new Set<string>();
  let after: string | undefined;
  do {
    const where = { customer_id: customerId };
    const page = await organisation.page("machines", { where, limit: 1_000, after });
    for (const { file } of page.items) ids.add(file.machineId);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return ids;
}

async function fileOf(
  { organisation }: Ports,
  machineId: string,
): Promise<MachineFile | undefined> {
  try {
    return (await organisation.get("machines", machineId)).file;
  } catch (error) {
    // A machine without a file is shown all the same; any other error would make a customer's machine vanish.
    if (error instanceof CodedError && error.code === "ORGANISATION_UNKNOWN") return undefined;
    throw error;
  }
}

/** Undefined where it is not known any more, or not the client's; cheap enough for each request. */
export async function showMachine(
  ports: Ports,
  scope: AempScope,
  machineId: string,
): Promise<ShownMachine | undefined> {
  const record = await ports.machines.get(machineId);
  if (record === undefined || !isOurs(record)) return undefined;
  if (scope.machineIds?.includes(machineId) === false) return undefined;
  const file = await fileOf(ports, machineId);
  if (scope.customerId !== undefined && file?.customerId !== scope.customerId) return undefined;
  const plan = ports.plans.get(record.plan);
  const sinceMs = await sinceOf(ports, scope, machineId);
  return { machineId, plan, header: headerOf(machineId, plan, file), sinceMs };
}

/** Only what is known; a name of the maker comes with the plan, a serial number with the machine's file. */
function headerOf(
  machineId: string,
  plan: Plan | undefined,
  file: MachineFile | undefined,
): EquipmentHeader {
  const { maker, models = [] } = plan?.acquisition ?? {};
  const model = file?.model ?? (models.length === 1 ? models[0] : undefined);
  const serialNumber = file?.serialNumber;
  const installed = file?.handoverAt ?? file?.soldAt;
  return {
    ...(installed === undefined
      ? {}
      : { unitInstallMs: Date.parse(`${installed.slice(0, 10)}T00:00:00Z`) }),
    ...(maker === undefined ? {} : { oemName: maker }),
    ...(model === undefined ? {} : { model }),
    equipmentId: machineId,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(serialNumber !== undefined && isPin(serialNumber) ? { pin: serialNumber } : {}),
  };
}

/** @see ISO 10261: 17 characters without I, O and Q */
const isPin = (serialNumber: string): boolean => /^[A-HJ-NPR-Z0-9]{17}$/.test(serialNumber);

async function sinceOf(
  ports: Ports,
  { customerId }: AempScope,
  machineId: string,
): Promise<number> {
  if (customerId === undefined) return 0;
  const present = (await ports.organisation.owners(machineId)).at(-1);
  // Nothing rather than what was another's.
  if (present?.customerId !== customerId) return Number.MAX_SAFE_INTEGER;
  return Date.parse(present.from);
}

/** The machine that a PIN, a VIN, a serial number or our own id means; undefined where the client may see none. */
export async function findById(
  ports: Ports,
  scope: AempScope,
  id: string,
): Promise<ShownMachine | undefined> {
  const direct = await showMachine(ports, scope, id);
  if (direct) return direct;
  const [only, second] = await withSerial(ports, scope, id);
  return second === undefined ? only : undefined;
}

/** By maker, model and serial number; the first two in whatever case. */
export async function findBySerial(
  ports: Ports,
  scope: AempScope,
  {
    make,
    model,
    serial,
  }: { readonly make: string; readonly model: string; readonly serial: string },
): Promise<ShownMachine | undefined> {
  const alike = (one: string | undefined, other: string) =>
    one?.toLowerCase() === other.toLowerCase();
  return (await withSerial(ports, scope, serial)).find(
    ({ header }) => alike(header.oemName, make) && alike(header.model, model),
  );
}

async function withSerial(ports: Ports, scope: AempScope, serial: string): Promise<ShownMachine[]> {
  const where = { serial_key: serialKeyOf(serial) };
  const { items } = await ports.organisation.page("machines", { where, limit: 10 });
  const found = items.map(({ file }) => showMachine(ports, scope, file.machineId));
  return (await Promise.all(found)).filter((machine) => machine !== undefined);
}
