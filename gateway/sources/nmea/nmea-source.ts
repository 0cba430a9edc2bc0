import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { Observable, type Subscriber } from "rxjs";
import { parsePlace, readPieces } from "../candump-stream/text-stream.ts";
import { nowNs } from "../now-ns.ts";
import { pause } from "../pause.ts";
import { openSerialLine } from "../serial/serial-line.ts";
import type { Intake, Source, SourceContext, SourceState } from "../source.ts";
import { GnssReader, type GnssSignal } from "./gnss-reader.ts";
import type { NmeaConfig } from "./nmea-kind.ts";

/** A receiver says something every second. */
const silenceMs = 5_000;
const lookMs = 500;

/** A satellite receiver that speaks NMEA 0183. Its time is offered even where the plan takes no signal from it. */
export class NmeaSource implements Source {
  readonly name: string;
  readonly #config: NmeaConfig;
  readonly #context: SourceContext;
  readonly #signals: readonly GnssSignal[];
  readonly #reader: GnssReader;
  #isStale = true;
  #lastMs = 0;

  constructor(config: NmeaConfig, context: SourceContext) {
    this.name = `nmea ${config.from}`;
    this.#config = config;
    this.#context = context;
    this.#signals = signalsOf(context);
    this.#reader = new GnssReader({ signals: this.#signals, onTime: context.onTime });
  }

  open(intake: Intake): Observable<SourceState> {
    return new Observable((subscriber) => {
      const ending = new AbortController();
      this.#run(intake, subscriber, ending.signal)
        .catch((error: unknown) => {
          if (!ending.signal.aborted) subscriber.error(error);
        })
        .finally(() => this.#fallSilent(intake));
      return () => ending.abort();
    });
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#reader.counts };
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    const { clock } = this.#context;
    this.#lastMs = clock.monotonicMs();
    const done = new AbortController();
    ending.addEventListener("abort", () => done.abort(), { once: true });
    const watching = this.#watch(intake, subscriber, done.signal);
    try {
      await this.#read((bytes) => {
        this.#take(bytes, intake);
        subscriber.next(this.#state());
      }, ending);
    } finally {
      done.abort();
      await watching;
    }
    if (!ending.aborted)
      throw new CodedError("NMEA_ENDED", `${this.#config.from} has ended`, { retryable: true });
  }

  async #read(onBytes: (bytes: Uint8Array) => void, ending: AbortSignal): Promise<void> {
    const { from: port, baudRate, dataBits, parity, stopBits } = this.#config;
    const place = parsePlace(port);
    if (place?.kind === "tcp") {
      for await (const piece of readPieces(place, ending)) onBytes(piece);
      return;
    }
    let lose = (_error: CodedError) => {};
    const lost = new Promise<never>((_, reject) => {
      lose = reject;
    });
    lost.catch(() => {}); // it may come before anybody waits for it
    const settings = { port, baudRate, dataBits, parity, stopBits };
    const open = await openSerialLine(settings, { onBytes, onLost: (error) => lose(error) });
    try {
      await Promise.race([lost, aborted(ending)]);
    } finally {
      await open.close();
    }
  }

  #take(bytes: Uint8Array, intake: Intake): void {
    const { clock } = this.#context;
    const before = this.#reader.counts.sentences;
    const columns = new SampleColumns(nowNs(clock), 8);
    this.#reader.feed(bytes, clock.monotonicMs(), columns);
    // Noise of a wrong speed is no sign of life.
    if (this.#reader.counts.sentences === before) return;
    this.#lastMs = clock.monotonicMs();
    this.#isStale = false;
    if (columns.length > 0) intake.deliver(columns, []);
  }

  /** Says so when nothing comes any more; a serial line has no other way to tell. */
  async #watch(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    while (!ending.aborted) {
      await pause(lookMs, ending);
      if (ending.aborted || this.#context.clock.monotonicMs() - this.#lastMs < silenceMs) continue;
      this.#fallSilent(intake);
      subscriber.next(this.#state());
    }
  }

  #fallSilent(intake: Intake): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#reader.forget();
    const columns = new SampleColumns(nowNs(this.#context.clock), 8);
    for (const { index } of this.#signals) columns.push(index, 0, Number.NaN, Quality.stale);
    if (columns.length > 0) intake.deliver(columns, []);
  }

  #state(): SourceState {
    const isSilent = this.#context.clock.monotonicMs() - this.#lastMs >= silenceMs;
    const { badSentences, overlong } = this.#reader.counts;
    if (isSilent && badSentences + overlong > 0)
      return { state: "trouble", detail: "only noise: wrong baudRate?" };
    if (isSilent) return { state: "trouble", detail: "silent: receiver off, or not connected?" };
    if (!this.#reader.hasFix) return { state: "trouble", detail: "no fix yet: antenna, open sky?" };
    return { state: "open", detail: "" };
  }
}

function signalsOf({ acquisition, dictionary }: SourceContext): GnssSignal[] {
  return dictionary.signals.flatMap(({ name }, index) => {
    const signal = acquisition.signals[name];
    if (signal?.nmea === undefined) return [];
    const [min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY] = signal.range;
    return [{ index, field: signal.nmea.field, min, max }];
  });
}

const aborted = (ending: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (ending.aborted) resolve();
    else ending.addEventListener("abort", () => resolve(), { once: true });
  });
