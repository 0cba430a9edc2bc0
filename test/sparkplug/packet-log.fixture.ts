import { connect, createServer, type Server, type Socket } from "node:net";
import { createPacketReader } from "../mqtt-packets.fixture.ts";

/** An MQTT 3.1.1 packet as it went over the line. */
export type Packet =
  | {
      readonly kind: "connect";
      readonly level: number;
      readonly isClean: boolean;
      readonly clientId: string;
      readonly will?: Sent;
    }
  | { readonly kind: "publish"; readonly sent: Sent }
  | { readonly kind: "subscribe"; readonly filters: readonly { topic: string; qos: number }[] }
  | { readonly kind: "disconnect" | "connack" | "other" };

export interface Sent {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: number;
  readonly isRetained: boolean;
}

export interface LoggedPacket {
  readonly from: "client" | "broker";
  readonly atMs: number;
  readonly packet: Packet;
}

/** One TCP connection, from its beginning to its end. */
export interface LoggedConnection {
  readonly openedMs: number;
  closedMs: number | undefined;
  readonly packets: LoggedPacket[];
}

/** Stands between one client and a broker, passes everything on, and writes down every packet. */
export class PacketLog {
  readonly connections: LoggedConnection[] = [];
  /** The next message to a topic of which this is a part is lost on the way to the broker. */
  losesNext: string | undefined;
  readonly #server: Server;
  readonly #open = new Set<() => void>();

  private constructor(target: number) {
    this.#server = createServer((client) => this.#join(client, target));
  }

  static async start(target: number): Promise<PacketLog> {
    const log = new PacketLog(target);
    await new Promise<void>((resolve) => log.#server.listen(0, "127.0.0.1", resolve));
    return log;
  }

  get url(): string {
    const address = this.#server.address();
    return `mqtt://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  }

  /** Cuts what is open, without a word to either side. */
  cut(): void {
    for (const end of this.#open) end();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, target: number): void {
    const broker = connect({ port: target, host: "127.0.0.1", noDelay: true });
    client.setNoDelay(true);
    const packets: LoggedPacket[] = [];
    const connection: LoggedConnection = { openedMs: Date.now(), closedMs: undefined, packets };
    this.connections.push(connection);
    const note = (from: "client" | "broker", bytes: Uint8Array) => {
      const packet = decodePacket(Buffer.from(bytes));
      packets.push({ from, atMs: Date.now(), packet });
      return packet;
    };
    client.on(
      "data",
      createPacketReader((bytes) => {
        const packet = note("client", bytes);
        if (!this.#loses(packet)) broker.write(bytes);
      }),
    );
    broker.on(
      "data",
      createPacketReader((bytes) => {
        note("broker", bytes);
        client.write(bytes);
      }),
    );
    const end = () => {
      client.destroy();
      broker.destroy();
      connection.closedMs ??= Date.now();
      this.#open.delete(end);
    };
    this.#open.add(end);
    for (const socket of [client, broker]) socket.on("error", end).on("close", end);
  }

  #loses(packet: Packet): boolean {
    const { losesNext } = this;
    if (losesNext === undefined || packet.kind !== "publish") return false;
    if (!packet.sent.topic.includes(losesNext)) return false;
    this.losesNext = undefined;
    return true;
  }
}

/** @see MQTT 3.1.1, 3.1 CONNECT, 3.3 PUBLISH, 3.8 SUBSCRIBE */
function decodePacket(bytes: Buffer): Packet {
  const first = bytes[0] ?? 0;
  let at = 1;
  while (((bytes[at++] ?? 0) & 0x80) !== 0);
  const body = bytes.subarray(at);
  switch (first >> 4) {
    case 1:
      return connectOf(body);
    case 2:
      return { kind: "connack" };
    case 3:
      return { kind: "publish", sent: publishOf(first, body) };
    case 8:
      return { kind: "subscribe", filters: filtersOf(body) };
    case 14:
      return { kind: "disconnect" };
    default:
      return { kind: "other" };
  }
}

/** A field of two bytes of length and as many bytes. */
const fieldAt = (body: Buffer, at: number) => {
  const end = at + 2 + body.readUInt16BE(at);
  return { bytes: body.subarray(at + 2, end), end };
};

function connectOf(body: Buffer): Packet {
  const protocol = fieldAt(body, 0);
  const level = body.readUInt8(protocol.end);
  const flags = body.readUInt8(protocol.end + 1);
  const id = fieldAt(body, protocol.end + 4);
  const about = {
    kind: "connect" as const,
    level,
    isClean: (flags & 2) !== 0,
    clientId: id.bytes.toString(),
  };
  if ((flags & 4) === 0) return about;
  const topic = fieldAt(body, id.end);
  const payload = fieldAt(body, topic.end);
  const will = {
    topic: topic.bytes.toString(),
    payload: Buffer.from(payload.bytes),
    qos: (flags >> 3) & 3,
    isRetained: (flags & 32) !== 0,
  };
  return { ...about, will };
}

function publishOf(first: number, body: Buffer): Sent {
  const topic = fieldAt(body, 0);
  const qos = (first >> 1) & 3;
  return {
    topic: topic.bytes.toString(),
    payload: Buffer.from(body.subarray(topic.end + (qos > 0 ? 2 : 0))),
    qos,
    isRetained: (first & 1) !== 0,
  };
}

function filtersOf(body: Buffer): { topic: string; qos: number }[] {
  const filters: { topic: string; qos: number }[] = [];
  for (let at = 2; at < body.length; ) {
    const topic = fieldAt(body, at);
    filters.push({ topic: topic.bytes.toString(), qos: body.readUInt8(topic.end) });
    at = topic.end + 1;
  }
  return filters;
}
