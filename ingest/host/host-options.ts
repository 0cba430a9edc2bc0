import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import type { Acknowledger } from "../delivery/acknowledger.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { ArrivedHealth } from "../health/health-book.ts";
import type { IntakeAlarms } from "./alarms.ts";
import type { NodeName } from "./node-name.ts";

export interface HostOptions {
  readonly storeId: string;
  readonly delivery: Delivery;
  readonly acknowledger: Acknowledger;
  readonly alarms: IntakeAlarms;
  readonly clock: Clock;
  readonly log: Logger;
  /** Machines a gateway may speak for; undefined where that is not known (an external broker's own rights). */
  readonly machinesOf: (gatewayId: string) => readonly string[] | undefined;
  readonly requestRebirth: (node: NodeName) => void;
  /** `position`: its place in the journal. */
  readonly onBatch: (arrived: ArrivedBatch, position: number) => void;
  /** What came in an NDATA: answers to orders, mostly. It must check who may say what, and never throw. */
  readonly onNodeData?: (gatewayId: string, metrics: readonly Metric[]) => void;
  /** What a gateway of ours says of itself. */
  readonly onHealth?: (arrived: ArrivedHealth) => void;
  readonly onSession?: (gatewayId: string, change: SessionChange) => void;
  readonly onMachine: (state: MachineState) => void;
  /** Sparkplug groups that are listened to; default: ours only. */
  readonly groups?: readonly string[];
  /** How long missing messages of a node may take before it is asked to be born again, ms; default 5,000. */
  readonly reorderTimeoutMs?: number;
}

/** A gateway's session began or ended. */
export interface SessionChange {
  readonly isOnline: boolean;
  /** Since when, ms, by the hub's clock; of an end about when the gateway was heard last. */
  readonly atMs: number;
  /** Of an end: by its own word, or because its connection broke; null where nobody heard how. */
  readonly saidGoodbye: boolean | null;
}

/** A machine was born, or its death or that of its node was heard. */
export interface MachineState {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly isOnline: boolean;
  /** Since when, ms: the hub's clock, or the time in a machine's own death certificate. */
  readonly atMs: number;
}

/** A batch that is on the journal's disk. */
export interface ArrivedBatch {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly receivedAtMs: number;
  readonly batch: Batch;
  readonly dictionary: SignalDictionary | undefined;
}
