import { type IPublishPacket, writeToStream } from "mqtt-packet";
import { expect, test } from "vitest";
import { packLengths } from "./packed-lengths.ts";

/** The bytes of the packet's length: after the first, which says what packet it is. */
function lengthBytes(payload: Buffer): Uint8Array | undefined {
  const written: Uint8Array[] = [];
  const packet: IPublishPacket = {
    ...{ cmd: "publish", topic: "t", payload },
    ...{ qos: 0, dup: false, retain: false },
  };
  const write = (chunk: Uint8Array) => written.push(chunk);
  writeToStream(packet, { write } as unknown as NodeJS.WritableStream);
  return written[1];
}

test("the lengths of packets, kept as they come up, hold a few pools of memory and not one each", () => {
  packLengths();
  packLengths();
  const pools = new Set<ArrayBufferLike>();
  for (let bytes = 200; bytes < 16_000; bytes += 79) {
    // What a gateway allocates between two packets: the length comes from another pool each time.
    for (let i = 0; i < 8; i++) Buffer.allocUnsafe(30_000);
    const length = lengthBytes(Buffer.alloc(bytes));
    if (length) pools.add(length.buffer);
  }
  expect(pools.size).toBeGreaterThan(0);
  expect(pools.size).toBeLessThanOrEqual(8);
});
