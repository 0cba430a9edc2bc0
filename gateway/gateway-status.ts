import type { BlackBoxStatus } from "./blackbox/black-box.ts";
import type { TimeStatus } from "./clock/gateway-time.ts";
import type { CertificateStatus } from "./identity/gateway-identity.ts";
import type { MachineDataStatus } from "./publish/data-budget.ts";
import type { PublisherStatus } from "./publish/publisher.ts";
import type { BusStatus, DeviceStatus, SourceState } from "./sources/source.ts";
import type { SpoolStatus } from "./spool/spool-status.ts";

/** How one source fares. `ended`: a recording that was played to its end; `failed`: it will not be tried again. */
export interface SourceStatus {
  readonly machineId: string;
  readonly source: string;
  readonly state: SourceState["state"] | "opening" | "waiting" | "ended" | "failed";
  readonly detail: string;
  readonly counters: Readonly<Record<string, number>>;
  /** Of a source on CAN. */
  readonly buses?: readonly BusStatus[];
  /** Of a source on Modbus. */
  readonly devices?: readonly DeviceStatus[];
}

/** Everything a gateway says of itself; `spool.machines` is its half of the loss ledger. */
export interface GatewayStatus {
  readonly gatewayId: string;
  readonly sources: readonly SourceStatus[];
  readonly link: PublisherStatus;
  /** Null when it comes in by password. */
  readonly certificate: CertificateStatus | null;
  readonly spool: SpoolStatus;
  readonly time: TimeStatus;
  /** What each machine sends in a month, and what of it costs most. */
  readonly data: readonly MachineDataStatus[];
  /** Raw frames kept, by machine. */
  readonly blackBoxes: Readonly<Record<string, BlackBoxStatus>>;
}
