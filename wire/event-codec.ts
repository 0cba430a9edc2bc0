import assert from "node:assert/strict";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type Dtc, type Lamps, lampStates, type MachineEvent } from "./machine-event.ts";

/** Leading byte of an event. Written to disk and wire: never renumber. */
const activeDtcs = 1;
const dtcBytes = 4;

/** The least that an event takes: kind, time, source address, lamps and count of DTCs. */
export const minEventBytes = 13;

/** The most that these events take, bytes. */
export const maxEventBytes = (events: readonly MachineEvent[]): number =>
  events.reduce((sum, { dtcs }) => sum + minEventBytes + 3 + dtcs.length * dtcBytes, 0);

/** Appends the events in their order; README.md has the layout. */
export function writeEvents(out: ByteWriter, events: readonly MachineEvent[]): void {
  for (const { timeNs, sa, lamps, dtcs } of events) {
    assert(sa >= 0 && sa <= 0xff, "a source address is a byte");
    out.byte(activeDtcs);
    out.int64(timeNs);
    out.byte(sa);
    out.uint16(packLamps(lamps));
    out.varint(dtcs.length);
    for (const dtc of dtcs) out.uint32(packDtc(dtc));
  }
}

/** Reads `count` events; refuses a count that the bytes cannot hold before anything is allocated for it. */
export function readEvents(from: ByteReader, count: number): MachineEvent[] {
  if (count * minEventBytes > from.remaining) from.fail("there are fewer events than stated");
  const events: MachineEvent[] = [];
  for (let index = 0; index < count; index++) {
    if (from.byte() !== activeDtcs) from.fail("a kind of event is unknown");
    const timeNs = from.int64();
    const sa = from.byte();
    const lamps = unpackLamps(from);
    const dtcCount = from.varint();
    if (dtcCount * dtcBytes > from.remaining) from.fail("there are fewer DTCs than stated");
    const dtcs = Array.from({ length: dtcCount }, () => unpackDtc(from.uint32()));
    events.push({ kind: "active-dtcs", timeNs, sa, lamps, dtcs });
  }
  return events;
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

/** Bits 0-18 SPN, 19-23 FMI, 24-30 OC, 31 CM: the widths of SAE J1939-73, without its scattered SPN. */
function packDtc({ spn, fmi, oc, cm }: Dtc): number {
  assert(
    spn >>> 19 === 0 && fmi >>> 5 === 0 && oc >>> 7 === 0 && cm >>> 1 === 0,
    "a DTC has 19 bits of SPN, 5 of FMI, 7 of OC and one of CM",
  );
  return (spn | (fmi << 19) | (oc << 24) | (cm << 31)) >>> 0;
}

const unpackDtc = (bits: number): Dtc => ({
  spn: bits & 0x7ffff,
  fmi: (bits >>> 19) & 0x1f,
  oc: (bits >>> 24) & 0x7f,
  cm: bits >>> 31 === 1 ? 1 : 0,
});
