import fc from "fast-check";
import { type BatchIdentity, lossReasons } from "./batch.ts";
import type { BatchContent } from "./batch-block.ts";
import { captureNamePattern, requestIdPattern } from "./capture-event.ts";
import {
  captureFormats,
  diagnosticCommands,
  dtcStates,
  identityFacts,
  lampStates,
  type MachineEvent,
} from "./machine-event.ts";
import type { Quality } from "./quality.ts";
import { SampleColumns } from "./sample-columns.ts";
import { createDictionary } from "./signal-dictionary.ts";

export const identity: BatchIdentity = { gatewayId: "gw-1", machineId: "truck-7" };

/** Scales and offsets as standards print them, and some that never give a raw count back. */
export const dictionary = createDictionary("test-machine", [
  { name: "engineSpeed", unit: "rpm", scale: 0.125, offset: 0, spn: 190, sa: 0 },
  { name: "coolantTemperature", unit: "degC", scale: 1, offset: -40 },
  { name: "oilTemperature", unit: "degC", scale: 0.03125, offset: -273 },
  { name: "hours", unit: "h", scale: 0.05, offset: 0 },
  { name: "reversed", unit: "1", scale: -0.1, offset: 3 },
  { name: "odd", unit: "1", scale: 1 / 3, offset: 1e-9 },
  { name: "float", unit: "kPa", scale: 1, offset: 0 },
  { name: "noScale", unit: "1", scale: 0, offset: 0 },
]);

const baseNs = 1_763_000_000_123_456_789n;

export interface Row {
  readonly signal: number;
  readonly offsetNs: number;
  readonly value: number;
  readonly quality: Quality;
}

export function columnsOf(rows: readonly Row[], base = baseNs): SampleColumns {
  const columns = new SampleColumns(base, Math.max(1, rows.length));
  for (const { signal, offsetNs, value, quality } of rows)
    columns.push(signal, offsetNs, value, quality);
  return columns;
}

export const contentOf = (
  samples: SampleColumns,
  rest: Partial<BatchContent> = {},
): BatchContent => ({
  epoch: "00112233445566778899aabbccddeeff",
  number: 1,
  lane: "live",
  dictionary,
  samples,
  events: [],
  produced: samples.length,
  suppressed: 0,
  ...rest,
});

/** What must come back, in a form that tells -0 from 0 and compares NaN. */
export const rowsOf = (samples: SampleColumns) =>
  Array.from({ length: samples.length }, (_, row) => ({
    signal: samples.signal[row],
    timeNs: samples.timeNs(row),
    value: samples.value[row],
    quality: samples.quality[row],
  }));

const signalIndex = fc.nat({ max: dictionary.signals.length - 1 });
const awkward = fc.constantFrom(
  -0,
  0,
  Number.NaN,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  2 ** -1030,
  Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 50,
  2 ** 50 + 1,
  -(2 ** 50),
  2 ** 53 + 2,
);
const wholeMs = fc.integer({ min: -5_000, max: 5_000 }).map((ms) => ms * 1_000_000);
const anyTime = fc.oneof(
  wholeMs,
  fc.integer({ min: 0, max: 60 }).map((seconds) => seconds * 1_000_000_000),
  // Half of what a block can span: from the first to the last, and the base is rounded besides.
  fc.integer({ min: -(2 ** 49), max: 2 ** 49 }),
);
/** Whole milliseconds but for one in twelve. */
const bumpedTime = fc
  .tuple(wholeMs, fc.nat({ max: 11 }), fc.integer({ min: 1, max: 999_999 }))
  .map(([ms, dice, ns]) => (dice === 0 ? ms + ns : ms));

const content = signalIndex.chain((signal) => {
  const { scale = 1, offset = 0 } = dictionary.signals[signal] ?? {};
  return fc.record({
    signal: fc.constant(signal),
    value: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 65_535 }).map((n) => n * scale + offset) },
      { weight: 1, arbitrary: fc.maxSafeInteger().map((n) => n * scale + offset) },
      { weight: 1, arbitrary: fc.float() },
      { weight: 1, arbitrary: fc.double() },
      { weight: 1, arbitrary: awkward },
    ),
    quality: fc.constantFrom<Quality>(0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5),
  });
});

/** Rows with runs of one stamp, as the signals of one frame have. */
const rowsAt = (time: fc.Arbitrary<number>): fc.Arbitrary<Row[]> =>
  fc.array(fc.tuple(content, time, fc.boolean()), { maxLength: 100, size: "max" }).map((parts) => {
    let offsetNs = 0;
    return parts.map(([row, next, keep]) => {
      if (!keep) offsetNs = next;
      return { ...row, offsetNs };
    });
  });
const rows = fc.oneof(rowsAt(anyTime), rowsAt(bumpedTime));

