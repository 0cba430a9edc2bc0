import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type {
  ConfigurationCommand,
  ConfigurationName,
  ConfigurationReport,
} from "@firebreak/wire/configuration.ts";
import { readSettings, type SettingsAnswer } from "../read-settings.ts";
import { readState, stateFileOf, writeState } from "./state-file.ts";
import {
  begin,
  confirm,
  dropConfirmed,
  inForce,
  isNews,
  isSame,
  type RemoteState,
  refuse,
  restarted,
  rollBack,
} from "./trial.ts";

export interface RemoteLayerOptions {
  readonly file: string;
  readonly log: Logger;
  /** What lies over the file is another one now: the gateway has to start anew, by `read`. */
  readonly onChanged: () => void;
  /** Nothing but the report has changed. */
  readonly onNews: () => void;
}

/** What a gateway is started with, and what of the hub lay over its file; null: nothing did. */
export interface LaidAnswer extends SettingsAnswer {
  readonly document: ConfigurationName | null;
}

/** How the gateway fares that a command came to. */
export interface CommandedGateway {
  /** Of the hub it belongs to; null before it has met one. */
  readonly storeId: string | null;
  /** Batches are in memory only, and a start would drop them. */
  readonly isStorageFailing: boolean;
}

/**
 * Keeps what the hub has laid over a gateway's own file, on disk before it counts. A trial ends by the hub's word, by the
 * end of its time, by an error at the start, or by too many starts; never by nothing.
 */
export class RemoteLayer {
  readonly #options: RemoteLayerOptions;
  readonly #path: string;
  #state: RemoteState;
  /** What the gateway that runs was started with: after a change not yet what is in force. */
  #running: ConfigurationName | null = null;
  #postponed = 0;
  #windowMs = 300_000;
  #isRefusing = false;
  #timer: NodeJS.Timeout | undefined;
  /** Commands are checked one after the other. */
  #work = Promise.resolve();

