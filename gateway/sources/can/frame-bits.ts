import type { RecordingFrame } from "./recording-frame.ts";

/** Check sum, its delimiter, acknowledge slot and delimiter, end of frame, pause between frames: never shorter. */
const tailBits = 15 + 1 + 2 + 7 + 3;
/** Of the 15 bits of the check sum, which are as good as random: one stuff bit in some thirty. */
const tailStuffBits = 0.5;
/** An error flag, its delimiter and the pause behind it, as short as they can be. */
const errorFrameBits = 6 + 8 + 3;
const longestRun = 5;

/** A run of 1 to 4 equal bits, as `value * 5 + length`. After a fifth a stuff bit of the other value begins the next. */
const stateCount = 10;
const startState = 0;

/** After a byte from a state: the state, and in the upper bits how many stuff bits it cost. */
const steps = new Uint16Array(stateCount * 256);
for (let state = 0; state < stateCount; state++)
  for (let byte = 0; byte < 256; byte++) {
    let [next, stuffed] = [state, 0];
    for (let bit = 7; bit >= 0; bit--) {
      const step = afterBit(next, (byte >> bit) & 1);
      next = step & 0xff;
      stuffed += step >> 8;
    }
    steps[state * 256 + byte] = (stuffed << 8) | next;
  }

function afterBit(state: number, bit: number): number {
  const [value, length] = [state >= longestRun ? 1 : 0, state % longestRun];
  if (bit !== value || length === 0) return bit * longestRun + 1;
  if (length + 1 < longestRun) return bit * longestRun + length + 1;
  return (1 << 8) | ((1 - bit) * longestRun + 1);
}

/**
 * How long a frame of classic CAN occupies its bus, in bit times, with the pause behind it: stuff bits are counted but
 * for those of the check sum, which are estimated. CAN FD is taken for classic CAN, which is too much.
 * @see ISO 11898-1, frame format and bit stuffing
 */
export function bitsOfFrame(frame: RecordingFrame): number {
  if (frame.isError) return errorFrameBits;
  const { canId, isExtended, isRemote, length, data } = frame;
  const rtr = isRemote ? 1 : 0;
  // Base identifier, RTR, IDE, r0 and length code; with 29 bits SRR and IDE stand between the halves, r1 follows.
  const head = isExtended ? (canId >>> 18) * 4 + 3 : (canId << 3) | (rtr << 2);
  let state = afterBit(startState, 0) & 0xff;
  let bits = 1;
  let stuffed = 0;
  const take = (value: number, count: number) => {
    for (let at = count - 1; at >= 0; at--) {
      const step = afterBit(state, (value >>> at) & 1);
      state = step & 0xff;
      stuffed += step >> 8;
    }
    bits += count;
  };
  take(head, isExtended ? 13 : 14);
  if (isExtended) {
    take(canId & 0x3ffff, 18);
    take(rtr << 2, 3);
  }
  take(Math.min(8, length), 4);
  if (!isRemote)
    for (let at = 0; at < length; at++) {
      const step = steps[state * 256 + (data[at] ?? 0)] ?? 0;
      state = step & 0xff;
      stuffed += step >> 8;
      bits += 8;
    }
  return bits + stuffed + tailBits + tailStuffBits;
}
