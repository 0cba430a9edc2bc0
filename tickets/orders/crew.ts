import type { Engineer } from "../organisation/engineer.ts";
import { loadEngineers } from "../organisation/load-organisation.ts";
import type { Reader } from "../ticket-store.ts";
import { assignedHours } from "./ranking.ts";

/** An engineer as dispatch sees him, with the standard hours of the open work he has. */
export interface CrewMember extends Engineer {
  readonly assignedHours: number;
}

/** All engineers with their load, in the order of ids. */
export async function loadCrew(reader: Reader): Promise<CrewMember[]> {
  const [engineers, hours] = [await loadEngineers(reader), await assignedHours(reader)];
  return engineers.map((engineer) => ({
    ...engineer,
    assignedHours: hours.get(engineer.engineerId) ?? 0,
  }));
}
