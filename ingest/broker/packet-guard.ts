import type { Socket } from "node:net";

/** Of a CONNECT, which comes from somebody who is not known yet. */
const maxFirstBytes = 16 * 1024;

/**
 * Follows MQTT packet boundaries in a byte stream, from the fixed header alone. The first packet has a limit of its own.
 * @see MQTT 3.1.1, 2.2.3: the remaining length is one to four bytes of seven bits, least significant first.
 */
export function createPacketMeter(maxBytes: number) {
  let limit = Math.min(maxBytes, maxFirstBytes);
  let skip = 0;
  let inLength = false;
  let length = 0;
  let shift = 0;
  return {
    /** The length of the first packet beyond the limit (Infinity for a malformed length), 0 when all is well. */
    take(chunk: Uint8Array): number {
      let at = 0;
      while (at < chunk.length) {
        if (skip > 0) {
          const step = Math.min(skip, chunk.length - at);
          skip -= step;
          at += step;
          continue;
        }
        const byte = chunk[at++] ?? 0;
        if (!inLength) {
          inLength = true;
          length = 0;
          shift = 0;
          continue;
        }
        length += (byte & 0x7f) * 2 ** shift;
        shift += 7;
        if (byte & 0x80) {
          if (shift > 21) return Number.POSITIVE_INFINITY;
          continue;
        }
        if (length > limit) return length;
        limit = maxBytes;
        skip = length;
        inLength = false;
      }
      return 0;
    },
  };
}

/**
 * Cuts a connection when a packet announces more than `maxBytes`, before its body is read or kept. Works on the
 * `read()` that aedes pulls with, so that nothing is copied and back-pressure stays the socket's own.
 */
export function guardPackets(
  socket: Socket,
  maxBytes: number,
  onOversize: (length: number) => void,
): void {
  const meter = createPacketMeter(maxBytes);
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Uint8Array)) return chunk;
    const oversize = meter.take(chunk);
    if (oversize === 0) return chunk;
    onOversize(oversize);
    socket.destroy();
    return null;
  };
}
