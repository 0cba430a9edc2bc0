import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createJ1939Decoder } from "./decoder.ts";
import { spnFacts } from "./spn-facts.ts";
import { createTransport } from "./transport-protocol.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const frameCount = isSoak ? 1_000_000 : 20_000;
const perRun = 200;

const signals = spnFacts.map((fact, index) => ({ ...fact, index }));
const interesting = [0x18feca00, 0x1cecff00, 0x1cebff00, 0x1cec0600, 0x1ceb0600, 0x1cec0006];

const frame = fc.record({
  canId: fc.oneof(
    fc.integer({ min: 0, max: 0x1fffffff }),
    fc.constantFrom(...interesting),
    fc.constantFrom(...spnFacts.map(({ pgn }) => 0x18000000 | (pgn << 8))),
  ),
  payload: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc
      .tuple(fc.constantFrom(16, 17, 19, 32, 255), fc.integer({ min: 0, max: 40 }))
      .map(([control, size]) =>
        Uint8Array.of(control, size, 0, Math.ceil(size / 7), 255, 0xe3, 0xfe, 0),
      ),
    fc
      .tuple(fc.integer({ min: 0, max: 6 }), fc.uint8Array({ minLength: 7, maxLength: 7 }))
      .map(([sequence, bytes]) => Uint8Array.of(sequence, ...bytes)),
  ),
  offsetNs: fc.oneof(fc.integer({ min: 0, max: 1e9 }), fc.double({ noNaN: true })),
});

test(
  "any frames give samples with a number exactly when they are good, and never an exception",
  () => {
    fc.assert(
      fc.property(fc.array(frame, { minLength: perRun, maxLength: perRun }), (frames) => {
        let dtcMessages = 0;
        const wrong: unknown[] = [];
        const decoder = createJ1939Decoder({ signals, onActiveDtcs: () => dtcMessages++ });
        const columns = new SampleColumns(0n, 16);
        for (const { canId, payload, offsetNs } of frames) {
          columns.length = 0;
          decoder.decode(canId, payload, payload.length, offsetNs, columns);
          for (let row = 0; row < columns.length; row++) {
            const fact = spnFacts[columns.signal[row] ?? -1];
            const value = columns.value[row] ?? Number.NaN;
            const isGood = columns.quality[row] === 0;
            const isInRange = fact !== undefined && value >= fact.min && value <= fact.max;
            if (isGood ? !isInRange : !Number.isNaN(value)) wrong.push({ canId, payload, value });
          }
        }
        expect(wrong).toEqual([]);
        const { statistics } = decoder;
        const whole = [...decoder.messageCounts().values()].reduce((sum, count) => sum + count, 0);
        expect(statistics.frames).toBe(frames.length);
        expect(whole + statistics.foreignFrames).toBeLessThanOrEqual(frames.length);
        expect(dtcMessages + statistics.malformedDm1).toBe(decoder.messageCounts().get(65226) ?? 0);
      }),
      { numRuns: Math.ceil(frameCount / perRun) },
    );
  },
  isSoak ? 600_000 : 30_000,
);

test("ten thousand sessions at once take no more memory than those allowed", () => {
  const transport = createTransport({ onMessage: () => undefined });
  const announce = Uint8Array.of(16, 0xf9, 6, 255, 255, 0xe3, 0xfe, 0);
  for (let at = 0; at < 10_000; at++) transport.control(at % 0xff00, announce, 8, at);
  expect(transport.openSessions).toBe(512);
  expect(transport.statistics.opened - transport.statistics.evicted).toBe(512);
});
