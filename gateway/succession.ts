import { createBackoff } from "@firebreak/kit/backoff.ts";
import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Gateway } from "./gateway-options.ts";
import { settingsOf } from "./read-settings.ts";
import type { LaidAnswer, RemoteLayer } from "./remote/remote-layer.ts";
import { createRestartWait, type RestartWait } from "./restart-wait.ts";
import { pause } from "./sources/pause.ts";

export interface SuccessionOptions {
  readonly layer: Pick<RemoteLayer, "read" | "started" | "blame" | "isOnTrial" | "isConfirmed">;
  /** `onBroken`: to be called when the gateway can go on no more. */
  readonly start: (read: LaidAnswer, onBroken: (error: unknown) => void) => Promise<Gateway>;
  /** Waiting between starts that come to nothing, ms. */
  readonly retry?: { readonly minMs: number; readonly capMs: number };
  /** Waiting before one that broke is started anew. */
  readonly restartWait?: RestartWait;
  readonly clock?: Pick<Clock, "monotonicMs">;
  readonly log: Logger;
}

const retryDefault = { minMs: 1_000, capMs: 60_000 };

/**
 * The gateway that runs, and those that take its place when its configuration is another one. A start that comes to
 * nothing is made again until it succeeds, here and not by ending the process: what can be had is tried at once, the
 * page for the installer stays, and it is the same with no service manager around.
 */
export class Succession {
  readonly #options: SuccessionOptions;
  readonly #ending = new AbortController();
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #restartWait: RestartWait;
  #gateway: Gateway | undefined;
  #running: LaidAnswer | undefined;
  /** The newest start. */
  #run: object = {};
  /** What it ran on last without anything unconfirmed. */
  #proved: LaidAnswer | undefined;
  #work = Promise.resolve();
  /** Starts that were asked for and have not begun. */
  #asked = 0;
  /** Ends the wait of one that broke: what is asked for now may be its cure. */
  #wake: AbortController | undefined;

  constructor(options: SuccessionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#restartWait = options.restartWait ?? createRestartWait();
  }

  /** The one that runs; while a start comes to nothing, the one that has ended. Undefined before `begin`. */
  get current(): Gateway | undefined {
    return this.#gateway;
  }

  /** @throws CodedError as `startGateway`, of what is not on trial */
  async begin(first: LaidAnswer): Promise<Gateway> {
    const { layer, log } = this.#options;
    for (let read = first; ; read = await layer.read())
      try {
        return await this.#start(read);
      } catch (error) {
        if (!layer.blame(error)) throw error;
        log.error({ err: error }, "gateway could not start with the hub's configuration");
      }
  }

  /** Starts the next one soon, after those that were asked for before. */
  next(): void {
    this.#asked++;
    this.#wake?.abort();
    this.#work = this.#work.then(() => {
      this.#asked--;
      return this.#follow();
    });
  }

  /** @throws as `Gateway.stop` */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#work;
    await this.#gateway?.stop();
  }

  /** Never fails. */
  async #follow(): Promise<void> {
    const { layer, log, retry = retryDefault } = this.#options;
    const { signal } = this.#ending;
    const backoff = createBackoff(retry.minMs, retry.capMs);
    let isStopped = false;
    if (this.#running && layer.isConfirmed(this.#running.document)) this.#proved = this.#running;
    while (!signal.aborted)
      try {
        const read = await this.#read();
        if (signal.aborted) return;
        if (!isStopped) await this.#stop();
        isStopped = true;
        await this.#start(read);
        log.info({}, "gateway started anew");
        return;
      } catch (err) {
        log.error({ err, code: errorCode(err) }, "gateway could not start anew, tries again");
        // Without what was on trial it may start at once.
        if (!layer.blame(err)) await pause(backoff.nextMs(), signal);
      }
  }

  async #read(): Promise<LaidAnswer> {
    const { layer } = this.#options;
    const read = await layer.read();
    // A file that is being edited and has mistakes must neither leave the machine without a gateway, nor keep in force
    // what the hub has not confirmed.
    const answer = read.settings === undefined && !layer.isOnTrial ? (this.#proved ?? read) : read;
    settingsOf(answer);
    return answer;
  }

  async #start(read: LaidAnswer): Promise<Gateway> {
    const { layer, start } = this.#options;
    const run = {};
    this.#run = run;
    const beganMs = this.#clock.monotonicMs();
    const gateway = await start(read, (error) =>
      this.#broke(run, { error, ranMs: this.#clock.monotonicMs() - beganMs }),
    );
    this.#gateway = gateway;
    this.#running = read;
    layer.started(read.document);
    if (!layer.isOnTrial) this.#proved = read;
    return gateway;
  }

  /** One that broke takes nothing in any more, or sends nothing; with no service manager around nobody would see it. */
  #broke(run: object, { error, ranMs }: { error: unknown; ranMs: number }): void {
    const { layer, log } = this.#options;
    this.#work = this.#work.then(async () => {
      if (run !== this.#run) return;
      if (!layer.blame(error)) {
        const waitMs = Math.round(this.#restartWait.nextMs(ranMs));
        log.info({ waitMs, ranMs: Math.round(ranMs) }, "gateway broke, waits to start anew");
        await this.#pause(waitMs);
      }
      if (this.#asked === 0) await this.#follow();
    });
  }

  async #pause(waitMs: number): Promise<void> {
    if (this.#asked > 0) return;
    this.#wake = new AbortController();
    await pause(waitMs, AbortSignal.any([this.#ending.signal, this.#wake.signal]));
    this.#wake = undefined;
  }

  /** A disk that takes nothing must not keep the next one from starting: it works in memory. */
  async #stop(): Promise<void> {
    try {
      await this.#gateway?.stop();
    } catch (err) {
      this.#options.log.error({ err, code: errorCode(err) }, "gateway did not end well");
    }
  }
}
