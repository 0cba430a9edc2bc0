import type { BusStatus } from "../source.ts";

/** What an error frame says; absent: nothing of it. */
export interface BusEvent {
  readonly controller?: NonNullable<BusStatus["controller"]>;
  /** The controller's own buffer ran over. */
  readonly isOverrun: boolean;
  /** Something was wrong on the wire: bit, stuff, form, acknowledge. */
  readonly isBusError: boolean;
}

/** Classes and bits of linux/can/error.h. */
const controllerClass = 0x04;
const protocolClass = 0x08;
const acknowledgeClass = 0x20;
const busOffClass = 0x40;
const busErrorClass = 0x80;
const restartedClass = 0x100;
const overrunBit = 0x01;
const warningBits = 0x04 | 0x08;
const passiveBits = 0x10 | 0x20;
const activeBit = 0x40;

/** @see linux/can/error.h: `classes` is the identifier of the error frame, byte 1 the state of the controller */
export function decodeErrorFrame(classes: number, data: Uint8Array): BusEvent {
  const state = (classes & controllerClass) === 0 ? 0 : (data[1] ?? 0);
  const controller = controllerOf(classes, state);
  return {
    ...(controller === undefined ? {} : { controller }),
    isOverrun: (state & overrunBit) !== 0,
    isBusError: (classes & (protocolClass | acknowledgeClass | busErrorClass)) !== 0,
  };
}

function controllerOf(classes: number, state: number): BusEvent["controller"] {
  if ((classes & busOffClass) !== 0) return "bus-off";
  if ((state & passiveBits) !== 0) return "error-passive";
  if ((state & warningBits) !== 0) return "error-warning";
  if ((state & activeBit) !== 0 || (classes & restartedClass) !== 0) return "error-active";
  return undefined;
}
