import { CodedError } from "@firebreak/kit/coded-error.ts";
import { createRandom } from "../random.ts";
import type { LinkEvent } from "./load-figures.ts";
import type { LoadOrder } from "./load-order.ts";
import { type LoadReport, type LoadSums, sumFigures, toReport } from "./load-report.ts";
import { type LoadWorkers, startWorkers } from "./load-workers.ts";
import { StormWatch, scheduleLosses } from "./losses.ts";

/** What happens in the time in which data are made, counted from when everybody is there. */
export interface LoadCourse {
  /** Absent: until `until` says so. */
  readonly durationMs?: number;
  /** Connections that are lost all the time: this share of the fleet within each `everyMs`, at random moments. */
  readonly losses?: { readonly share: number; readonly everyMs: number };
  /** Connections that are lost at one moment. */
  readonly storms: readonly { readonly atMs: number; readonly gateways: number }[];
  /** At the end acknowledgements are waited for so long, ms. */
  readonly settleMs: number;
}

export type LoadPhase = "connecting" | "running" | "settling" | "leaving";

export interface LoadProgress {
  readonly phase: LoadPhase;
  /** Since this phase began. */
  readonly seconds: number;
  readonly sums: LoadSums;
}

export interface LoadHooks {
  /** About twice a second, with all new figures. */
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly onPhase?: (phase: LoadPhase, sums: LoadSums) => void | Promise<void>;
  /** Only with `tellsLinks` in the order. */
  readonly onLinks?: (events: readonly LinkEvent[]) => void;
  /** Ends the time in which data are made; resolved before, the load ends as soon as it can. */
  readonly until?: Promise<unknown>;
}

/** Nobody new came for so long: those who are there are all. Longer than an edge node waits between tries (120 s). */
const patienceMs = 150_000;
/** When nobody at all came in after so many tries of each, nobody will. Engineering default. */
const hopelessTries = 3;
const lookEveryMs = 100;

/**
 * Drives a fleet against a hub: connects all, then makes data for as long as is asked for, waits for what is not
 * acknowledged, says goodbye.
 * @throws CodedError NO_GATEWAY_CONNECTED, LOAD_WORKER_ENDED
 */
export async function runLoad(
  order: LoadOrder,
  course: LoadCourse,
  hooks: LoadHooks = {},
): Promise<LoadReport> {
  const load = new RunningLoad(order, course, hooks);
  try {
    return await load.run();
  } finally {
    load.end();
  }
}

class RunningLoad {
  readonly #order: LoadOrder;
  readonly #course: LoadCourse;
  readonly #hooks: LoadHooks;
  readonly #workers: LoadWorkers;
  #sums = sumFigures([]);
  #phase: LoadPhase = "connecting";
  #phaseMs = performance.now();
  #peakBytes = 0;
  #isTold = false;
  #isOver = false;

  constructor(order: LoadOrder, course: LoadCourse, hooks: LoadHooks) {
    this.#order = order;
    this.#course = course;
    this.#hooks = hooks;
    void hooks.until?.then(() => {
      this.#isTold = true;
    });
    this.#workers = startWorkers(order, {
      onFigures: () => this.#onFigures(),
      onLinks: (events) => hooks.onLinks?.(events),
    });
  }

  /** Whatever still waits for something ends, too. */
  end(): void {
    this.#isOver = true;
    this.#isTold = true;
    this.#workers.kill();
  }

  async run(): Promise<LoadReport> {
    await this.#orFailure(this.#connect());
    const connectSeconds = this.#phaseSeconds;
    this.#workers.tell({ kind: "start" });
    const cpuBefore = process.cpuUsage();
    await this.#enter("running");
    const storms = await this.#orFailure(this.#makeData());
    const seconds = this.#phaseSeconds;
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpuSeconds = this.#sums.cpuSeconds + (user + system) / 1e6;
    this.#workers.tell({ kind: "rest" });
    await this.#enter("settling");
    await this.#orFailure(this.#settle(storms));
    await this.#enter("leaving");
    await this.#workers.leave();
    const { reports } = storms;
    const times = { connectSeconds, seconds, cpuSeconds, peakBytes: this.#peakBytes };
    return toReport(this.#order, this.#sums, { ...times, storms: reports });
  }

  get #phaseSeconds(): number {
    return (performance.now() - this.#phaseMs) / 1_000;
  }

  #onFigures(): void {
    this.#sums = sumFigures(this.#workers.figures);
    this.#peakBytes = Math.max(this.#peakBytes, this.#sums.rssBytes);
    const { sums, phase } = { sums: this.#sums, phase: this.#phase };
    this.#hooks.onProgress?.({ phase, seconds: this.#phaseSeconds, sums });
  }

  async #enter(phase: LoadPhase): Promise<void> {
    this.#phase = phase;
    this.#phaseMs = performance.now();
    await this.#hooks.onPhase?.(phase, this.#sums);
  }

  #orFailure<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.#workers.failed]);
  }

  async #connect(): Promise<void> {
    const { gateways, rampMs } = this.#order;
    let most = 0;
    let newsMs = performance.now() + rampMs;
    while (this.#sums.everConnected < gateways && !this.#isTold && !this.#isHopeless) {
      await pause();
      if (this.#sums.everConnected > most) newsMs = Math.max(newsMs, performance.now());
      most = this.#sums.everConnected;
      if (performance.now() - newsMs > patienceMs) break;
    }
    if (this.#sums.everConnected === 0 && !this.#isTold)
      throw new CodedError(
        "NO_GATEWAY_CONNECTED",
        `Not one gateway came in: ${this.#sums.lastTrouble || "the hub did not answer"}.`,
      );
  }

  get #isHopeless(): boolean {
    const { everConnected, links } = this.#sums;
    const failed = links.refused + links.turnedAway;
    return everConnected === 0 && failed >= this.#order.gateways * hopelessTries;
  }

  async #makeData(): Promise<StormWatch> {
    const { durationMs = Number.POSITIVE_INFINITY, losses, storms } = this.#course;
    const { gateways, seed } = this.#order;
    const due = scheduleLosses({ gateways, storms, ...(losses ? { losses } : {}) });
    const random = createRandom(seed);
    const startMs = performance.now();
    const watch = new StormWatch(startMs);
    for (;;) {
      const nowMs = performance.now();
      const passedMs = nowMs - startMs;
      if (this.#isTold || passedMs >= durationMs) return watch;
      const before = this.#sums.connected;
      for (const { isStorm, numbers } of due(passedMs, random)) {
        this.#workers.tell({ kind: "lose", gateways: numbers });
        if (isStorm) watch.begin(nowMs, numbers.length, before);
      }
      watch.look(nowMs, this.#sums);
      await pause();
    }
  }

  async #settle(storms: StormWatch): Promise<void> {
    const startMs = performance.now();
    const isAll = () => this.#workers.figures.every((figures) => figures?.isResting);
    const isPatient = () => performance.now() - startMs < this.#course.settleMs || !isAll();
    while (isPatient() && !this.#isOver) {
      storms.look(performance.now(), this.#sums);
      if (isAll() && this.#sums.inFlight.batches === 0) return;
      await pause();
    }
  }
}

const pause = () => new Promise((next) => setTimeout(next, lookEveryMs));
