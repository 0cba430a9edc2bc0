/** One data frame. Networks fill the same object again and again: copy what must outlast the call. */
export interface CanFrame {
  /** When it is over on the wire, milliseconds of the network's time. */
  timeMs: number;
  /** 11 or 29 bits, without flags. */
  canId: number;
  isExtended: boolean;
  /** 0 to 8. */
  length: number;
  readonly data: Uint8Array;
}

export const createCanFrame = (): CanFrame => ({
  timeMs: 0,
  canId: 0,
  isExtended: true,
  length: 8,
  data: new Uint8Array(8),
});

/**
 * Who wins the bus: the lower number. An 11-bit identifier is compared with the upper 11 bits of one with 29 and wins
 * against the same ones. @see ISO 11898-1, arbitration: a dominant bit is 0, the IDE bit of the base format is dominant
 */
export const urgencyOf = (canId: number, isExtended: boolean): number =>
  isExtended ? canId * 2 + 1 : canId * 2 ** 19;

/** Bits on the wire with the pause behind it, without stuff bits. @see ISO 11898-1, frame formats */
export const bitsOf = ({ isExtended, length }: CanFrame): number =>
  (isExtended ? 67 : 47) + 8 * length;

/** A frame from text as candump writes it, `18FEEE00#FF...` (8 digits: 29 bits, 3: 11 bits); for tests and tools. */
export function frameOf(text: string, timeMs = 0): CanFrame {
  const [id = "", hex = ""] = text.split("#");
  const frame = createCanFrame();
  const bytes = Buffer.from(hex, "hex");
  frame.data.set(bytes);
  return Object.assign(frame, {
    timeMs,
    canId: Number.parseInt(id, 16),
    isExtended: id.length > 3,
    length: bytes.length,
  });
}

/** A frame as candump writes it. */
export function textOf({ canId, isExtended, data, length }: CanFrame): string {
  const id = canId.toString(16).padStart(isExtended ? 8 : 3, "0");
  return `${id}#${Buffer.from(data.subarray(0, length)).toString("hex")}`.toUpperCase();
}
