import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { machineKind } from "../organisation/file-kinds.ts";
import { pageOfFiles } from "../organisation/file-store.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import { planOfFile } from "./machine-usage.ts";

/** Plans of machines by their files, in memory: for machines that no gateway told of. */
export interface FilePlans {
  of(machineId: string): Plan | undefined;
  /** A file was written. */
  note(machine: MachineFile): void;
}

const PAGE = 1000;

export async function loadFilePlans(
  db: Database,
  plans: ReadonlyMap<string, Plan>,
): Promise<FilePlans> {
  const known = new Map<string, Plan>();
  const note = (machine: MachineFile) => {
    const plan = planOfFile(machine, plans);
    if (plan) known.set(machine.machineId, plan);
    else known.delete(machine.machineId);
  };
  let after: string | undefined;
  do {
    const page = await pageOfFiles(db, machineKind, { limit: PAGE, after });
    for (const { file } of page.items) note(file);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return { of: (machineId) => known.get(machineId), note };
}
