import { isDeepStrictEqual } from "node:util";
import { audit } from "../audit/audit.ts";
import type { ServiceWork } from "../service-work.ts";
import { machineKind } from "./file-kinds.ts";
import { changed, findFile, insertFile, updateFile } from "./file-store.ts";
import { type MachineFile, serialKeyOf } from "./machine-file.ts";
import type { OrganisationTables } from "./organisation-tables.ts";

interface Whereabouts {
  readonly customerId: string | undefined;
  readonly siteId: string | undefined;
}

/** A machine that went to another customer or site. */
export interface MachineMove {
  readonly machineId: string;
  readonly from: Whereabouts;
  readonly to: Whereabouts;
}

export interface OrganisationWork extends ServiceWork {
  /** Called in the transaction, once per machine that went elsewhere. */
  readonly onMoved?: (move: MachineMove) => Promise<void>;
  /** Called once a file is written for good. */
  readonly onMachine?: (machine: MachineFile) => void;
}

/**
 * Writes the file of a machine. Its serial number is taken for good (MA-1). When it goes to another customer or site,
 * that is kept and told; its open tickets stay with the customer they were opened for.
 */
export async function putMachine(
  work: OrganisationWork,
  machine: MachineFile,
  version?: number,
): Promise<"created" | "changed" | "same"> {
  const { tx } = work;
  const before = await findFile(tx, machineKind, machine.machineId);
  if (before && version !== undefined && version !== before.version)
    throw changed(machineKind.noun, machine.machineId);
  if (before && isDeepStrictEqual(before.file, machine)) return "same";
  const { onMachine } = work;
  if (onMachine) tx.afterCommit(() => onMachine(machine));
  await takeSerial(work, machine);
  if (!before) {
    await insertFile(tx, machineKind, machine);
    await openOwnership(work, machine);
    return "created";
  }
  await updateFile(tx, machineKind, { file: machine, version: before.version });
  const { customerId, siteId } = before.file;
  if (customerId !== machine.customerId || siteId !== machine.siteId) {
    await openOwnership(work, machine);
    const to = { customerId: machine.customerId, siteId: machine.siteId };
    await auditMove(work, before.file, machine);
    await work.onMoved?.({ machineId: machine.machineId, from: { customerId, siteId }, to });
  }
  return "changed";
}

const auditMove = (work: OrganisationWork, from: MachineFile, to: MachineFile): Promise<void> =>
  audit(work, {
    action: "machine.moved",
    subject: { kind: "machine", id: to.machineId },
    facts: {
      fromCustomer: from.customerId ?? null,
      fromSite: from.siteId ?? null,
      toCustomer: to.customerId ?? null,
      toSite: to.siteId ?? null,
    },
  });

/** Idempotent for its own machine; whether it is another's was checked before. */
async function takeSerial({ tx }: ServiceWork, { machineId, serialNumber }: MachineFile) {
  await tx
    .tables<OrganisationTables>()
    .insertInto("serial_numbers")
    .values({ serial_key: serialKeyOf(serialNumber), machine_id: machineId })
    .onConflict((conflict) => conflict.column("serial_key").doNothing())
    .execute();
}

/** From now on it is his; whoever had it before, had it until now. */
async function openOwnership(
  { tx, at, actor }: ServiceWork,
  { machineId, customerId, siteId }: MachineFile,
): Promise<void> {
  const tables = tx.tables<OrganisationTables>();
  await tables
    .updateTable("machine_owners")
    .set({ until_at: at })
    .where("machine_id", "=", machineId)
    .where("until_at", "is", null)
    .execute();
  await tables
    .insertInto("machine_owners")
    .values({
      machine_id: machineId,
      from_at: at,
      until_at: null,
      customer_id: customerId ?? null,
      site_id: siteId ?? null,
      actor: actor.id,
    })
    // Twice within one millisecond: only where it went last counts.
    .onConflict((conflict) =>
      conflict.columns(["machine_id", "from_at"]).doUpdateSet({
        until_at: null,
        customer_id: customerId ?? null,
        site_id: siteId ?? null,
      }),
    )
    .execute();
}
