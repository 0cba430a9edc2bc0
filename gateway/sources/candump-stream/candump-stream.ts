import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Observable, type Subscriber } from "rxjs";
import { CanBuses } from "../can/can-buses.ts";
import { createRecordingFrame, type RecordingFrame, stampNs } from "../can/recording-frame.ts";
import { createRecordingParser } from "../can/recording-parser.ts";
import { nowNs } from "../now-ns.ts";
import type { BusStatus, Intake, Source, SourceContext, SourceState } from "../source.ts";
import type { CandumpStreamConfig } from "./candump-stream-kind.ts";
import { parsePlace, readPieces } from "./text-stream.ts";

/** Stamps before 2001 count from some start, not from 1970: then the clock of this gateway tells the time. */
const firstPlausibleSecond = 1_000_000_000;

/** CAN frames as text lines, as `candump -L` writes them, from a socket, a FIFO or a growing file. */
export class CandumpStream implements Source {
  readonly name: string;
  readonly #config: CandumpStreamConfig;
  readonly #context: SourceContext;
  #buses: CanBuses | undefined;
  #brokenLines = 0;
  #framesBefore = 0;

  constructor(config: CandumpStreamConfig, context: SourceContext) {
    this.name = `candump-stream ${config.from}`;
    this.#config = config;
    this.#context = context;
  }

  open(intake: Intake): Observable<SourceState> {
    return new Observable((subscriber) => {
      const ending = new AbortController();
      this.#run(intake, subscriber, ending.signal).catch((error: unknown) => {
        if (!ending.signal.aborted) subscriber.error(error);
      });
      return () => ending.abort();
    });
  }

  counters(): Readonly<Record<string, number>> {
    const counts = this.#buses?.counters() ?? {};
    const frames = this.#framesBefore + (this.#buses?.frames ?? 0);
    return { ...counts, frames, brokenLines: this.#brokenLines };
  }

  buses(): readonly BusStatus[] {
    return this.#buses?.statuses(undefined, nowNs(this.#context.clock)) ?? [];
  }

  async #run(
    intake: Intake,
    subscriber: Subscriber<SourceState>,
    ending: AbortSignal,
  ): Promise<void> {
    const place = parsePlace(this.#config.from);
    if (place === undefined) throw new CodedError("CAN_STREAM_ADDRESS", "no address to read from");
    this.#framesBefore += this.#buses?.frames ?? 0;
    const buses = new CanBuses(this.#context, intake);
    this.#buses = buses;
    const parser = createRecordingParser({ format: "candump" });
    const frame = createRecordingFrame();
    const brokenBefore = this.#brokenLines;
    for await (const piece of readPieces(place, ending)) {
      subscriber.next({ state: "open", detail: "" });
      parser.feed(piece);
      while (parser.next(frame)) buses.take(frame, this.#timeOf(frame));
      this.#brokenLines = brokenBefore + parser.brokenLines;
      buses.deliver();
    }
    if (!ending.aborted)
      throw new CodedError("CAN_STREAM_ENDED", `${this.#config.from} has ended`, {
        retryable: true,
      });
  }

  #timeOf(frame: RecordingFrame): bigint {
    const isEpochTime = frame.hasStamp && frame.stampSeconds >= firstPlausibleSecond;
    return (isEpochTime ? stampNs(frame) : undefined) ?? nowNs(this.#context.clock);
  }
}
