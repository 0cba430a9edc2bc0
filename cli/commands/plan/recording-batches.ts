import {
  createJ1939Decoder,
  type J1939Decoder,
  type J1939Signal,
} from "@firebreak/gateway/sources/can/j1939/decoder.ts";
import { openRecording } from "@firebreak/gateway/sources/can/recording.ts";
import { createRecordingFrame, stampNs } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { dictionaryOfPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";

/** The J1939 signals of a plan in the decoder's words; the index is the one of the plan's dictionary. */
export const j1939SignalsOf = (plan: Plan): readonly J1939Signal[] =>
  Object.values(plan.acquisition.signals).flatMap(({ j1939, scale, offset, range }, index) => {
    if (j1939 === undefined) return [];
    const { pgn, sa, startByte, startBit, bits, coding } = j1939;
    const [min, max] = range as [number, number];
    return [
      {
        index,
        pgn,
        ...(sa === undefined ? {} : { sa }),
        startByte,
        startBit,
        bits,
        scale,
        offset,
        min,
        max,
        kind: coding,
      },
    ];
  });

export interface RecordedBatch {
  readonly epoch: string;
  readonly batch: Batch;
}

/** What `recordingBatches` cuts a recording by: so many frames make one batch. */
const framesPerBatch = 64;

/**
 * Decodes a recording as a gateway with this plan would, into batches of one epoch. `startNs`: where the recording's
 * first stamp is put in time. Frames without a stamp are left out.
 */
export async function recordingBatches(
  path: string,
  {
    plan,
    epoch,
    startNs,
  }: { readonly plan: Plan; readonly epoch: string; readonly startNs: bigint },
): Promise<RecordedBatch[]> {
  const recording = await openRecording(path);
  const dictionary = dictionaryOfPlan(plan).hash;
  const frame = createRecordingFrame();
  const batches: RecordedBatch[] = [];
  const signals = j1939SignalsOf(plan);
  const decoders = new Map<string, J1939Decoder>();
  let samples = new SampleColumns(startNs);
  let events: MachineEvent[] = [];
  let firstNs: bigint | undefined;
  let frames = 0;

  const decoderOf = (bus: string): J1939Decoder => {
    const known = decoders.get(bus);
    if (known) return known;
    const made = createJ1939Decoder({
      signals,
      onActiveDtcs: ({ offsetNs, sa, lamps, dtcs }) =>
        events.push({
          kind: "active-dtcs",
          timeNs: startNs + BigInt(offsetNs),
          sa,
          lamps,
          dtcs,
        }),
    });
    decoders.set(bus, made);
    return made;
  };
  const cut = () => {
    if (samples.length + events.length === 0) return;
    const header = {
      epoch,
      number: batches.length + 1,
      lane: "live",
      dictionary,
      baseNs: startNs,
      sampleCount: samples.length,
      eventCount: events.length,
      produced: 0,
      suppressed: 0,
    } as const;
    batches.push({ epoch, batch: { header, samples, events } });
    samples = new SampleColumns(startNs);
    events = [];
  };

  try {
    while (await recording.fill())
      while (recording.next(frame)) {
        const stamp = stampNs(frame);
        if (stamp === undefined || !frame.isExtended || frame.isRemote || frame.isError) continue;
        firstNs ??= stamp;
        const offsetNs = Number(stamp - firstNs);
        decoderOf(frame.bus).decode(frame.canId, frame.data, frame.length, offsetNs, samples);
        if (++frames % framesPerBatch === 0) cut();
      }
    cut();
  } finally {
    await recording.close();
  }
  return batches;
}
