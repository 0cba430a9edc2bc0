import { type RegisterSignal, widthOf } from "./decode-register.ts";

export type Table = RegisterSignal["position"]["table"];

/** One request: a run of addresses of one table of one device, and the signals in it. */
export interface BlockRead {
  readonly table: Table;
  /** 0-based PDU address. */
  readonly address: number;
  readonly count: number;
  readonly signals: readonly RegisterSignal[];
}

/** The most one request may ask for. @see Modbus application protocol 1.1b3, 6.1 to 6.4 */
export const maxCount: Readonly<Record<Table, number>> = {
  holding: 125,
  input: 125,
  coil: 2000,
  discrete: 2000,
};

/**
 * The fewest requests that read all signals of one device. A value is never split over two requests (its words would
 * be of two moments), and no address is read that no signal names: some devices refuse the whole block for one gap.
 */
export function planReads(signals: readonly RegisterSignal[]): BlockRead[] {
  const ordered = signals.toSorted(
    (a, b) =>
      a.position.table.localeCompare(b.position.table) || a.position.address - b.position.address,
  );
  const blocks: { table: Table; address: number; count: number; signals: RegisterSignal[] }[] = [];
  for (const signal of ordered) {
    const { table, address } = signal.position;
    const end = address + widthOf(signal.position);
    const block = blocks.at(-1);
    const isNext =
      block !== undefined &&
      block.table === table &&
      address <= block.address + block.count &&
      end - block.address <= maxCount[table];
    if (isNext) {
      block.count = Math.max(block.count, end - block.address);
      block.signals.push(signal);
    } else blocks.push({ table, address, count: end - address, signals: [signal] });
  }
  return blocks;
}
