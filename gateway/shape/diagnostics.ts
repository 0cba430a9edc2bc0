import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import type { DtcChange, MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { SourceEvent } from "../decode/source-event.ts";
import { DtcLife } from "./dtc-life.ts";
import { KeySignals } from "./key-signals.ts";
import { News } from "./news.ts";

/** SAE J1939-73 has DM1 sent every second; after five without one, nobody knows whether a code is still active. */
const silenceMs = 5_000;
const nsPerMs = 1_000_000n;
/** Changes of one text, or of one freeze frame. */
const changesPerHour = 12;
/** How long a snapshot waits for key signals that were not heard yet, as they are not right after a start. */
const completionNs = 1_000_000_000n;
/** Later than this they would say nothing of the onset any more. */
const completionEndNs = 3_000_000_000n;
const maxIncomplete = 64;

/**
 * Turns what the sources of one machine say of trouble codes into what travels: the messages themselves, and each step
 * of a code's life with a snapshot at its onset. `nowMs`: a clock that only grows.
 */
export class Diagnostics {
  readonly #keySignals: KeySignals;
  readonly #life: DtcLife;
  readonly #nowMs: () => number;
  readonly #identities = new News(changesPerHour);
  readonly #freezeFrames = new News(changesPerHour);
  /** Onsets whose snapshot lacked signals; told again once, with what has come since. */
  #incomplete: DtcChange[] = [];
  /** Newest time of anything delivered, and when that was. */
  #newestNs: bigint | undefined;
  #deliveredAtMs = 0;

  constructor(
    { acquisition, dictionary }: { acquisition: Acquisition; dictionary: SignalDictionary },
    nowMs: () => number,
  ) {
    this.#nowMs = nowMs;
    this.#keySignals = new KeySignals(acquisition, dictionary);
    this.#life = new DtcLife({
      silenceNs: BigInt(silenceMs) * nsPerMs,
      snapshot: (timeNs) => this.#keySignals.snapshot(timeNs),
    });
  }

  /** Codes passed over because too many were there. */
  get overflow(): number {
    return this.#life.overflow;
  }

  /** What travels instead of `events`, which lie between and behind these samples in time. */
  take(samples: SampleColumns, events: readonly SourceEvent[]): MachineEvent[] {
    const told: MachineEvent[] = [];
    let row = 0;
    for (const event of events) {
      for (; row < samples.length && samples.timeNs(row) <= event.timeNs; row++)
        this.#keySignals.note(samples, row);
      // A step goes before the message that it follows from, so that whoever judges the message knows it.
      const steps = this.#life.take(event);
      this.#noteIncomplete(steps);
      told.push(...steps);
      if (this.#isTold(event)) told.push(event);
    }
    for (; row < samples.length; row++) this.#keySignals.note(samples, row);
    this.#reach(samples, events);
    if (this.#newestNs !== undefined)
      told.push(...this.#completed(this.#newestNs), ...this.#life.passTime(this.#newestNs));
    return told;
  }

  #noteIncomplete(steps: readonly DtcChange[]): void {
    for (const step of steps)
      if (step.state === "active" && step.snapshot.length < this.#keySignals.count)
        if (step.firstNs === step.timeNs) this.#incomplete.push(step);
    this.#incomplete = this.#incomplete.slice(-maxIncomplete);
  }

  #completed(nowNs: bigint): DtcChange[] {
    if (this.#incomplete.length === 0) return [];
    const due = this.#incomplete.filter(({ timeNs }) => nowNs - timeNs >= completionNs);
    this.#incomplete = this.#incomplete.filter(({ timeNs }) => nowNs - timeNs < completionNs);
    const snapshot = this.#keySignals.snapshot(nowNs);
    return due
      .filter(
        ({ timeNs, snapshot: before }) =>
          before.length < snapshot.length && nowNs - timeNs < completionEndNs,
      )
      .map((step) => ({ ...step, timeNs: nowNs, snapshot }));
  }

  /** Steps that follow from nothing being delivered; call it every 100 ms or so. */
  tick(): MachineEvent[] {
    if (this.#newestNs === undefined) return [];
    const quietMs = this.#nowMs() - this.#deliveredAtMs;
    // A recording is played at any speed: only when nothing comes at all does this clock count.
    if (quietMs < silenceMs) return [];
    return this.#life.passTime(this.#newestNs + BigInt(Math.floor(quietMs)) * nsPerMs);
  }

  #reach(samples: SampleColumns, events: readonly SourceEvent[]): void {
    if (samples.length + events.length === 0) return;
    this.#deliveredAtMs = this.#nowMs();
    const times = events.slice(-1).map(({ timeNs }) => timeNs);
    if (samples.length > 0) times.push(samples.timeNs(samples.length - 1));
    for (const timeNs of times)
      if (this.#newestNs === undefined || timeNs > this.#newestNs) this.#newestNs = timeNs;
  }

  /** Whether an event travels as it is: what is only repeated does not, nor what moves a code's life on. */
  #isTold(event: SourceEvent): event is MachineEvent {
    if (event.kind === "dtc-listing") return false;
    if (event.kind !== "identity" && event.kind !== "freeze-frame") return true;
    const { network = 0, sa, timeNs } = event;
    if (event.kind === "identity")
      return this.#identities.isNews(
        `${network} ${sa} ${event.fact}`,
        event.fields.join("*"),
        timeNs,
      );
    const { dtc, values, extra } = event;
    const key = `${network} ${sa} ${dtc.spn} ${dtc.fmi}`;
    return this.#freezeFrames.isNews(key, JSON.stringify([dtc.oc, values, extra]), timeNs);
  }
}
