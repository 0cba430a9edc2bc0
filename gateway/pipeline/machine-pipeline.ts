import type { Clock } from "@firebreak/kit/clock.ts";
import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { SignalWatch } from "../local/signal-watch.ts";
import { type BatchContent, Batcher } from "../shape/batcher.ts";
import { Diagnostics } from "../shape/diagnostics.ts";
import { shapingOf } from "../shape/shaping-of-plan.ts";
import type { Intake } from "../sources/source.ts";

/** Where finished batches go: the spool. */
export interface BatchSink {
  append(content: BatchContent & { machineId: string; dictionary: SignalDictionary }): boolean;
  whenRoom(): Promise<void>;
}

export interface PipelineOptions {
  readonly machineId: string;
  readonly acquisition: Acquisition;
  readonly dictionary: SignalDictionary;
  readonly sink: BatchSink;
  /** Newest stamp already given out in this epoch, if any. */
  readonly notBeforeNs?: bigint;
  readonly batchAgeMs: number;
  readonly clock: Clock;
  /** Hears what travels besides samples. */
  readonly onEvents?: (events: readonly MachineEvent[]) => void;
}

/** From the sources of one machine to numbered batches: shape, collect, hand over. */
export class MachinePipeline {
  readonly machineId: string;
  readonly acquisition: Acquisition;
  readonly dictionary: SignalDictionary;
  readonly intake: Intake;
  readonly #options: PipelineOptions;
  #batcher: Batcher;
  #diagnostics: Diagnostics;
  /** By those that a set clock made an end of. */
  #droppedBefore = 0;
  readonly #noSamples = new SampleColumns(0n, 1);
  /** What came of each signal, before it is thinned. */
  readonly watch: SignalWatch;
  /** Samples that went on, by signal. */
  readonly #produced: Float64Array;
  #batches = 0;

  constructor(options: PipelineOptions) {
    const { machineId, acquisition, dictionary, sink, clock } = options;
    this.machineId = machineId;
    this.acquisition = acquisition;
    this.dictionary = dictionary;
    this.watch = new SignalWatch(dictionary.signals.length);
    this.#produced = new Float64Array(dictionary.signals.length);
    this.#options = options;
    this.#diagnostics = new Diagnostics(options, () => clock.monotonicMs());
    this.#batcher = this.#newBatcher(options.notBeforeNs);
    this.intake = {
      deliver: (samples, events) => {
        this.watch.note(samples, clock.monotonicMs());
        const told = this.#diagnostics.take(samples, events);
        if (told.length > 0) options.onEvents?.(told);
        this.#batcher.deliver(samples, told);
      },
      whenRoom: () => sink.whenRoom(),
    };
  }

  /** Batches made so far. */
  get batches(): number {
    return this.#batches;
  }

  /** Identical DM1 messages that came too often to keep. */
  get droppedRepeats(): number {
    return this.#droppedBefore + this.#batcher.droppedRepeats;
  }

  tick(): void {
    const steps = this.#diagnostics.tick();
    if (steps.length > 0) this.#batcher.deliver(this.#noSamples, steps);
    this.#batcher.tick();
  }

  /** Tells the hub something that no bus said; it goes the way of everything else. */
  announce(event: MachineEvent): void {
    this.#batcher.deliver(this.#noSamples, [event]);
  }

  /** Hands over what has been collected. */
  flush(): void {
    this.#batcher.finish();
  }

  /**
   * The time of what comes now may lie before that of what came: everything that holds old and new against each other
   * begins anew, as at a start. Else samples would be pushed to just behind the newest one of before, and trouble codes
   * passed over, until the clock has caught up. Only for a new numbering, in which stamps begin anew.
   */
  clockSetBack(): void {
    const { clock } = this.#options;
    this.flush();
    this.#droppedBefore += this.#batcher.droppedRepeats;
    this.#diagnostics = new Diagnostics(this.#options, () => clock.monotonicMs());
    this.#batcher = this.#newBatcher();
  }

  #newBatcher(notBeforeNs?: bigint): Batcher {
    const { acquisition, dictionary, machineId, sink, batchAgeMs, clock } = this.#options;
    return new Batcher({
      shaping: shapingOf(acquisition, dictionary),
      ...(notBeforeNs === undefined ? {} : { notBeforeNs }),
      maxAgeMs: batchAgeMs,
      nowMs: () => clock.monotonicMs(),
      emit: (content) => {
        this.#batches++;
        this.#count(content.samples);
        sink.append({ ...content, machineId, dictionary });
      },
    });
  }

  /** Every signal with its last good value, for the birth certificate. */
  lastValues(): { readonly name: string; readonly value: number | null }[] {
    return this.dictionary.signals.map(({ name }, at) => {
      const { value } = this.watch.of(at);
      return { name, value: Number.isFinite(value) ? value : null };
    });
  }

  /** Samples that went on since the start, by signal. */
  producedBySignal(): { readonly name: string; readonly count: number }[] {
    return this.dictionary.signals.map(({ name }, at) => ({
      name,
      count: this.#produced[at] ?? 0,
    }));
  }

  #count({ length, signal }: SampleColumns): void {
    for (let row = 0; row < length; row++) {
      const at = signal[row] ?? 0;
      this.#produced[at] = (this.#produced[at] ?? 0) + 1;
    }
  }
}
