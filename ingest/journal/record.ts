import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/** One received batch, block as it was made on the machine. */
export interface BatchRecord {
  readonly kind: "batch";
  readonly gatewayId: string;
  readonly machineId: string;
  /** Milliseconds since the Unix epoch, the hub's clock; never a time of a sample. */
  readonly receivedAtMs: number;
  readonly block: Uint8Array;
}

/** What the signal indexes of later batches mean; written before the first batch that names it. */
export interface DictionaryRecord {
  readonly kind: "dictionary";
  readonly gatewayId: string;
  readonly machineId: string;
  readonly dictionary: SignalDictionary;
}

export const quarantineReasons = [
  "checksum",
  "malformed-block",
  "malformed-payload",
  "unknown-dictionary",
  "foreign-machine",
  "cloned-number",
  "implausible-time",
  "poison",
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** What arrived and could not be used: kept as bytes so that it can be looked at and played again. */
export interface QuarantineRecord {
  readonly kind: "quarantine";
  readonly topic: string;
  readonly reason: QuarantineReason;
  readonly receivedAtMs: number;
  readonly gatewayId: string | null;
  readonly machineId: string | null;
  /** The batch it was, where that is readable; the number then counts as settled unless it was a clone's. */
  readonly batch: {
    readonly epoch: string;
    readonly number: number;
    readonly samples: number;
  } | null;
  /** Length of what arrived; `bytes` holds at most `maxQuarantineBytes` of it. */
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Batch numbers that neither the gateway nor the hub has. */
export interface LossRecord {
  readonly kind: "loss";
  readonly gatewayId: string;
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly reason: "not-on-gateway";
  readonly bookedAtMs: number;
  /**
   * Per machine: samples lost, the difference of the cumulative counts of the neighbouring batches; and the cumulative
   * count behind the gap.
   */
  readonly machines: Readonly<Record<string, { readonly samples: number; readonly after: number }>>;
}

/**
 * Samples that people brought from elsewhere: for the stores alone. No gateway produced them, so neither ledger, rules
 * nor live values know of them.
 */
export interface ImportedRecord {
  readonly kind: "imported";
  readonly importId: string;
  readonly machineId: string;
  /** When it was taken in, milliseconds since the Unix epoch. */
  readonly receivedAtMs: number;
  readonly dictionary: SignalDictionary;
  readonly block: Uint8Array;
}

export type JournalRecord =
  | BatchRecord
  | DictionaryRecord
  | QuarantineRecord
  | LossRecord
  | ImportedRecord;

export const maxQuarantineBytes = 64 * 1024;

const kinds = { batch: 1, dictionary: 2, quarantine: 3, loss: 4, imported: 5 } as const;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws {CodedError} `JOURNAL_RECORD` for an id beyond 255 bytes. */
export function encodeRecord(record: JournalRecord): Uint8Array {
  switch (record.kind) {
    case "batch": {
      const head = identityHead(kinds.batch, record);
      const receivedAt = Buffer.alloc(8);
      receivedAt.writeDoubleLE(record.receivedAtMs);
      return Buffer.concat([head, receivedAt, record.block]);
    }
    case "dictionary":
      return Buffer.concat([
        identityHead(kinds.dictionary, record),
        Buffer.from(JSON.stringify(record.dictionary)),
      ]);
    case "quarantine": {
      const { kind: _, bytes, ...rest } = record;
      return withBytes(kinds.quarantine, rest, bytes.subarray(0, maxQuarantineBytes));
    }
    case "imported": {
      const { kind: _, block, ...rest } = record;
      return withBytes(kinds.imported, rest, block);
    }
    case "loss": {
      const { kind: _, ...rest } = record;
      return Buffer.concat([Buffer.of(kinds.loss), Buffer.from(JSON.stringify(rest))]);
    }
  }
}

/** The returned bytes are views of `payload`. @throws {CodedError} `JOURNAL_RECORD`, never retryable. */
export function decodeRecord(payload: Uint8Array): JournalRecord {
  try {
    return decode(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (cause: unknown) =>
  new CodedError("JOURNAL_RECORD", "unreadable journal record", { cause });

function decode(bytes: Buffer): JournalRecord {
  const kind = bytes.readUInt8(0);
  if (kind === kinds.batch) {
    const { gatewayId, machineId, end } = readIdentity(bytes);
    const receivedAtMs = bytes.readDoubleLE(end);
    return { kind: "batch", gatewayId, machineId, receivedAtMs, block: bytes.subarray(end + 8) };
  }
  if (kind === kinds.dictionary) {
    const { gatewayId, machineId, end } = readIdentity(bytes);
    const dictionary = JSON.parse(utf8.decode(bytes.subarray(end))) as SignalDictionary;
    return { kind: "dictionary", gatewayId, machineId, dictionary };
  }
  if (kind === kinds.quarantine) {
    const { about, rest } = readWithBytes<Omit<QuarantineRecord, "kind" | "bytes">>(bytes);
    return { kind: "quarantine", ...about, bytes: rest };
  }
  if (kind === kinds.imported) {
    const { about, rest } = readWithBytes<Omit<ImportedRecord, "kind" | "block">>(bytes);
    return { kind: "imported", ...about, block: rest };
  }
  if (kind === kinds.loss) {
    const rest = JSON.parse(utf8.decode(bytes.subarray(1))) as Omit<LossRecord, "kind">;
    return { kind: "loss", ...rest };
  }
  throw new RangeError("unknown record kind");
}

/** Kind, length of a JSON text, the text, bytes. */
function withBytes(kind: number, about: object, bytes: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(about));
  const head = Buffer.alloc(5);
  head.writeUInt8(kind);
  head.writeUInt32LE(text.length, 1);
  return Buffer.concat([head, text, bytes]);
}

function readWithBytes<About>(bytes: Buffer): { about: About; rest: Buffer } {
  const end = 5 + bytes.readUInt32LE(1);
  if (end > bytes.length) throw new RangeError("a header beyond the record");
  const about = JSON.parse(utf8.decode(bytes.subarray(5, end))) as About;
  return { about, rest: bytes.subarray(end) };
}

interface Identity {
  readonly gatewayId: string;
  readonly machineId: string;
}

function identityHead(kind: number, { gatewayId, machineId }: Identity): Buffer {
  const gateway = Buffer.from(gatewayId);
  const machine = Buffer.from(machineId);
  if (gateway.length > 255 || machine.length > 255)
    throw new CodedError("JOURNAL_RECORD", "an id beyond 255 bytes");
  return Buffer.concat([
    Buffer.of(kind, gateway.length),
    gateway,
    Buffer.of(machine.length),
    machine,
  ]);
}

function readIdentity(bytes: Buffer): Identity & { readonly end: number } {
  const machineAt = 2 + bytes.readUInt8(1);
  const end = machineAt + 1 + bytes.readUInt8(machineAt);
  if (end > bytes.length) throw new RangeError("ids beyond the record");
  return {
    gatewayId: utf8.decode(bytes.subarray(2, machineAt)),
    machineId: utf8.decode(bytes.subarray(machineAt + 1, end)),
    end,
  };
}
