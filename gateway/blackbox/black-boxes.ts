import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { CaptureStored } from "@firebreak/wire/machine-event.ts";
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
  /** Tells the hub of a stored capture of a machine. */
  readonly announce: (machineId: string, event: CaptureStored) => void;
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
    const announce = (event: CaptureStored) => this.#options.announce(machineId, event);
    const all = { ...blackBoxDefaults, ...settings };
    const box = new BlackBox({ ...all, folder: own, clock, log, announce });
    this.#boxes.set(machineId, box);
    return box;
  }

  /** The black box of a machine, unless none was ever made for it. */
  known(machineId: string): BlackBox | undefined {
    return this.#boxes.get(machineId);
  }

  announceAll(): void {
    for (const box of this.#boxes.values()) box.announceAll();
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
