import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import ModbusRtu from "modbus-serial";
import type { BlockRead } from "./registers/plan-reads.ts";

/**
 * - `exception`: the device answered, and said no; `code` is the Modbus exception code.
 * - `no-answer`: nothing came in time, or what came was no answer to the request.
 * - `closed`: the connection is gone.
 */
export type ReadFailure =
  | { readonly kind: "exception"; readonly code: number }
  | { readonly kind: "no-answer"; readonly reason: string }
  | { readonly kind: "closed"; readonly reason: string };

export type ReadOutcome = { readonly words: ArrayLike<number> } | { readonly failure: ReadFailure };

/** One TCP connection, with one request on the way at a time. It can only read. */
export interface ModbusClient {
  /** Reads one block; never throws. Call it again only after it has answered. */
  read(unitId: number, block: BlockRead): Promise<ReadOutcome>;
  close(): void;
}

export interface ModbusAddress {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** @throws CodedError MODBUS_CONNECT_FAILED (retryable) */
export async function connectModbus({
  host,
  port,
  timeoutMs,
}: ModbusAddress): Promise<ModbusClient> {
  const client = new ModbusRtu.default();
  client.on("error", () => {}); // every request learns of it by its own answer
  const close = () => client.destroy(() => {});
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), timeoutMs);
  });
  try {
    await Promise.race([client.connectTCP(host, { port }), overdue]);
  } catch (error) {
    close();
    throw unreachable(`${host}:${port}`, error);
  } finally {
    clearTimeout(timer);
  }
  client.setTimeout(timeoutMs);
  return {
    close,
    async read(unitId, block) {
      if (!client.isOpen) return { failure: { kind: "closed", reason: "connection closed" } };
      client.setID(unitId);
      try {
        return { words: await readWords(client, block) };
      } catch (error) {
        return { failure: toFailure(error, client.isOpen) };
      }
    },
  };
}

/** Function codes 1 to 4 and nothing else: a gateway never acts on a machine. */
async function readWords(
  client: InstanceType<typeof ModbusRtu.default>,
  { table, address, count }: BlockRead,
): Promise<ArrayLike<number>> {
  switch (table) {
    case "coil":
      return bits((await client.readCoils(address, count)).data, count);
    case "discrete":
      return bits((await client.readDiscreteInputs(address, count)).data, count);
    case "holding":
      return words((await client.readHoldingRegisters(address, count)).data, count);
    case "input":
      return words((await client.readInputRegisters(address, count)).data, count);
  }
}

/** The library pads bits to whole bytes. */
function bits(data: readonly boolean[], count: number): number[] {
  if (data.length < count) throw new Error("the answer is too short");
  return data.slice(0, count).map(Number);
}

function words(data: readonly number[], count: number): readonly number[] {
  if (data.length !== count) throw new Error("the answer is not as long as asked for");
  return data;
}

function toFailure(error: unknown, isOpen: boolean): ReadFailure {
  const reason = error instanceof Error ? error.message : String(error);
  if (error && typeof error === "object" && "modbusCode" in error && Number(error.modbusCode) > 0)
    return { kind: "exception", code: Number(error.modbusCode) };
  return { kind: isOpen ? "no-answer" : "closed", reason };
}

function unreachable(what: string, cause: unknown): CodedError {
  const reason = cause instanceof Error ? cause.message : errorCode(cause);
  const message = `Cannot reach ${what}: ${reason}`;
  return new CodedError("MODBUS_CONNECT_FAILED", message, { retryable: true, cause });
}
