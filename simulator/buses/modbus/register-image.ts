import type { Signal } from "@firebreak/plans/plan-schema.ts";

export type Position = NonNullable<Signal["modbus"]>;
export type Table = Position["table"];

/** What a device has at its addresses: 16-bit words, or 0 and 1 in the two tables of bits. */
export class RegisterImage {
  readonly #tables: Readonly<Record<Table, Map<number, number>>> = {
    holding: new Map(),
    input: new Map(),
    coil: new Map(),
    discrete: new Map(),
  };

  /** Undefined where the device has nothing. */
  at(table: Table, address: number): number | undefined {
    return this.#tables[table].get(address);
  }

  put(table: Table, address: number, word: number): void {
    this.#tables[table].set(address, word);
  }

  has(table: Table): boolean {
    return this.#tables[table].size > 0;
  }

  /** Addresses in use, rising. */
  addresses(table: Table): number[] {
    return [...this.#tables[table].keys()].sort((a, b) => a - b);
  }
}
