import assert from "node:assert/strict";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { maxCaptureBytes, readCapture, writeCapture } from "./capture-event.ts";
import { packDtc, unpackDtc } from "./dtc-word.ts";
import { maxFreezeFrameBytes, readFreezeFrame, writeFreezeFrame } from "./freeze-frame-event.ts";
import {
  type DtcChange,
  diagnosticCommands,
  dtcStates,
  type EcuIdentity,
  identityFacts,
  type Lamps,
  lampStates,
  type MachineEvent,
  type SnapshotValue,
} from "./machine-event.ts";
import { Quality, qualityNames } from "./quality.ts";

/** Leading byte of an event. Written to disk and wire: never renumber. */
const Kind = {
  activeDtcs: 1,
  networkDtcs: 2,
  dtcChange: 3,
  diagnosticOrder: 4,
  identity: 5,
  capture: 6,
  networkIdentity: 7,
  freezeFrame: 8,
} as const;
const dtcBytes = 4;
const minSnapshotBytes = 3;
const maxSnapshotBytes = 3 + 1 + 8 + 8;
const maxFields = 16;
const maxFieldBytes = 200;

/** The least that an event takes: that of an order is kind, time, two addresses and the command. */
export const minEventBytes = 12;

/** The most that these events take, bytes. */
export const maxEventBytes = (events: readonly MachineEvent[]): number =>
  events.reduce((sum, event) => sum + maxBytesOf(event), 0);

function maxBytesOf(event: MachineEvent): number {
  switch (event.kind) {
    case "active-dtcs":
      return 17 + event.dtcs.length * dtcBytes;
    case "dtc-change":
      return 46 + event.snapshot.length * maxSnapshotBytes;
    case "diagnostic-order":
      return minEventBytes;
    case "identity":
      return event.fields.reduce((sum, field) => sum + 2 + field.length, 13);
    case "capture":
      return maxCaptureBytes;
    case "freeze-frame":
      return maxFreezeFrameBytes;
  }
}

/** Appends the events in their order; README.md has the layout. */
export function writeEvents(out: ByteWriter, events: readonly MachineEvent[]): void {
  for (const event of events) {
    assert(event.sa >= 0 && event.sa <= 0xff, "a source address is a byte");
    writeEvent(out, event);
  }
}

function writeEvent(out: ByteWriter, event: MachineEvent): void {
  switch (event.kind) {
    case "active-dtcs":
      out.byte(event.network === undefined ? Kind.activeDtcs : Kind.networkDtcs);
      out.int64(event.timeNs);
      if (event.network !== undefined) out.byte(networkByte(event.network));
      out.byte(event.sa);
      out.uint16(packLamps(event.lamps));
      out.varint(event.dtcs.length);
      for (const dtc of event.dtcs) out.uint32(packDtc(dtc));
      return;
    case "dtc-change":
      writeChange(out, event);
      return;
    case "diagnostic-order":
      out.byte(Kind.diagnosticOrder);
      out.int64(event.timeNs);
      out.byte(event.sa);
      out.byte(event.da);
      out.byte(diagnosticCommands.indexOf(event.command));
      return;
    case "identity":
      writeIdentity(out, event);
      return;
    case "capture":
      out.byte(Kind.capture);
      writeCapture(out, event);
      return;
    case "freeze-frame":
      out.byte(Kind.freezeFrame);
      writeFreezeFrame(out, event);
  }
}

function writeChange(out: ByteWriter, event: DtcChange): void {
  out.byte(Kind.dtcChange);
  out.int64(event.timeNs);
  out.byte(networkByte(event.network ?? 0));
  out.byte(event.sa);
  out.byte(dtcStates.indexOf(event.state));
  out.uint32(packDtc(event.dtc));
  out.uint16(packLamps(event.lamps));
  out.varint(agoOf(event.timeNs, event.firstNs));
  out.varint(agoOf(event.timeNs, event.lastNs));
  out.varint(event.messages);
  out.varint(event.snapshot.length);
  for (const { signal, value, quality, ageMs } of event.snapshot) {
    out.varint(signal);
    out.byte(quality);
    out.varint(Math.max(0, Math.round(ageMs)));
    if (quality === Quality.good) out.float64(value);
  }
}

function writeIdentity(out: ByteWriter, event: EcuIdentity): void {
  const { timeNs, network, sa, fact, fields } = event;
  assert(fields.length <= maxFields, "at most 16 fields");
  out.byte(network === undefined ? Kind.identity : Kind.networkIdentity);
  out.int64(timeNs);
  if (network !== undefined) out.byte(networkByte(network));
  out.byte(sa);
  out.byte(identityFacts.indexOf(fact));
  out.byte(fields.length);
  for (const field of fields) {
    const bytes = Buffer.from(field, "ascii");
    assert(bytes.length <= maxFieldBytes, "at most 200 characters");
    out.byte(bytes.length);
    out.append(bytes);
  }
}

