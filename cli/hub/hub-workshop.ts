import type { FollowingStore } from "@firebreak/ingest/store/store.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { FieldDeskOptions } from "@firebreak/tickets/field/field-desk.ts";
import type { MediaFiles } from "@firebreak/tickets/field/media-files.ts";
import type { MachineFile } from "@firebreak/tickets/organisation/machine-file.ts";
import type { HolidayTable } from "@firebreak/tickets/sla/calendar.ts";
import type { TicketServiceOptions } from "@firebreak/tickets/ticket-service.ts";
import type { Follow } from "@firebreak/tickets/ticket-work.ts";

/** What a running hub lends to whoever gives its commands by another clock. */
export interface HubWorkshop {
  readonly db: Database;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly holidays: HolidayTable;
  readonly follow: Follow;
  /** Of the hub's own tickets: open pages hear of what is ordered. */
  readonly listeners: NonNullable<TicketServiceOptions["listeners"]>;
  readonly onMachine: (file: MachineFile) => void;
  readonly files: MediaFiles;
  readonly telemetry: FieldDeskOptions["telemetry"] & Pick<FollowingStore, "takeMadeHours">;
  /** Meanwhile tickets do nothing by themselves: half a story in the past would be overdue. */
  undisturbed<Result>(work: () => Promise<Result>): Promise<Result>;
}
