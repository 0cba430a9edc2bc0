import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { BusInput } from "./bus-input.ts";
import type { CanNetwork, OnFrame } from "./can/can-network.ts";
import type { CanNodeHandle } from "./can/can-node.ts";
import { CanopenNode } from "./canopen/canopen-node.ts";
import { J1939Node, type J1939NodeHandle } from "./j1939/j1939-node.ts";
import { ModbusDevice, type ModbusDeviceHandle } from "./modbus/modbus-device.ts";
import { createNetworks, type NetworkOptions } from "./plan-networks.ts";

/**
 * Everything of a machine that speaks: its CAN networks and its Modbus devices, as its plan has them. Pure: the same plan,
 * seed and calls give the same frames and registers, live or a year at a time.
 */
export class MachineBuses {
  readonly networks: readonly CanNetwork[];
  readonly devices: readonly ModbusDevice[];
  #input: BusInput | undefined;

  constructor(plan: Plan, options: NetworkOptions) {
    this.networks = createNetworks(plan, options);
    const names = Object.keys(plan.acquisition.modbusDevices ?? {});
    this.devices = names.map((name) => new ModbusDevice(plan, name));
  }

  /** Control units that speak J1939, for whoever simulates faults. */
  get controlUnits(): readonly J1939NodeHandle[] {
    return this.#nodes.filter((node) => node instanceof J1939Node);
  }

  get canopenNodes(): readonly CanNodeHandle[] {
    return this.#nodes.filter((node) => node instanceof CanopenNode);
  }

  get modbusDevices(): readonly ModbusDeviceHandle[] {
    return this.devices;
  }

  get #nodes(): readonly CanNodeHandle[] {
    return this.networks.flatMap(({ nodes }) => nodes);
  }

  /**
   * Lets time pass until `untilMs`, counted from when the machine was switched on, while `input` holds. `onFrame` gets
   * the frames of all networks in the order of time.
   */
  step(untilMs: number, input: BusInput, onFrame: OnFrame): void {
    if (input !== this.#input) for (const device of this.devices) device.update(input.values);
    this.#input = input;
    for (const network of this.networks) network.update(input);
    for (let isOver = this.networks.length < 2; !isOver; ) isOver = this.#turn(untilMs, onFrame);
    for (const network of this.networks) network.run(untilMs, onFrame);
  }

  /** The network that is first runs up to where another one is; true if nothing is due any more. */
  #turn(untilMs: number, onFrame: OnFrame): boolean {
    let first: CanNetwork | undefined;
    let firstMs = Number.POSITIVE_INFINITY;
    let secondMs = untilMs;
    for (const network of this.networks) {
      const { nextMs } = network;
      if (nextMs < firstMs) {
        secondMs = Math.min(secondMs, firstMs);
        firstMs = nextMs;
        first = network;
      } else secondMs = Math.min(secondMs, nextMs);
    }
    if (firstMs > untilMs) return true;
    // At least one frame: two may be due at once.
    first?.run(Math.max(firstMs, secondMs), onFrame);
    return false;
  }
}
