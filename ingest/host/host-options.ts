import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import type { Acknowledger } from "../delivery/acknowledger.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { IntakeAlarms } from "./alarms.ts";

export interface HostOptions {
  readonly storeId: string;
  readonly delivery: Delivery;
  readonly acknowledger: Acknowledger;
  readonly alarms: IntakeAlarms;
  readonly clock: Clock;
  readonly log: Logger;
  /** Machines a gateway may speak for; undefined where that is not known (an external broker's own rights). */
  readonly machinesOf: (gatewayId: string) => readonly string[] | undefined;
  readonly requestRebirth: (gatewayId: string) => void;
  readonly onBatch: (arrived: ArrivedBatch) => void;
  /** What came in an NDATA: answers to orders, mostly. It must check who may say what, and never throw. */
  readonly onNodeData?: (gatewayId: string, metrics: readonly Metric[]) => void;
  readonly onMachine: (state: { gatewayId: string; machineId: string; isOnline: boolean }) => void;
}

/** A batch that is on the journal's disk. */
export interface ArrivedBatch {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly receivedAtMs: number;
  readonly batch: Batch;
  readonly dictionary: SignalDictionary | undefined;
}
