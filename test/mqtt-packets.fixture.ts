/** MQTT 3.1.1 packet boundaries, and the PUBLISH packets among them. */
export interface Publish {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** Takes a stream in pieces of any size and calls `onPacket` for each whole packet, told what it is if a PUBLISH. */
export function createPacketReader(onPacket: (bytes: Uint8Array, publish?: Publish) => void) {
  let rest = Buffer.alloc(0);
  return (piece: Uint8Array): void => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const packet = packetAt(rest);
      if (packet === undefined) return;
      const bytes = rest.subarray(0, packet.end);
      rest = rest.subarray(packet.end);
      onPacket(bytes, packet.kind === 3 ? publishOf(packet) : undefined);
    }
  };
}

interface Packet {
  readonly kind: number;
  readonly flags: number;
  readonly body: Buffer;
  readonly end: number;
}

/** @see MQTT 3.1.1, 2.2.3: the remaining length, seven bits a byte, least significant first */
function packetAt(bytes: Buffer): Packet | undefined {
  let length = 0;
  for (let at = 1; at < 5; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (at - 1);
    if (byte & 0x80) continue;
    const start = at + 1;
    const first = bytes[0] ?? 0;
    if (bytes.length < start + length) return undefined;
    const body = bytes.subarray(start, start + length);
    return { kind: first >> 4, flags: first & 0x0f, body, end: start + length };
  }
  throw new Error("a remaining length of more than four bytes");
}

function publishOf({ flags, body }: Packet): Publish {
  const topicEnd = 2 + body.readUInt16BE(0);
  const qos = (flags >> 1) & 3;
  const payload = Uint8Array.from(body.subarray(topicEnd + (qos > 0 ? 2 : 0)));
  return { topic: body.toString("utf8", 2, topicEnd), payload };
}
