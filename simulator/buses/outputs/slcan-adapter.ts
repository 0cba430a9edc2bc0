import { type CanFrame, createCanFrame } from "../can/can-frame.ts";

/** Bit rates by the digit behind S. @see LAWICEL CAN232 manual, S command */
const bitRates = [
  10_000, 20_000, 50_000, 100_000, 125_000, 250_000, 500_000, 800_000, 1_000_000,
] as const;

const CR = 0x0d;
const refused = "\x07";
const done = "\r";
const longestCommand = 64;
/** Status flags. @see LAWICEL CAN232 manual, F command: bit 3 data overrun, bit 7 bus error */
const flag = { overrun: 0x08, busError: 0x80 } as const;

export interface SlcanOptions {
  /** Of the bus that it is plugged into, bit/s. */
  readonly bitRate: number;
  /** To the serial line; false if nobody reads. */
  write(text: string): boolean;
  /** A frame that the reader sends to the bus; the same object each time. */
  onFrame(frame: CanFrame): void;
}

/**
 * A serial CAN adapter that speaks LAWICEL's protocol, as CANable and CANUSB do: closed until it is opened, opened to
 * listen only or to take part, deaf at another bit rate than that of its bus.
 * @see LAWICEL CAN232 manual
 */
export class SlcanAdapter {
  /** Frames that the reader did not take in time. */
  dropped = 0;
  readonly #options: SlcanOptions;
  readonly #frame = createCanFrame();
  #mode: "closed" | "listen-only" | "normal" = "closed";
  #bitRate = 0;
  #hasStamps = false;
  #flags = 0;
  #command = "";

  constructor(options: SlcanOptions) {
    this.#options = options;
  }

  /** What the reader writes, in pieces of any size. */
  take(bytes: Uint8Array): void {
    for (const byte of bytes)
      if (byte === CR) {
        const command = this.#command;
        this.#command = "";
        this.#options.write(this.#answer(command));
      } else if (this.#command.length < longestCommand) this.#command += String.fromCharCode(byte);
  }

  /** A frame of the bus. `timeMs`: of its arrival, any zero. */
  tell({ canId, isExtended, data, length }: CanFrame, timeMs: number): void {
    if (this.#mode === "closed") return;
    if (this.#bitRate !== this.#options.bitRate) {
      this.#flags |= flag.busError;
      return;
    }
    const id = canId.toString(16).padStart(isExtended ? 8 : 3, "0");
    const hex = Buffer.from(data.buffer, data.byteOffset, length).toString("hex");
    const stamp = this.#hasStamps
      ? (Math.floor(timeMs) % 60_000).toString(16).padStart(4, "0")
      : "";
    const text = `${isExtended ? "T" : "t"}${(id + length + hex + stamp).toUpperCase()}\r`;
    if (this.#options.write(text)) return;
    this.dropped++;
    this.#flags |= flag.overrun;
  }

  #answer(command: string): string {
    const isOpen = this.#mode !== "closed";
    switch (command[0]) {
      case undefined:
        return done;
      case "S":
        return this.#set(command, isOpen);
      case "O":
      case "L":
        if (isOpen || this.#bitRate === 0) return refused;
        this.#mode = command[0] === "O" ? "normal" : "listen-only";
        return done;
      case "C":
        this.#mode = "closed";
        return isOpen ? done : refused;
      case "Z":
        this.#hasStamps = command[1] === "1";
        return isOpen ? refused : done;
      case "F":
        return isOpen ? this.#tellFlags() : refused;
      case "V":
        return "V1013\r";
      case "N":
        return "NFB01\r";
      case "t":
      case "T":
        return this.#send(command);
      default:
        return refused;
    }
  }

  #set(command: string, isOpen: boolean): string {
    const bitRate = bitRates[Number(command.slice(1))];
    if (isOpen || bitRate === undefined) return refused;
    this.#bitRate = bitRate;
    return done;
  }

  /** Told once; reading clears them. */
  #tellFlags(): string {
    const text = this.#flags.toString(16).padStart(2, "0").toUpperCase();
    this.#flags = 0;
    return `F${text}\r`;
  }

  #send(command: string): string {
    const match =
      /^t([0-7][0-9a-fA-F]{2})([0-8])((?:[0-9a-fA-F]{2})*)$/.exec(command) ??
      /^T([01][0-9a-fA-F]{7})([0-8])((?:[0-9a-fA-F]{2})*)$/.exec(command);
    const [, id = "", size = "", hex = ""] = match ?? [];
    const isWhole = match !== null && hex.length === Number(size) * 2;
    const isExtended = command.startsWith("T");
    if (!isWhole || this.#mode !== "normal") return refused;
    const frame = this.#frame;
    frame.canId = Number.parseInt(id, 16);
    frame.isExtended = isExtended;
    frame.length = Number(size);
    frame.data.fill(0);
    frame.data.set(Buffer.from(hex, "hex"));
    if (this.#bitRate === this.#options.bitRate) this.#options.onFrame(frame);
    return isExtended ? "Z\r" : "z\r";
  }
}
