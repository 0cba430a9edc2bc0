import { sampleDbc } from "@firebreak/plans/imports/dbc.fixture.ts";
import { signalsOfImport } from "@firebreak/plans/imports/import-signals.ts";
import { seeded } from "@firebreak/test/seeded.fixture.ts";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { expect, test } from "vitest";
import { contextOf } from "../source.fixture.ts";
import { canSignal } from "./can-buses.fixture.ts";
import { CanBuses } from "./can-buses.ts";
import { spnFacts } from "./j1939/spn-facts.ts";
import { openRecording } from "./recording.ts";
import { createRecordingFrame } from "./recording-frame.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const framesWanted = isSoak ? 1_000_000 : 40_000;
const recordings = [
  "jd5055e_tractoron10seconds",
  "jd5055e_LeftSensorUnplugged-CheckEngine-1of3",
  "jd5055e_noStartInGear1",
  "sampletruckdata",
].flatMap((name) => sharedData(`can/${name}.log`) ?? []);

/** Everything at once: all SPNs, a DBC, CANopen, conversion methods. */
function everything() {
  const imported = signalsOfImport({ dbc: "x.dbc" }, sampleDbc).signals;
  const signals = {
    ...Object.fromEntries(imported.map(({ name, signal }) => [`dbc${name}`, signal])),
    ...Object.fromEntries(
      spnFacts.map(({ signal, spn, pgn, startByte, startBit, bits, kind, ...fact }) => [
        signal,
        canSignal(
          { j1939: { spn, pgn, startByte, startBit, bits, coding: kind } },
          { scale: fact.scale, offset: fact.offset, range: [fact.min, fact.max] },
        ),
      ]),
    ),
  };
  const j1939 = { conversion: { default: 1, bySa: { "0": 2 } } };
  const acquisition = { maker: "x", models: ["x"], signals, canopen: {}, j1939 };
  return contextOf({ plan: "all", acquisition } as unknown as Parameters<typeof contextOf>[0]);
}

test.skipIf(recordings.length === 0)(
  "A5: recordings with bits, lengths, identifiers and times damaged throw nothing, and no bad value is a number",
  async () => {
    const random = seeded(11);
    let wrong = 0;
    let samples = 0;
    let events = 0;
    const buses = new CanBuses(everything(), {
      deliver: ({ length, value, quality }, told) => {
        samples += length;
        events += told.length;
        for (let row = 0; row < length; row++)
          if (Number.isFinite(value[row]) !== (quality[row] === Quality.good)) wrong++;
      },
      whenRoom: () => Promise.resolve(),
    });
    let frames = 0;
    let timeNs = 1_700_000_000_000_000_000n;
    while (frames < framesWanted)
      for (const file of recordings) {
        const recording = await openRecording(file);
        const frame = createRecordingFrame();
        for (let here = 0; here < 10_000 && frames < framesWanted && (await recording.fill()); )
          while (recording.next(frame) && here++ < 10_000 && frames++ < framesWanted) {
            damage(frame, random);
            timeNs += BigInt(Math.floor((random() - 0.05) * 2_000_000));
            buses.take(frame, timeNs);
            if (buses.waiting > 5_000) buses.deliver();
          }
        await recording.close();
      }
    buses.deliver();
    expect(wrong).toBe(0);
    expect(samples).toBeGreaterThan(framesWanted / 2);
    expect(events).toBeGreaterThan(10);
    expect(buses.unknown().length).toBeLessThanOrEqual(100);
  },
  isSoak ? 600_000 : 30_000,
);

function damage(frame: ReturnType<typeof createRecordingFrame>, random: () => number): void {
  const pick = (count: number) => Math.floor(random() * count);
  switch (pick(12)) {
    case 0:
      frame.data[pick(8)] = pick(256);
      return;
    case 1:
      frame.length = pick(9);
      return;
    case 2:
      frame.canId = (frame.canId ^ (1 << pick(29))) >>> 0;
      return;
    case 3:
      frame.isExtended = !frame.isExtended;
      frame.canId &= 0x7ff;
      return;
    case 4:
      frame.isRemote = true;
      return;
    case 5:
      frame.data.fill([0xff, 0xfe, 0xfb, 0x00][pick(4)] ?? 0);
      return;
    default:
  }
}
