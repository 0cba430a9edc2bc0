import { type IPublishPacket, writeToStream } from "mqtt-packet";

/** `mqtt-packet` keeps the bytes of every packet length below this one. */
const keptLengths = 16_384;
/** A topic of one character, with the two bytes of its own length. */
const bytesBesidePayload = 3;

let isDone = false;

/**
 * Lets `mqtt-packet` write every packet length once, one after the other. It keeps the one to four bytes of each length
 * for ever, and takes them from Node's pool: kept as lengths come up, each holds a pool of its own (64 KiB), a gigabyte
 * in the end. In one go they share a few pools. Call it before a connection is made; the second call does nothing.
 * @see https://github.com/mqttjs/mqtt-packet/issues/163
 */
export function packLengths(): void {
  if (isDone) return;
  isDone = true;
  const payload = Buffer.alloc(keptLengths);
  for (let length = bytesBesidePayload; length < keptLengths; length++) {
    writeToStream(packetOf(payload.subarray(0, length - bytesBesidePayload)), nowhere);
  }
}

function packetOf(payload: Buffer): IPublishPacket {
  return { cmd: "publish", topic: "t", payload, qos: 0, dup: false, retain: false };
}

/** Takes what is written and keeps nothing. */
const nowhere = { write: () => true, destroy() {} } as unknown as NodeJS.WritableStream;
