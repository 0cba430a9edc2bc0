import { type ByteLine, openPseudoTerminal, openSerialPort } from "../outputs/byte-line.ts";
import type { ModbusDevice } from "./modbus-device.ts";
import { RtuRequests, rtuFrameOf } from "./rtu-requests.ts";
import { AnswerDesk } from "./serve-modbus.ts";

/** Modbus RTU devices on one line. */
export interface ModbusRtuServer {
  /** The serial port that a reader opens; that of the devices where a real one was named. */
  readonly path: string;
  close(): Promise<void>;
}

export interface RtuLineOptions {
  /** A serial port that is there; by default a pseudo terminal is made. */
  readonly port?: string;
  /** bit/s, 8N1. A pseudo terminal has no speed of its own: it is kept by waiting. Default 115,200. */
  readonly baudRate?: number;
}

const bitsPerByte = 10;
/** A request and the longest answer. @see Modbus over serial line 1.02, 2.5.1 */
const mostBytes = 8 + 256;

/**
 * Serves devices on one line; each answers to its own unit id and hears what is meant for others without a word, as on
 * RS-485. A device that needs silence does not hear who asks too early.
 * @throws CodedError NO_PSEUDO_TERMINAL, SERIAL_LINE_FAILED
 */
export async function serveModbusRtu(
  devices: readonly ModbusDevice[],
  { port, baudRate = 115_200 }: RtuLineOptions = {},
): Promise<ModbusRtuServer> {
  const desk = new AnswerDesk();
  const requests = new RtuRequests();
  const answeredMs = new Map<ModbusDevice, number>();
  const onBytes = (bytes: Uint8Array): void => {
    const nowMs = performance.now();
    for (const { unitId, pdu } of requests.push(bytes, nowMs)) {
      const device = devices.find((one) => one.unitId === unitId);
      const sinceMs = nowMs - ((device && answeredMs.get(device)) ?? Number.NEGATIVE_INFINITY);
      if (device && sinceMs >= device.quietMs)
        desk.ask(device, pdu, { send }, port === undefined ? onLineMs(pdu) : 0);
    }
  };
  const line: ByteLine =
    port === undefined
      ? await openPseudoTerminal(onBytes)
      : await openSerialPort(port, baudRate, onBytes);
  function send(device: ModbusDevice, pdu: Uint8Array): void {
    answeredMs.set(device, performance.now());
    line.write(rtuFrameOf(device.unitId, pdu));
  }
  /** Of the request and of an answer with registers. */
  function onLineMs(pdu: Uint8Array): number {
    const bytes = pdu.length + 3 + 5 + 2 * (((pdu[3] ?? 0) << 8) | (pdu[4] ?? 0));
    return (1_000 * bitsPerByte * Math.min(bytes, mostBytes)) / baudRate;
  }
  return {
    path: line.path,
    async close() {
      desk.close();
      await line.close();
    },
  };
}
