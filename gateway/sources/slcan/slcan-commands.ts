import { encodeRequest } from "../can/j1939/request.ts";

/** Bit rates that every adapter of this protocol knows, and the command that sets each. */
export const bitRates = {
  10000: "S0",
  20000: "S1",
  50000: "S2",
  100000: "S3",
  125000: "S4",
  250000: "S5",
  500000: "S6",
  800000: "S7",
  1000000: "S8",
} as const;

export const closeCommand = "C";
/** Opened with L an adapter takes part in nothing, not even in acknowledging; with O it is a node of the bus. */
export const openCommand = (listenOnly: boolean): string => (listenOnly ? "L" : "O");
export const flagsCommand = "F";

/** The line that asks `da` for a J1939 message. */
export function requestCommand(pgn: number, da: number, sa: number): string {
  const { canId, data } = encodeRequest({ pgn, da, sa });
  const id = canId.toString(16).toUpperCase().padStart(8, "0");
  return `T${id}${data.length}${Buffer.from(data).toString("hex").toUpperCase()}`;
}

/** State flags of an adapter, each kept until it is read. @see LAWICEL CAN232 manual, command F */
export const flag = {
  receiveQueueFull: 0x01,
  sendQueueFull: 0x02,
  errorWarning: 0x04,
  overrun: 0x08,
  errorPassive: 0x20,
  arbitrationLost: 0x40,
  busError: 0x80,
} as const;
