import { LatencyHistogram } from "./latency-histogram.ts";
import { type LinkEvent, type LoadFigures, noAmount, noLinks } from "./load-figures.ts";
import type { LoadBook } from "./load-gateway.ts";
import type { HeldBatch } from "./memory-spool.ts";
import type { PumpValues } from "./pump-values.ts";

/** What one process of a load counts. */
export class LoadCounts implements LoadBook {
  readonly values: PumpValues;
  readonly #samplesPerBatch: number;
  readonly #notesLinks: boolean;
  readonly #links = noLinks();
  readonly #made = noAmount();
  readonly #acknowledged = noAmount();
  readonly #lost = noAmount();
  readonly #within = new LatencyHistogram();
  readonly #across = new LatencyHistogram();
  #lateMs = 0;
  #cpuBefore = process.cpuUsage();
  #lastTrouble = "";
  #linkEvents: LinkEvent[] = [];

  /** `notesLinks`: whether `takeLinkEvents` is called now and then. */
  constructor(options: {
    readonly values: PumpValues;
    readonly samplesPerBatch: number;
    readonly notesLinks: boolean;
  }) {
    this.values = options.values;
    this.#samplesPerBatch = options.samplesPerBatch;
    this.#notesLinks = options.notesLinks;
  }

  /** Latencies, lateness and processor time are counted from here on. */
  beginMeasuring(): void {
    this.#within.reset();
    this.#across.reset();
    this.#lateMs = 0;
    this.#cpuBefore = process.cpuUsage();
  }

  onTry = (of: string): void => {
    this.#links.tries++;
    this.#note("try", of);
  };

  onSession = (of: string, isFirst: boolean): void => {
    this.#links.sessions++;
    if (!isFirst) this.#links.reconnects++;
    this.#note("session", of);
  };

  onLinkEnd = (how: "refused" | "turnedAway" | "cut" | "broken", reason: string): void => {
    this.#links[how]++;
    if (how !== "cut") this.#lastTrouble = reason;
  };

  onMade = (lateMs: number): void => {
    this.#made.batches++;
    this.#made.samples += this.#samplesPerBatch;
    this.#lateMs = Math.max(this.#lateMs, lateMs);
  };

  onAcknowledged = ({ samples, madeMs }: HeldBatch, isWithinSession: boolean): void => {
    this.#acknowledged.batches++;
    this.#acknowledged.samples += samples;
    (isWithinSession ? this.#within : this.#across).note(Date.now() - madeMs);
  };

  onLost = (batches: number, samples: number): void => {
    this.#lost.batches += batches;
    this.#lost.samples += samples;
  };

  onTakenBack = (batches: number): void => {
    const samples = batches * this.#samplesPerBatch;
    this.#acknowledged.batches -= batches;
    this.#acknowledged.samples -= samples;
    this.onLost(batches, samples);
  };

  /** Tries and sessions since the last call. */
  takeLinkEvents(): readonly LinkEvent[] {
    const events = this.#linkEvents;
    this.#linkEvents = [];
    return events;
  }

  figures(
    counted: Pick<LoadFigures, "isResting" | "connected" | "everConnected" | "sentAgain">,
  ): LoadFigures {
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    const [made, acknowledged, lost] = [this.#made, this.#acknowledged, this.#lost];
    return {
      ...counted,
      links: { ...this.#links },
      made: { ...made },
      acknowledged: { ...acknowledged },
      lost: { ...lost },
      inFlight: {
        batches: made.batches - acknowledged.batches - lost.batches,
        samples: made.samples - acknowledged.samples - lost.samples,
      },
      within: this.#within.toSparse(),
      across: this.#across.toSparse(),
      lateMs: this.#lateMs,
      cpuSeconds: (user + system) / 1e6,
      rssBytes: process.memoryUsage.rss(),
      lastTrouble: this.#lastTrouble,
    };
  }

  #note(kind: LinkEvent["kind"], of: string): void {
    if (this.#notesLinks) this.#linkEvents.push({ kind, of, atMs: Date.now() });
  }
}
