import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { MachinePipeline } from "./pipeline/machine-pipeline.ts";
import {
  type DataBudget,
  type MachineDataStatus,
  machineDataStatus,
} from "./publish/data-budget.ts";
import { DataUsage, messageOverheadBytes } from "./publish/data-usage.ts";
import type { EdgeNode } from "./publish/edge-node.ts";

/** At most so much of the count is lost in a power cut; each writing costs two fsyncs. */
const saveMs = 3_600_000;

export interface WatchedMachine {
  readonly pipeline: MachinePipeline;
  readonly dataBudget: DataBudget | undefined;
}

export interface DataWatchOptions {
  readonly folder: string;
  readonly machines: readonly WatchedMachine[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Counts what each machine sends, keeps the count over restarts, and warns before a budget is used up. */
export class DataWatch {
  readonly #options: DataWatchOptions;
  readonly #usage: DataUsage;
  readonly #warned = new Map<string, MachineDataStatus["state"]>();
  #lookedMs: number;

  constructor(options: DataWatchOptions) {
    this.#options = options;
    const { folder, clock } = options;
    this.#usage = new DataUsage(join(folder, "usage.json"), () => clock.nowMs());
    this.#lookedMs = clock.monotonicMs();
  }

  /** The same edge node, with everything it sends counted. */
  counted(
    edge: EdgeNode,
  ): Pick<EdgeNode, "publishBatch" | "publishHealth" | "rebirth" | "dropLink"> {
    return {
      publishBatch: (machineId, block, isHistorical) => {
        const isSent = edge.publishBatch(machineId, block, isHistorical);
        if (isSent) this.#usage.note(machineId, block.length + messageOverheadBytes);
        return isSent;
      },
      publishHealth: (entries, isHistorical) => {
        const bytes = edge.publishHealth(entries, isHistorical);
        if (bytes > 0) this.#noteShared(bytes + messageOverheadBytes);
        return bytes;
      },
      rebirth: () => edge.rebirth(),
      dropLink: (reason) => edge.dropLink(reason),
    };
  }

  /** Whether a machine's budget leaves room for so many bytes more this month. */
  hasRoomFor(machineId: string, bytes: number): boolean {
    const { machines } = this.#options;
    const machine = machines.find(({ pipeline }) => pipeline.machineId === machineId);
    const { megabytesPerMonth = Number.POSITIVE_INFINITY } = machine?.dataBudget ?? {};
    return this.#usage.usedBytes(machineId) + bytes <= megabytesPerMonth * 1_000_000;
  }

  /** Counts what was sent besides batches. */
  note(machineId: string, bytes: number): void {
    this.#usage.note(machineId, bytes + messageOverheadBytes);
  }

  /** Counts a birth; that of the gateway itself is every machine's. */
  readonly born = (bytes: number, machineId?: string): void => {
    if (machineId === undefined) this.#noteShared(bytes + messageOverheadBytes);
    else this.note(machineId, bytes);
  };

  status(): MachineDataStatus[] {
    return this.#options.machines.map(({ pipeline, dataBudget }) =>
      machineDataStatus({
        machineId: pipeline.machineId,
        acquisition: pipeline.acquisition,
        usage: this.#usage,
        budget: dataBudget,
        samples: pipeline.producedBySignal(),
      }),
    );
  }

  /** Looks once an hour; call it as often as you like. */
  tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lookedMs < saveMs) return;
    this.#lookedMs = nowMs;
    for (const machine of this.status()) this.#warn(machine);
    this.save();
  }

  /** What is of no machine in particular is every machine's in equal parts. */
  #noteShared(bytes: number): void {
    const { machines } = this.#options;
    for (const { pipeline } of machines)
      this.#usage.note(pipeline.machineId, Math.ceil(bytes / machines.length));
  }

  save(): void {
    try {
      this.#usage.save();
    } catch (err) {
      this.#options.log.warn({ err }, "count of sent data could not be written");
    }
  }

  /** Once per change, not every hour. */
  #warn({ machineId, state, ...figures }: MachineDataStatus): void {
    if ((this.#warned.get(machineId) ?? "ok") === state) return;
    this.#warned.set(machineId, state);
    if (state === "ok") return;
    this.#options.log.warn({ machineId, state, ...figures }, "data budget of a machine");
  }
}