/** Reads `count` events; refuses a count that the bytes cannot hold before anything is allocated for it. */
export function readEvents(from: ByteReader, count: number): MachineEvent[] {
  if (count * minEventBytes > from.remaining) from.fail("there are fewer events than stated");
  const events: MachineEvent[] = [];
  for (let index = 0; index < count; index++) events.push(readEvent(from));
  return events;
}

function readEvent(from: ByteReader): MachineEvent {
  const kind = from.byte();
  const timeNs = from.int64();
  switch (kind) {
    case Kind.activeDtcs:
      return readActive(from, timeNs);
    case Kind.networkDtcs: {
      const network = readNetwork(from);
      return { ...readActive(from, timeNs), network };
    }
    case Kind.dtcChange:
      return readChange(from, timeNs);
    case Kind.diagnosticOrder:
      return {
        kind: "diagnostic-order",
        timeNs,
        sa: from.byte(),
        da: from.byte(),
        command: diagnosticCommands[from.byte()] ?? from.fail("an order is unknown"),
      };
    case Kind.identity:
      return readIdentity(from, timeNs);
    case Kind.networkIdentity: {
      const network = readNetwork(from);
      return { ...readIdentity(from, timeNs), network };
    }
    case Kind.capture:
      return readCapture(from, timeNs);
    case Kind.freezeFrame:
      return readFreezeFrame(from, timeNs);
    default:
      return from.fail("a kind of event is unknown");
  }
}

function readNetwork(from: ByteReader): number {
  const network = from.byte();
  return network === 0 ? from.fail("the main network has no number") : network;
}

function readActive(from: ByteReader, timeNs: bigint) {
  const sa = from.byte();
  const lamps = unpackLamps(from);
  const dtcCount = from.varint();
  if (dtcCount * dtcBytes > from.remaining) from.fail("there are fewer DTCs than stated");
  const dtcs = Array.from({ length: dtcCount }, () => unpackDtc(from.uint32()));
  return { kind: "active-dtcs" as const, timeNs, sa, lamps, dtcs };
}

function readChange(from: ByteReader, timeNs: bigint): DtcChange {
  const network = from.byte();
  const sa = from.byte();
  const state = dtcStates[from.byte()] ?? from.fail("the state of a DTC is unknown");
  const dtc = unpackDtc(from.uint32());
  const lamps = unpackLamps(from);
  const firstNs = timeNs - BigInt(from.varint());
  const lastNs = timeNs - BigInt(from.varint());
  const messages = from.varint();
  const count = from.varint();
  if (count * minSnapshotBytes > from.remaining)
    from.fail("there are fewer values in a snapshot than stated");
  const snapshot = Array.from({ length: count }, () => readSnapshotValue(from));
  return {
    kind: "dtc-change",
    timeNs,
    ...(network === 0 ? {} : { network }),
    sa,
    dtc,
    lamps,
    state,
    firstNs,
    lastNs,
    messages,
    snapshot,
  };
}

function readSnapshotValue(from: ByteReader): SnapshotValue {
  const signal = from.varint();
  const quality = from.byte();
  if (quality >= qualityNames.length) from.fail("a quality in a snapshot is unknown");
  const ageMs = from.varint();
  const value = quality === Quality.good ? from.float64() : Number.NaN;
  return { signal, value, quality: quality as Quality, ageMs };
}

function readIdentity(from: ByteReader, timeNs: bigint): EcuIdentity {
  const sa = from.byte();
  const fact = identityFacts[from.byte()] ?? from.fail("a fact of identity is unknown");
  const count = from.byte();
  if (count > maxFields) from.fail("there are too many fields");
  const fields = Array.from({ length: count }, () => {
    const length = from.byte();
    if (length > maxFieldBytes) from.fail("a field is too long");
    const bytes = from.take(length);
    if (bytes.some((code) => code < 0x20 || code > 0x7e)) from.fail("a field is not plain text");
    return Buffer.from(bytes).toString("ascii");
  });
  return { kind: "identity", timeNs, sa, fact, fields };
}

function networkByte(network: number): number {
  assert(network >= 0 && network <= 0xff, "a network is a byte");
  return network;
}

/** Nanoseconds before `timeNs`, never negative, and no more than a varint holds (104 days). */
function agoOf(timeNs: bigint, beforeNs: bigint): number {
  const ago = timeNs - beforeNs;
  return ago <= 0n ? 0 : Math.min(Number(ago), Number.MAX_SAFE_INTEGER);
}

function packLamps({ mil, redStop, amberWarning, protect }: Lamps): number {
  return [protect, amberWarning, redStop, mil].reduce((bits, state) => {
    const code = lampStates.indexOf(state);
    assert(code >= 0, "a lamp state is known");
    return (bits << 3) | code;
  }, 0);
}

function unpackLamps(from: ByteReader): Lamps {
  const bits = from.uint16();
  const lamp = (shift: number) =>
    lampStates[(bits >>> shift) & 7] ?? from.fail("a lamp state is unknown");
  if (bits > 0xfff) from.fail("a lamp state is unknown");
  return { mil: lamp(0), redStop: lamp(3), amberWarning: lamp(6), protect: lamp(9) };
}
