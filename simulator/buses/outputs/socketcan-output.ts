import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { type CanFrame, createCanFrame } from "../can/can-frame.ts";
import type { CanOutput, Hear } from "./can-output.ts";

/** Frames that wait for room in the kernel's queue; beyond that they are dropped, as by a controller that gets no turn. */
const mostWaiting = 4_096;

interface KernelFrame {
  readonly id: number;
  readonly ext?: boolean;
  readonly rtr?: boolean;
  readonly err?: boolean;
  readonly data: Uint8Array;
}

/** The part of a channel of the package `socketcan` that is used here. */
interface Channel {
  addListener(event: "onMessage", listener: (frame: KernelFrame) => void): void;
  start(): void;
  stop(): void;
  send(frame: { id: number; ext: boolean; rtr: boolean; data: Buffer }): number;
}

interface SocketCan {
  createRawChannelWithOptions(
    name: string,
    options: { timestamps: boolean; non_block_send: boolean },
  ): Channel;
}

/** Not a literal, so that types are checked where the optional package is not installed too. */
const packageName: string = "socketcan";

/** A CAN interface of the kernel, virtual or real; sends what the simulated nodes send, and hears what others do. */
class Interface {
  dropped = 0;
  readonly #channel: Channel;
  readonly #waiting: { id: number; ext: boolean; rtr: boolean; data: Buffer }[] = [];

  constructor(channel: Channel, onFrame: (frame: CanFrame) => void) {
    this.#channel = channel;
    const heard = createCanFrame();
    channel.addListener("onMessage", ({ id, ext = false, rtr = false, err = false, data }) => {
      if (rtr || err || data.length > 8) return;
      heard.canId = id;
      heard.isExtended = ext;
      heard.length = data.length;
      heard.data.set(data);
      onFrame(heard);
    });
    channel.start();
  }

  send({ canId, isExtended, data, length }: CanFrame): void {
    if (this.#waiting.length >= mostWaiting) {
      this.dropped++;
      return;
    }
    const copy = Buffer.from(data.subarray(0, length));
    this.#waiting.push({ id: canId, ext: isExtended, rtr: false, data: copy });
  }

  /** In order; what the kernel has no room for waits. */
  flush(): void {
    let sent = 0;
    for (const frame of this.#waiting) {
      if (this.#channel.send(frame) <= 0) break;
      sent++;
    }
    this.#waiting.splice(0, sent);
  }

  close(): void {
    this.#channel.stop();
  }
}

/** CAN buses on interfaces of the kernel. */
export class SocketCanOutput implements CanOutput {
  readonly #interfaces: ReadonlyMap<string, Interface>;

  constructor(interfaces: ReadonlyMap<string, Interface>) {
    this.#interfaces = interfaces;
  }

  get dropped(): number {
    return [...this.#interfaces.values()].reduce((sum, { dropped }) => sum + dropped, 0);
  }

  write(bus: string, frame: CanFrame): void {
    this.#interfaces.get(bus)?.send(frame);
  }

  flush(): void {
    for (const one of this.#interfaces.values()) one.flush();
  }

  close(): Promise<void> {
    for (const one of this.#interfaces.values()) one.close();
    return Promise.resolve();
  }
}

/**
 * Opens the interfaces that stand for the buses of a machine.
 * @param interfaces by bus, for instance `{ can0: "vcan0" }`; buses without one go nowhere
 * @throws CodedError SOCKETCAN_NOT_INSTALLED, CAN_INTERFACE_FAILED
 */
export async function openSocketCan(
  interfaces: Readonly<Record<string, string>>,
  hear: Hear,
): Promise<SocketCanOutput> {
  const module = await loadSocketCan();
  const opened = new Map<string, Interface>();
  for (const [bus, name] of Object.entries(interfaces)) {
    const channel = open(module, name);
    opened.set(bus, new Interface(channel, (frame) => hear(bus, frame)));
  }
  return new SocketCanOutput(opened);
}

function open(module: SocketCan, name: string): Channel {
  try {
    return module.createRawChannelWithOptions(name, { timestamps: false, non_block_send: true });
  } catch (error) {
    throw noInterface(name, error);
  }
}

const noInterface = (name: string, cause: unknown): CodedError =>
  new CodedError(
    "CAN_INTERFACE_FAILED",
    `Cannot send on ${name}. Make it first: ip link add ${name} type vcan && ip link set ${name} up`,
    { retryable: true, cause },
  );

async function loadSocketCan(): Promise<SocketCan> {
  try {
    const { default: module } = (await import(packageName)) as { default: SocketCan };
    return module;
  } catch (error) {
    throw notInstalled(error);
  }
}

const notInstalled = (cause: unknown): CodedError =>
  new CodedError(
    "SOCKETCAN_NOT_INSTALLED",
    `The package socketcan does not load (${errorCode(cause)}). Build it once (npm run socketcan), or simulate serial adapters (slcan) or CAN over TCP (candump) instead.`,
    { cause },
  );
