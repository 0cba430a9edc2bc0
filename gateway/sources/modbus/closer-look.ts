import {
  type DeviceLook,
  type Look,
  type LookedAtDevice,
  lookAtDevice,
} from "../../local/look-at-registers.ts";
import type { SourceContext } from "../source.ts";
import { type DeviceState, isUnreachable } from "./device-state.ts";
import type { ModbusClient } from "./modbus-client.ts";
import { registerSignalsOf } from "./registers/register-signals.ts";

/** Somebody who waits for a closer look waits no longer for a connection. */
const beginMs = 15_000;
/** A device under another unit id answers soon or not at all; twelve are asked, and a slow line has its own delay. */
const scanMs = 600;

/** Closer looks that were asked for; they go over the connection of the source, one request at a time like all. */
export class CloserLooks {
  readonly #context: Pick<SourceContext, "acquisition" | "dictionary">;
  readonly #waiting = new Set<(client: ModbusClient) => Promise<void>>();
  readonly #devices: readonly DeviceState[];

  constructor(
    devices: readonly DeviceState[],
    context: Pick<SourceContext, "acquisition" | "dictionary">,
  ) {
    this.#devices = devices;
    this.#context = context;
  }

  /** Empty when there was no connection to look over. */
  ask(): Promise<readonly DeviceLook[]> {
    return new Promise((resolve) => {
      const look = async (client: ModbusClient) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(await this.#lookAtAll(client));
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        resolve([]);
      }, beginMs);
      this.#waiting.add(look);
    });
  }

  /** Does what is asked for; call it between two requests. */
  async over(client: ModbusClient): Promise<void> {
    for (const look of this.#waiting) await look(client);
  }

  async #lookAtAll(client: ModbusClient): Promise<DeviceLook[]> {
    const taken = this.#devices.map(({ unitId }) => unitId);
    const looks: DeviceLook[] = [];
    for (const device of this.#devices)
      looks.push(await lookAtDevice(this.#known(device), taken, lookOver(client, device)));
    return looks;
  }

  #known({ name, unitId }: DeviceState): LookedAtDevice {
    const { acquisition, dictionary } = this.#context;
    const signals = registerSignalsOf(acquisition, dictionary, name).map((signal) => ({
      name: dictionary.signals[signal.index]?.name ?? "",
      signal,
    }));
    return { name, unitId, signals };
  }
}

const lookOver =
  (client: ModbusClient, device: DeviceState): Look =>
  async (unitId, block) => {
    const timeoutMs = unitId === device.unitId ? device.timeoutMs : scanMs;
    const outcome = await client.read({ unitId, block, timeoutMs, quietMs: device.quietMs });
    if ("words" in outcome) return outcome;
    const { failure } = outcome;
    if (failure.kind === "garbled") return failure.is;
    return failure.kind === "exception" && !isUnreachable(failure.code) ? "refused" : undefined;
  };