const lamp = fc.constantFrom(...lampStates);
const lamps = fc.record({ mil: lamp, redStop: lamp, amberWarning: lamp, protect: lamp });
const anyDtc = fc.record({
  spn: fc.nat({ max: 0x7ffff }),
  fmi: fc.nat({ max: 31 }),
  oc: fc.nat({ max: 127 }),
  cm: fc.constantFrom(0 as const, 1 as const),
});
const byte = fc.nat({ max: 255 });
const eventTime = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
const network = fc.option(fc.integer({ min: 1, max: 255 }), { nil: undefined });
const withNetwork = <Event extends { network?: number | undefined }>({
  network,
  ...rest
}: Event) => (network === undefined ? rest : { ...rest, network });

const anyActive = fc
  .record({
    kind: fc.constant("active-dtcs" as const),
    timeNs: eventTime,
    network,
    sa: byte,
    lamps,
    dtcs: fc.array(anyDtc, { maxLength: 30 }),
  })
  .map(withNetwork);

const snapshotValue = fc
  .record({
    signal: fc.nat({ max: 65_535 }),
    value: fc.double({ noNaN: true }),
    quality: fc.constantFrom<Quality>(0, 1, 2, 3, 4, 5),
    ageMs: fc.nat(),
  })
  .map((one) => ({ ...one, value: one.quality === 0 ? one.value : Number.NaN }));

const ago = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
const anyChange = fc
  .record({
    kind: fc.constant("dtc-change" as const),
    timeNs: eventTime,
    network,
    sa: byte,
    dtc: anyDtc,
    lamps,
    state: fc.constantFrom(...dtcStates),
    firstNs: ago,
    lastNs: ago,
    messages: fc.nat(),
    snapshot: fc.array(snapshotValue, { maxLength: 20 }),
  })
  .map(withNetwork)
  .map((one) => ({
    ...one,
    firstNs: one.timeNs - one.firstNs,
    lastNs: one.timeNs - one.lastNs,
  }));

const field = fc
  .array(fc.integer({ min: 0x20, max: 0x7e }), { maxLength: 200 })
  .map((codes) => String.fromCharCode(...codes));

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => Buffer.from(b).toString("hex"));
const freezeValue = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const counter = fc.nat({ max: Number.MAX_SAFE_INTEGER });

export const anyEvent: fc.Arbitrary<MachineEvent> = fc.oneof(
  anyActive,
  anyChange as fc.Arbitrary<MachineEvent>,
  fc.record({
    kind: fc.constant("diagnostic-order" as const),
    timeNs: eventTime,
    sa: byte,
    da: byte,
    command: fc.constantFrom(...diagnosticCommands),
  }),
  fc
    .record({
      kind: fc.constant("identity" as const),
      timeNs: eventTime,
      network,
      sa: byte,
      fact: fc.constantFrom(...identityFacts),
      fields: fc.array(field, { maxLength: 16 }),
    })
    .map(withNetwork) as fc.Arbitrary<MachineEvent>,
  fc
    .record({
      kind: fc.constant("freeze-frame" as const),
      timeNs: eventTime,
      network,
      sa: byte,
      dtc: anyDtc,
      values: fc.record({
        boostKpa: freezeValue,
        engineSpeedRpm: freezeValue,
        engineLoadPercent: freezeValue,
        coolantTemperatureC: freezeValue,
        vehicleSpeedKmh: freezeValue,
      }),
      extra: fc.nat({ max: 243 }).chain(hex),
    })
    .map(withNetwork) as fc.Arbitrary<MachineEvent>,
  fc
    .record({
      kind: fc.constant("capture" as const),
      timeNs: eventTime,
      sa: byte,
      name: fc.stringMatching(captureNamePattern),
      format: fc.constantFrom(...captureFormats),
      code: fc.option(
        fc.record({
          network: byte,
          spn: fc.nat({ max: 0x7ffff }),
          fmi: fc.nat({ max: 31 }),
        }),
      ),
      requestId: fc.oneof(fc.constant(""), fc.stringMatching(requestIdPattern)),
      firstNs: ago,
      records: counter,
      plainBytes: counter,
      storedBytes: counter,
      sha256: hex(32),
    })
    .map((one) => ({ ...one, firstNs: one.timeNs - one.firstNs })),
);

/** Any batch that encodes, tombstones included. */
export const anyContent: fc.Arbitrary<BatchContent> = fc
  .record({
    epoch: hex(16),
    number: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    lane: fc.constantFrom("alarm" as const, "live" as const),
    produced: counter,
    suppressed: counter,
    rows,
    base: fc.oneof(
      fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
      fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }).map((ms) => ms * 1_000_000n),
    ),
    events: fc.array(anyEvent, { maxLength: 5 }),
    isEmptied: fc.boolean(),
    loss: fc.option(fc.record({ reason: fc.constantFrom(...lossReasons), samples: counter }), {
      freq: 8,
    }),
  })
  .map(({ rows: given, base, events, loss, isEmptied, ...header }) => ({
    ...header,
    dictionary,
    samples: columnsOf(loss && isEmptied ? [] : given, base),
    events: loss && isEmptied ? [] : events,
    ...(loss ? { tombstone: loss } : {}),
  }));
