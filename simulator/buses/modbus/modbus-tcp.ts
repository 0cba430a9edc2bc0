import { createServer, type Server, type Socket } from "node:net";
import type { ModbusDevice } from "./modbus-device.ts";
import { AnswerDesk } from "./serve-modbus.ts";

const headerBytes = 7;
/** @see Modbus messaging on TCP/IP 1.0b, 3.1.3: length counts the unit and at most 253 bytes */
const mostLength = 254;

/** Modbus TCP devices behind one address: one controller, or several units behind a converter. */
export interface ModbusTcpServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves devices on a free port of loopback; each answers to its own unit id, and to others nobody does.
 * @see Modbus messaging on TCP/IP 1.0b
 */
export async function serveModbusTcp(devices: readonly ModbusDevice[]): Promise<ModbusTcpServer> {
  const host = "127.0.0.1";
  const desk = new AnswerDesk();
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    serve(socket, devices, desk);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(0, host, resolve);
  await promise;
  const address = server.address();
  return {
    host,
    port: address && typeof address === "object" ? address.port : 0,
    close: () =>
      new Promise((closed) => {
        desk.close();
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}

function serve(socket: Socket, devices: readonly ModbusDevice[], desk: AnswerDesk): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= headerBytes) {
      const length = rest.readUInt16BE(4);
      // What makes no header has no end either.
      if (rest.readUInt16BE(2) !== 0 || length < 2 || length > mostLength) {
        socket.destroy();
        return;
      }
      const end = headerBytes - 1 + length;
      if (rest.length < end) return;
      answer(socket, { devices, desk, frame: rest.subarray(0, end) });
      rest = rest.subarray(end);
    }
  });
}

function answer(
  socket: Socket,
  request: {
    readonly devices: readonly ModbusDevice[];
    readonly desk: AnswerDesk;
    readonly frame: Buffer;
  },
): void {
  const { devices, desk, frame } = request;
  const unitId = frame[6] ?? 0;
  const device = devices.find((one) => one.unitId === unitId);
  if (device === undefined) return;
  const transaction = frame.readUInt16BE(0);
  desk.ask(device, frame.subarray(headerBytes), {
    send(_, pdu) {
      const header = Buffer.alloc(headerBytes);
      header.writeUInt16BE(transaction, 0);
      header.writeUInt16BE(pdu.length + 1, 4);
      header[6] = unitId;
      socket.write(Buffer.concat([header, pdu]));
    },
  });
}