  constructor(options: RemoteLayerOptions) {
    this.#options = options;
    this.#path = stateFileOf(options.file);
    const { state, isDamaged } = readState(this.#path);
    if (isDamaged)
      options.log.error({ path: this.#path }, "configuration of the hub is damaged, not used");
    this.#state = state;
    this.#restart();
  }

  /**
   * What the file comes to with what lies over it now. What does not fit the gateway's own file any more is put aside:
   * nothing from afar keeps a gateway from starting.
   */
  async read(): Promise<LaidAnswer> {
    const { file, log } = this.#options;
    for (;;) {
      const document = this.#isRefusing ? null : inForce(this.#state);
      const answer = { ...(await readSettings(file, document?.text)), document };
      const { refused, settings } = answer;
      if (refused?.code === "BAD_LAYER") {
        // It has been replaced meanwhile: the next one may fit.
        if (!isSame(document, inForce(this.#state))) continue;
        const { problems = [], message } = refused;
        log.error({ message }, "configuration of the hub does not fit any more, put aside");
        const why = { reason: "it does not fit the gateway's own file", problems };
        this.#goBack(
          this.#state.trial ? rollBack(this.#state, why) : dropConfirmed(this.#state, why),
        );
        continue;
      }
      if (settings === undefined) return answer;
      this.#windowMs = settings.remote.confirmWithinMs;
      const isRefusing = settings.remote.mode === "refuse";
      if (isRefusing === this.#isRefusing) return answer;
      this.#isRefusing = isRefusing;
    }
  }

  get isOnTrial(): boolean {
    return this.#state.trial !== null;
  }

  /** Whether this is what the gateway goes back to. */
  isConfirmed(document: ConfigurationName | null): boolean {
    return isSame(this.#state.confirmed, document);
  }

  /** The gateway runs on what `read` gave: the time of a trial begins. */
  started(document: ConfigurationName | null): void {
    this.#running = document;
    clearTimeout(this.#timer);
    const { trial } = this.#state;
    if (trial === null) return;
    const { version } = trial;
    this.#timer = setTimeout(() => this.#expire(version), this.#windowMs);
  }

  /** The gateway could not be started; true: something was on trial, it is rolled back, and `read` gives another. */
  blame(error: unknown): boolean {
    if (this.#state.trial === null) return false;
    const text = error instanceof Error ? error.message : String(error);
    this.#goBack(rollBack(this.#state, { reason: `the gateway could not start with it: ${text}` }));
    return true;
  }

  /** A command of the hub. */
  take(command: ConfigurationCommand, gateway: CommandedGateway): void {
    const { log } = this.#options;
    const { storeId, isStorageFailing } = gateway;
    if (storeId !== null && command.storeId !== storeId) {
      log.warn({ storeId: command.storeId }, "configuration of another hub ignored");
      return;
    }
    this.#work = this.#work
      .then(() =>
        command.kind === "confirm" ? this.#confirm(command) : this.#try(command, isStorageFailing),
      )
      .catch((err: unknown) => {
        // The disk does not take it, or it could not be checked: nothing has changed, and the hub asks again.
        log.error({ err, code: errorCode(err) }, "configuration of the hub could not be kept");
      });
  }

  /** `since`: the first batch of the run; it proves a trial only if the run is the trial's own. */
  report(since: ConfigurationReport["since"]): ConfigurationReport {
    const running = this.#running;
    const { trial, newest } = this.#state;
    return {
      protocol: 1,
      running: running && { version: running.version, hash: running.hash },
      newest,
      since: trial !== null && isSame(trial, running) ? since : null,
    };
  }

  async stop(): Promise<void> {
    await this.#work;
    clearTimeout(this.#timer);
  }

  async #try(
    command: ConfigurationCommand & { kind: "try" },
    isStorageFailing: boolean,
  ): Promise<void> {
    const { log, onChanged, onNews } = this.#options;
    const { version, hash, text } = command;
    if (!isNews(this.#state, command)) {
      onNews();
      return;
    }
    if (isStorageFailing) {
      // Unanswered, the hub sends it again and again until it may be tried.
      if (this.#postponed !== version)
        log.warn({ version }, "storage fails, configuration of the hub is put off");
      this.#postponed = version;
      return;
    }
    const refusal = await this.#refusalOf(text);
    if (refusal !== undefined) {
      log.warn({ version, ...refusal }, "configuration of the hub refused");
      this.#become(refuse(this.#state, command, refusal));
      onNews();
      return;
    }
    log.info({ version }, "configuration of the hub is tried");
    this.#become(begin(this.#state, { version, hash, text }));
    onChanged();
  }

  async #refusalOf(text: string): Promise<Parameters<typeof refuse>[2] | undefined> {
    if (this.#isRefusing) return { reason: "this gateway takes no configuration from afar" };
    const { refused } = await readSettings(this.#options.file, text);
    if (refused === undefined) return undefined;
    const { code, problems = [] } = refused;
    if (code === "BAD_LAYER") return { reason: "it has mistakes", problems };
    return { reason: "the gateway's own file has mistakes at present" };
  }

  #confirm(command: ConfigurationName): void {
    const { log, onNews } = this.#options;
    const before = this.#state;
    // Whatever made the hub believe so: what does not run has proved nothing.
    if (isSame(this.#running, command)) this.#become(confirm(before, command));
    if (this.#state !== before) {
      clearTimeout(this.#timer);
      log.info({ version: command.version }, "configuration of the hub is confirmed");
    }
    onNews();
  }

  #expire(version: number): void {
    if (this.#state.trial?.version !== version) return;
    this.#options.log.warn({ version }, "the hub has confirmed nothing, going back");
    const reason = `the hub has confirmed nothing within ${this.#windowMs / 1_000} s`;
    this.#goBack(rollBack(this.#state, { reason }));
    this.#options.onChanged();
  }

  /** A start that cannot be counted is not made: a trial must not begin again without end. */
  #restart(): void {
    const { log } = this.#options;
    try {
      this.#become(restarted(this.#state));
    } catch (err) {
      log.error({ err, code: errorCode(err) }, "configuration on trial could not be kept");
      this.#state = rollBack(this.#state, { reason: "the disk does not take that it is on trial" });
    }
    if (this.#state.newest?.state === "rolled-back")
      log.warn({ reason: this.#state.newest.reason }, "configuration of the hub was rolled back");
  }

  /** A full disk must not keep in force what is to go; after a restart it would be tried again, and end as well. */
  #goBack(state: RemoteState): void {
    try {
      this.#become(state);
    } catch (err) {
      this.#options.log.error({ err, code: errorCode(err) }, "rolling back could not be kept");
      this.#state = state;
    }
  }

  #become(state: RemoteState): void {
    if (state === this.#state) return;
    writeState(this.#path, state);
    this.#state = state;
  }
}
