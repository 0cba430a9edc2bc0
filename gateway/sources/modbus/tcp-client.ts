import { connect, type Socket } from "node:net";
import { startAnswerTimer } from "./answer-timer.ts";
import { encodeTcp, type TcpFrame, TcpReceiver } from "./framing/mbap.ts";
import { decodeReply, encodeRead } from "./framing/pdu.ts";
import {
  closedFailure,
  type Hear,
  type LinkCounts,
  type ModbusClient,
  type ReadOutcome,
  type ReadRequest,
  unreachable,
} from "./modbus-client.ts";

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

interface Connection {
  readonly socket: Socket;
  readonly receiver: TcpReceiver;
  /** Why it is of no more use. */
  lost?: string;
  /** Called with every frame, and without one when the connection went. */
  onFrame: (frame?: TcpFrame) => void;
}

const maxWords = 2_000;

/**
 * Connects to a Modbus server. When an answer stops in its middle, what follows on that connection cannot be told apart
 * any more, so the next read makes a new one by itself.
 * @throws CodedError MODBUS_CONNECT_FAILED (retryable)
 */
export async function connectTcp(
  address: TcpAddress,
  counts: LinkCounts,
  hear: Hear = () => {},
): Promise<ModbusClient> {
  const client = new TcpClient(address, counts, hear);
  await client.connect();
  return client;
}

class TcpClient implements ModbusClient {
  readonly #address: TcpAddress;
  readonly #counts: LinkCounts;
  readonly #hear: Hear;
  readonly #words = new Uint16Array(maxWords);
  #connection: Connection | undefined;
  #transaction = 0;
  #isClosed = false;

  constructor(address: TcpAddress, counts: LinkCounts, hear: Hear) {
    this.#hear = hear;
    this.#address = address;
    this.#counts = counts;
  }

  async connect(): Promise<Connection> {
    const { host, port, timeoutMs } = this.#address;
    const connection = await openConnection(host, port, timeoutMs);
    connection.socket.on("data", (bytes: Uint8Array) => this.#hear("reply", bytes));
    if (this.#isClosed) {
      connection.socket.destroy();
      throw unreachable(`${host}:${port}`, new Error("closed"));
    }
    this.#counts.connects++;
    this.#connection = connection;
    return connection;
  }

  async read(request: ReadRequest): Promise<ReadOutcome> {
    // The rest of an answer that stopped in its middle could be taken for the begin of another.
    if (this.#connection?.receiver.isMidFrame) this.#drop();
    let connection = this.#connection;
    if (connection === undefined)
      try {
        connection = await this.connect();
      } catch (error) {
        return closedFailure(error instanceof Error ? error.message : "no connection");
      }
    if (connection.lost !== undefined) return closedFailure(connection.lost);
    return this.#exchange(connection, request);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#drop();
    return Promise.resolve();
  }

  #drop(): void {
    this.#connection?.socket.destroy();
    this.#connection = undefined;
  }

  #exchange(
    connection: Connection,
    { unitId, block, timeoutMs }: ReadRequest,
  ): Promise<ReadOutcome> {
    this.#transaction = (this.#transaction + 1) & 0xffff;
    const transaction = this.#transaction;
    const { socket, receiver } = connection;
    let foreign = 0;
    return new Promise((resolve) => {
      const finish = (outcome: ReadOutcome) => {
        endTimer();
        connection.onFrame = () => {};
        resolve(outcome);
      };
      const endTimer = startAnswerTimer(timeoutMs, () =>
        finish(overdue(foreign, receiver.isMidFrame)),
      );
      connection.onFrame = (frame) => {
        if (!frame) return finish(closedFailure(connection.lost ?? "connection closed"));
        const isMine = frame.transaction === transaction && frame.unitId === unitId;
        const reply = isMine ? decodeReply(frame.pdu, block, this.#words) : undefined;
        if (reply?.kind === "words") return finish({ words: this.#words });
        if (reply?.kind === "exception") return finish({ failure: reply });
        foreign++;
        this.#counts.foreignFrames++;
      };
      const frame = encodeTcp(transaction, unitId, encodeRead(block));
      this.#hear("request", frame);
      socket.write(frame);
    });
  }
}

function overdue(foreign: number, isMidFrame: boolean): ReadOutcome {
  if (isMidFrame) return garbled("the answer stops in its middle");
  if (foreign > 0) return garbled("what came answers another request");
  return { failure: { kind: "silence", reason: "no answer in time" } };
}

const garbled = (reason: string): ReadOutcome => ({ failure: { kind: "garbled", reason } });

function openConnection(host: string, port: number, timeoutMs: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const connection: Connection = { socket, receiver: new TcpReceiver(), onFrame: () => {} };
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(unreachable(`${host}:${port}`, error));
    };
    const timer = setTimeout(() => fail(new Error("no answer in time")), timeoutMs);
    socket.once("error", fail);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      const lose = (reason: string) => {
        connection.lost ??= reason;
        connection.onFrame();
      };
      socket.on("error", (error) => lose(error.message));
      socket.on("close", () => lose("connection closed"));
      socket.on("data", (bytes) => {
        connection.receiver.push(bytes, (frame) => connection.onFrame(frame));
        if (!connection.receiver.isBroken) return;
        socket.destroy();
        lose("what comes is not Modbus");
      });
      resolve(connection);
    });
  });
}
