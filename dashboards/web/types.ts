/** What the pages know of the interface: the server's own types, and nothing of its code. */

import type { SilenceCause } from "@firebreak/ingest/silence/silence.ts";
import type { Permission, Role } from "@firebreak/kit/roles.ts";

export type { Permission, Role } from "@firebreak/kit/roles.ts";
export type { Evidence } from "@firebreak/tickets/evidence.ts";
export type { PartsLine } from "@firebreak/tickets/parts/parts-line.ts";
export type { Ticket } from "@firebreak/tickets/ticket.ts";
export type { TicketEvent } from "@firebreak/tickets/ticket-event.ts";
export type {
  GatewayHealth,
  GatewayListRow,
  HealthProblem,
  Interruption,
} from "../server/api/gateway-health.ts";
export type { MachineHealth } from "../server/api/machine-health.ts";
export type {
  Alarm,
  LedgerCounts,
  LedgerHour,
  LinkState,
  MachineRow,
  QuarantineItem,
  RefusalRow,
  Series,
  SignalNow,
  TroubleCode,
} from "../server/api/schemas.ts";
export type { AempClientRow, AempSourceRow } from "../server/routes/aemp-clients.ts";
export type { CaptureRequestRow, CaptureRow } from "../server/routes/captures.ts";
export type { ControllerRow, FreezeFrameRow } from "../server/routes/controllers.ts";
export type { BackFillRow } from "../server/routes/late-data.ts";
export type { ActiveFinding, Shelved } from "../server/routes/shelving.ts";
export type { TelemetryExport } from "../server/routes/telemetry-exports.ts";
export type { ImportedRow, TelemetryImport } from "../server/routes/telemetry-imports.ts";

export interface Me {
  readonly username: string | null;
  readonly role: Role;
  readonly permissions: readonly Permission[];
  readonly engineerId?: string;
  readonly stationId?: string;
  readonly regionId?: string;
  readonly customerId?: string;
}

/** What the interface says of who asks: a role of null is nobody. */
export interface MeReply extends Omit<Me, "role"> {
  readonly role: Role | null;
}

export interface ListOf<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface FleetSummary {
  readonly machines: number;
  readonly online: number;
  readonly openTickets: number;
  readonly isSimulated: boolean;
  readonly silent: Readonly<Record<SilenceCause, number>>;
  readonly health: Readonly<Record<"good" | "watch" | "poor" | "critical" | "unknown", number>>;
}
