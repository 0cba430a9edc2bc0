import type { ModbusDevice } from "@firebreak/plans/plan-schema.ts";
import type { AuxiliaryRegister } from "./auxiliary-register.ts";
import { type RegisterSignal, widthOf } from "./decode-register.ts";

export type Table = RegisterSignal["position"]["table"];

/** One request: a run of addresses of one table of one device, and what is in it. */
export interface BlockRead {
  readonly table: Table;
  /** 0-based PDU address. */
  readonly address: number;
  readonly count: number;
  readonly signals: readonly RegisterSignal[];
  /** Registers that other signals are scaled by. */
  readonly auxiliaries: readonly AuxiliaryRegister[];
  /** The device only answers exactly this; it is never halved. */
  readonly isFixed: boolean;
}

/** What a device bears, as plan or template say. */
export type DeviceManners = Pick<ModbusDevice, "maxRegisters" | "maxGap" | "forbidden" | "blocks">;

/** The most one request may ask for. @see Modbus application protocol 1.1b3, 6.1 to 6.4 */
export const maxCount: Readonly<Record<Table, number>> = {
  holding: 125,
  input: 125,
  coil: 2000,
  discrete: 2000,
};

/** Something to read that must lie whole in one request: its words would else be of two moments. */
interface Item {
  readonly table: Table;
  readonly address: number;
  readonly end: number;
  readonly signal?: RegisterSignal;
  readonly auxiliary?: AuxiliaryRegister;
}

interface Draft {
  readonly table: Table;
  readonly address: number;
  end: number;
  readonly items: Item[];
  readonly isFixed: boolean;
}

/**
 * The fewest requests that read all signals of one device. A value is never split over two requests, and an address
 * that no signal names is only read as far as `maxGap` allows, and never in a `forbidden` range: some devices refuse
 * the whole block for one gap. What lies in one of `blocks` is read with exactly that request. Requests that hold
 * registers which others are scaled by come first.
 */
export function planReads(
  signals: readonly RegisterSignal[],
  manners: DeviceManners = {},
): BlockRead[] {
  const drafts: Draft[] = [];
  const fixed = (manners.blocks ?? []).map(
    ({ table, address, count }): Draft => ({
      table,
      address,
      end: address + count,
      items: [],
      isFixed: true,
    }),
  );
  for (const item of itemsOf(signals)) {
    const home = fixed.find((block) => isWithin(item, block));
    const last = drafts.at(-1);
    if (home) home.items.push(item);
    else if (last && joins(last, item, manners)) {
      last.end = Math.max(last.end, item.end);
      last.items.push(item);
    } else drafts.push({ ...item, items: [item], isFixed: false });
  }
  return [...fixed.filter(({ items }) => items.length > 0), ...drafts]
    .map(toRead)
    .sort((a, b) => Number(b.auxiliaries.length > 0) - Number(a.auxiliaries.length > 0));
}

/**
 * A block that the device refuses may hold one register it does not have. Its two halves, cut between values; undefined
 * where it cannot be cut.
 */
export function halves(read: BlockRead): readonly [BlockRead, BlockRead] | undefined {
  if (read.isFixed) return undefined;
  const items = itemsOf(read.signals, read.auxiliaries);
  const cuts = items.flatMap(({ address }, at) =>
    at > 0 && items.slice(0, at).every(({ end }) => end <= address) ? [at] : [],
  );
  const cut = cuts[Math.floor(cuts.length / 2)];
  if (cut === undefined) return undefined;
  return [draftOf(items.slice(0, cut)), draftOf(items.slice(cut))].map(toRead) as [
    BlockRead,
    BlockRead,
  ];
}

/** In the order of the tables and addresses; what is scaled by the same register brings it once. */
function itemsOf(
  signals: readonly RegisterSignal[],
  auxiliaries: Iterable<AuxiliaryRegister> = new Set(
    signals.flatMap(({ auxiliary }) => (auxiliary === undefined ? [] : [auxiliary])),
  ),
): Item[] {
  const values = signals.map((signal): Item => {
    const { table, address } = signal.position;
    return { table, address, end: address + widthOf(signal.position), signal };
  });
  const others = Array.from(auxiliaries, (auxiliary): Item => {
    const { table, address } = auxiliary;
    return { table, address, end: address + 1, auxiliary };
  });
  return [...values, ...others].sort(
    (a, b) => a.table.localeCompare(b.table) || a.address - b.address,
  );
}

const isWithin = (item: Item, { table, address, end }: Draft): boolean =>
  item.table === table && item.address >= address && item.end <= end;

function joins(block: Draft, { table, address, end }: Item, manners: DeviceManners): boolean {
  if (block.table !== table || address > block.end + (manners.maxGap ?? 0)) return false;
  const isRegisters = table === "holding" || table === "input";
  const most = isRegisters ? (manners.maxRegisters ?? maxCount[table]) : maxCount[table];
  if (Math.max(end, block.end) - block.address > most) return false;
  return !(manners.forbidden ?? []).some(
    (range) =>
      range.table === table && range.address < address && block.end < range.address + range.count,
  );
}

const draftOf = (items: readonly Item[]): Draft => ({
  table: items[0]?.table ?? "holding",
  address: items[0]?.address ?? 0,
  end: Math.max(...items.map(({ end }) => end)),
  items: [...items],
  isFixed: false,
});

const toRead = ({ table, address, end, items, isFixed }: Draft): BlockRead => ({
  table,
  address,
  count: end - address,
  isFixed,
  signals: items.flatMap(({ signal }) => (signal === undefined ? [] : [signal])),
  auxiliaries: items.flatMap(({ auxiliary }) => (auxiliary === undefined ? [] : [auxiliary])),
});
