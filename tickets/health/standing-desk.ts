import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { machineKind } from "../organisation/file-kinds.ts";
import { findFile } from "../organisation/file-store.ts";
import { loadRegions } from "../organisation/load-organisation.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import { loadMachinesAfter } from "../planner/load-planned.ts";
import type { Usage } from "../planner/planned-machine.ts";
import { loadStandings } from "./load-standings.ts";
import type { Standing } from "./standing.ts";

export interface StandingDeskOptions {
  readonly db: Database;
  /** See `planOfFile`. */
  readonly planOf: (machine: MachineFile) => Plan | undefined;
  readonly usageOf: (machine: MachineFile, nowMs: number) => Usage | undefined;
  readonly clock: Pick<Clock, "nowMs">;
}

export interface StandingDesk {
  /** Undefined: a machine without a file, of which nothing is known beside what it says. */
  of(machineId: string): Promise<Standing | undefined>;
  /** All machines that work, some at a time, in the order of their ids; the reading may end whenever it likes. */
  all(): AsyncGenerator<Standing[]>;
}

const together = 200;

/** What is known of machines beside what they say: parts and their lives, overdue work, repairs, rules that only show. */
export function createStandingDesk({
  db,
  planOf,
  usageOf,
  clock,
}: StandingDeskOptions): StandingDesk {
  const load = async (files: readonly MachineFile[]): Promise<Standing[]> => {
    const setting = { planOf, usageOf, regions: await loadRegions(db), nowMs: clock.nowMs() };
    return [...(await loadStandings(db, files, setting)).values()];
  };
  return {
    async of(machineId) {
      const found = await findFile(db, machineKind, machineId);
      return found ? (await load([found.file]))[0] : undefined;
    },
    async *all() {
      for (let after = ""; ; ) {
        const files = await loadMachinesAfter(db, after, together);
        const last = files.at(-1);
        if (last === undefined) return;
        after = last.machineId;
        yield await load(files);
      }
    },
  };
}
