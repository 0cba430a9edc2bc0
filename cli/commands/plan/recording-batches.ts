import { Diagnostics } from "@firebreak/gateway/shape/diagnostics.ts";
import { CanBuses } from "@firebreak/gateway/sources/can/can-buses.ts";
import { openRecording } from "@firebreak/gateway/sources/can/recording.ts";
import { createRecordingFrame, stampNs } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";

export interface RecordedBatch {
  readonly epoch: string;
  readonly batch: Batch;
}

/** What `recordingBatches` cuts a recording by: so many frames make one batch. */
const framesPerBatch = 64;

/**
 * Decodes a recording as a gateway with this plan would, into batches of one epoch; nothing is thinned. `startNs`: where
 * the recording's first stamp is put in time. Frames without a stamp are left out.
 */
export async function recordingBatches(
  path: string,
  {
    plan,
    epoch,
    startNs,
  }: { readonly plan: Plan; readonly epoch: string; readonly startNs: bigint },
): Promise<RecordedBatch[]> {
  const dictionary = dictionaryOfPlan(plan);
  const { acquisition } = plan;
  const batches: RecordedBatch[] = [];
  const add = (samples: SampleColumns, events: readonly MachineEvent[]) => {
    const header = {
      epoch,
      number: batches.length + 1,
      lane: "live",
      dictionary: dictionary.hash,
      baseNs: startNs,
      sampleCount: samples.length,
      eventCount: events.length,
      produced: 0,
      suppressed: 0,
    } as const;
    batches.push({ epoch, batch: { header, samples, events } });
  };
  const diagnostics = new Diagnostics({ acquisition, dictionary }, () => 0);
  const buses = new CanBuses(
    { acquisition, dictionary },
    {
      deliver: (samples, events) => add(copyOf(samples), diagnostics.take(samples, events)),
      whenRoom: () => Promise.resolve(),
    },
  );
  await readInto(buses, path, startNs);
  return batches;
}

async function readInto(buses: CanBuses, path: string, startNs: bigint): Promise<void> {
  const recording = await openRecording(path);
  const frame = createRecordingFrame();
  let firstNs: bigint | undefined;
  try {
    while (await recording.fill())
      while (recording.next(frame)) {
        const stamp = stampNs(frame);
        if (stamp === undefined) continue;
        firstNs ??= stamp;
        buses.take(frame, startNs + stamp - firstNs);
        if (buses.frames % framesPerBatch === 0) buses.deliver();
      }
    buses.deliver();
  } finally {
    await recording.close();
  }
}

/** The buses fill their columns again and again. */
function copyOf(from: SampleColumns): SampleColumns {
  const copy = new SampleColumns(from.baseNs, Math.max(1, from.length));
  for (let row = 0; row < from.length; row++)
    copy.push(
      from.signal[row] ?? 0,
      from.offsetNs[row] ?? 0,
      from.value[row] ?? Number.NaN,
      (from.quality[row] ?? 0) as Parameters<SampleColumns["push"]>[3],
    );
  return copy;
}
