import { existsSync, readFileSync } from "node:fs";

/** What the kernel says of a CAN interface. */
export interface InterfaceState {
  readonly index: number;
  readonly isUp: boolean;
  /** It has no controller; what it carries as error frames other programs sent, and it counts them as frames. */
  readonly isVirtual: boolean;
  /**
   * Frames that a socket on it should have seen, from any start: those received, and those that other programs sent
   * over it, which a virtual interface counts as received anyway.
   */
  readonly frames: number;
  /** Times that the controller had no room, so that a frame was never received. */
  readonly overruns: number;
}

const flagUp = 0x1;

/** Undefined where there is no such interface. Files of the kernel, no disk: read at once, for exact differences. */
export function readInterface(name: string, root = "/sys/class/net"): InterfaceState | undefined {
  const folder = `${root}/${name}`;
  const number = (file: string) => Number(readFileSync(`${folder}/${file}`, "utf8").trim());
  try {
    const isVirtual = !existsSync(`${folder}/device`);
    return {
      index: number("ifindex"),
      isUp: (number("flags") & flagUp) !== 0,
      isVirtual,
      overruns: number("statistics/rx_over_errors"),
      // Last: what comes between this and a look at what was read would seem lost.
      frames: (isVirtual ? 0 : number("statistics/tx_packets")) + number("statistics/rx_packets"),
    };
  } catch {
    return undefined;
  }
}
