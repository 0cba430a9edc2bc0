import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  BlackBox,
  type BlackBoxSettings,
  type BlackBoxStatus,
  blackBoxDefaults,
} from "./black-box.ts";

export interface BlackBoxesOptions {
  /** Captures lie below it, by machine. */
  readonly folder: string;
  readonly settings: Partial<BlackBoxSettings> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One black box per machine, made when it is first needed. */
export class BlackBoxes {
  readonly #options: BlackBoxesOptions;
  readonly #boxes = new Map<string, BlackBox>();

  constructor(options: BlackBoxesOptions) {
    this.#options = options;
  }

  of(machineId: string): BlackBox {
    const known = this.#boxes.get(machineId);
    if (known) return known;
    const { folder, settings, clock, log } = this.#options;
    const own = join(folder, encodeURIComponent(machineId));
    const box = new BlackBox({ ...blackBoxDefaults, ...settings, folder: own, clock, log });
    this.#boxes.set(machineId, box);
    return box;
  }

  tick(): void {
    for (const box of this.#boxes.values()) box.tick();
  }

  status(): Record<string, BlackBoxStatus> {
    return Object.fromEntries([...this.#boxes].map(([id, box]) => [id, box.status()]));
  }

  async close(): Promise<void> {
    for (const box of this.#boxes.values()) await box.close();
  }
}
