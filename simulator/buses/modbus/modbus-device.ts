import type { ModbusDevice as DevicePlan, Plan } from "@firebreak/plans/plan-schema.ts";
import type { SignalValues } from "../bus-input.ts";
import { RegisterImage, type Table } from "./register-image.ts";
import { RegisterWriters } from "./register-writer.ts";

/** @see Modbus application protocol 1.1b3, 7: exception codes */
export const exception = { function: 1, address: 2, value: 3, failure: 4, busy: 6 } as const;

/** What can happen to a device, for whoever simulates faults. */
export interface ModbusDeviceHandle {
  readonly name: string;
  readonly unitId: number;
  /** Its power or plug is gone: it answers nothing. */
  silence(): void;
  /** Answers so many ms later than it should. */
  slowDown(extraMs: number): void;
  /** Answers everything with this exception, for instance 4: it has failed, 6: it is busy. */
  refuse(code: number): void;
  /** Undoes all of it. */
  revive(): void;
}

interface ReadFunction {
  readonly table: Table;
  /** The most that the protocol lets ask for. */
  readonly most: number;
}

/** @see Modbus application protocol 1.1b3, 6.1 to 6.4 */
const readFunctions: Readonly<Record<number, ReadFunction>> = {
  1: { table: "coil", most: 2000 },
  2: { table: "discrete", most: 2000 },
  3: { table: "holding", most: 125 },
  4: { table: "input", most: 125 },
};

const requestBytes = 5;
const exceptionFlag = 0x80;
const addressCount = 0x10000;

/** From question to answer; engineering default. */
const usualAnswerMs = 4;
/** A device that may take long takes a part of it; engineering default. */
const shareOfTimeout = 0.1;

/**
 * A device with the registers that a plan reads from it, and its manners: how much it gives at once, where it has holes,
 * which reads it answers only as a whole, how long it takes. It can be read, not written.
 */
export class ModbusDevice implements ModbusDeviceHandle {
  readonly name: string;
  readonly unitId: number;
  /** Silence it needs before it is asked again, ms. */
  readonly quietMs: number;
  readonly #image = new RegisterImage();
  readonly #writers: RegisterWriters;
  readonly #manners: DevicePlan;
  #isSilent = false;
  #extraMs = 0;
  #refusal: number | undefined;

  /** @param name as the plan's `modbusDevices` has it */
  constructor({ acquisition }: Plan, name: string) {
    const manners = acquisition.modbusDevices?.[name] ?? { unitId: 1, pollIntervalMs: 1_000 };
    this.name = name;
    this.unitId = manners.unitId;
    this.quietMs = manners.quietMs ?? 0;
    this.#manners = manners;
    this.#writers = new RegisterWriters(acquisition, name, this.#image);
    this.#fillGaps();
  }

  /** Puts what the machine measures now into the registers. */
  update(values: SignalValues): void {
    this.#writers.update(values);
  }

  silence(): void {
    this.#isSilent = true;
  }

  slowDown(extraMs: number): void {
    this.#extraMs = extraMs;
  }

  refuse(code: number): void {
    this.#refusal = code;
  }

  revive(): void {
    this.#isSilent = false;
    this.#extraMs = 0;
    this.#refusal = undefined;
  }

  /** How long the next answer takes. */
  get answerMs(): number {
    const { timeoutMs } = this.#manners;
    return (timeoutMs === undefined ? usualAnswerMs : timeoutMs * shareOfTimeout) + this.#extraMs;
  }

  /** The answer to a request, both from the function code on; undefined: none. Pure. */
  answer(request: Uint8Array): Uint8Array | undefined {
    if (this.#isSilent) return undefined;
    const code = request[0] ?? 0;
    const refuse = (reason: number) => Uint8Array.of(code | exceptionFlag, reason);
    if (this.#refusal !== undefined) return refuse(this.#refusal);
    const read = readFunctions[code];
    if (read === undefined || !this.#image.has(read.table)) return refuse(exception.function);
    if (request.length !== requestBytes) return refuse(exception.value);
    const address = ((request[1] ?? 0) << 8) | (request[2] ?? 0);
    const count = ((request[3] ?? 0) << 8) | (request[4] ?? 0);
    if (count < 1 || count > this.#mostOf(read)) return refuse(exception.value);
    if (!this.#mayRead(read.table, address, count)) return refuse(exception.address);
    return this.#data(code, read.table, address, count) ?? refuse(exception.address);
  }

  #mostOf({ table, most }: ReadFunction): number {
    const isOfWords = table === "holding" || table === "input";
    return isOfWords ? Math.min(most, this.#manners.maxRegisters ?? most) : most;
  }

  /** What the device never lets be touched, and what it only gives in one piece. */
  #mayRead(table: Table, address: number, count: number): boolean {
    const end = address + count;
    if (end > addressCount) return false;
    const touches = (range: { table: Table; address: number; count: number }) =>
      range.table === table && range.address < end && address < range.address + range.count;
    const { forbidden = [], blocks = [] } = this.#manners;
    if (forbidden.some(touches)) return false;
    return blocks
      .filter(touches)
      .every((block) => block.address === address && block.count === count);
  }

  #data(code: number, table: Table, address: number, count: number): Uint8Array | undefined {
    const isOfWords = table === "holding" || table === "input";
    const bytes = isOfWords ? count * 2 : Math.ceil(count / 8);
    const answer = new Uint8Array(2 + bytes);
    answer[0] = code;
    answer[1] = bytes;
    for (let at = 0; at < count; at++) {
      const word = this.#image.at(table, address + at);
      if (word === undefined) return undefined;
      if (isOfWords) {
        answer[2 + at * 2] = word >>> 8;
        answer[3 + at * 2] = word;
      } else if (word !== 0)
        answer[2 + (at >>> 3)] = (answer[2 + (at >>> 3)] ?? 0) | (1 << (at & 7));
    }
    return answer;
  }

  /** What may be read along is there, and so is the whole of a block. All else is a hole. */
  #fillGaps(): void {
    const { maxGap = 0, blocks = [] } = this.#manners;
    for (const table of ["holding", "input", "coil", "discrete"] as const) {
      let before: number | undefined;
      for (const address of this.#image.addresses(table)) {
        if (before !== undefined && address - before - 1 <= maxGap)
          this.#fill(table, before + 1, address - before - 1);
        before = address;
      }
    }
    for (const { table, address, count } of blocks) this.#fill(table, address, count);
  }

  #fill(table: Table, address: number, count: number): void {
    for (let at = address; at < address + count; at++)
      if (this.#image.at(table, at) === undefined) this.#image.put(table, at, 0);
  }
}
