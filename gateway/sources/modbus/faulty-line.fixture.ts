import { openPtyPair } from "../serial/pty-pair.fixture.ts";
import { openSerialLine, type SerialLine } from "../serial/serial-line.ts";

/** What comes instead of an answer: pieces, each sent 2 ms after the one before; none: it is lost. */
export type Spoil = (answer: Uint8Array, request: Uint8Array) => readonly Uint8Array[];

/** A serial line with a person in its middle who can spoil what devices answer. */
export interface FaultyLine {
  /** Port for the gateway. */
  readonly gateway: string;
  /** Port for the devices. */
  readonly devices: string;
  readonly requests: Uint8Array[];
  spoil: Spoil;
  /** Puts bytes on the line that nobody asked for. */
  disturb(bytes: Uint8Array): Promise<void>;
  /** Pulls the gateway's plug. */
  pull(): Promise<void>;
  close(): Promise<void>;
}

export const asItIs: Spoil = (answer) => [answer];

/** Silence after which a piece of an answer counts as its end, ms. */
const endMs = 6;

export async function openFaultyLine(): Promise<FaultyLine> {
  const [one, other] = [await openPtyPair(), await openPtyPair()];
  const answer: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  let toGateway: SerialLine | undefined;
  const line: FaultyLine = {
    gateway: one.here,
    devices: other.there,
    requests: [],
    spoil: asItIs,
    disturb: async (bytes) => toGateway?.write(bytes),
    pull: () => one.pull(),
    async close() {
      clearTimeout(timer);
      await toGateway?.close();
      await toDevices.close();
      await one.pull();
      await other.pull();
    },
  };
  const settings = { baudRate: 115_200, dataBits: 8, parity: "none", stopBits: 1 } as const;
  const pass = async () => {
    const whole = Uint8Array.from(answer.splice(0));
    for (const piece of line.spoil(whole, line.requests.at(-1) ?? new Uint8Array())) {
      await toGateway?.write(piece).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const toDevices = await openSerialLine(
    { ...settings, port: other.here },
    {
      onBytes(bytes) {
        answer.push(...bytes);
        clearTimeout(timer);
        timer = setTimeout(pass, endMs);
      },
      onLost: () => {},
    },
  );
  toGateway = await openSerialLine(
    { ...settings, port: one.there },
    {
      onBytes(bytes) {
        line.requests.push(Uint8Array.from(bytes));
        toDevices.write(bytes).catch(() => {});
      },
      onLost: () => {},
    },
  );
  return line;
}

/**
 * The bytes that a receiver set to `to` bit/s makes of bytes sent at `from` bit/s: it waits for a falling edge, samples
 * the middle of each of its own bits, and begins anew after its stop bit. 8N1.
 */
export function heardAt(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const levels = [...bytes].flatMap((byte) => [
    0,
    ...Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1),
    1,
  ]);
  const levelAt = (time: number): number => levels[Math.floor(time * from)] ?? 1;
  const heard: number[] = [];
  const step = 1 / (from * 16);
  for (let time = 0; time < levels.length / from; ) {
    if (levelAt(time) === 1) {
      time += step;
      continue;
    }
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= levelAt(time + (bit + 1.5) / to) << bit;
    heard.push(byte);
    time += 9.5 / to;
  }
  return Uint8Array.from(heard);
}
