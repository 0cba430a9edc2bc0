import { createBackoff } from "@firebreak/kit/backoff.ts";

const MAX_RETRY_MS = 30_000;

export interface GroupCommitOptions {
  readonly intervalMs: number;
  /** Brings everything appended so far to disk. Called once at a time. */
  readonly write: () => Promise<void>;
  /** A change of state, not every try: the first failure after success, and the first success after failure. */
  readonly onFailing: (cause: unknown) => void;
  readonly onHealed: () => void;
}

/** When to write: many appends share one fsync, a failing disk is tried again ever more slowly. */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #backoff: ReturnType<typeof createBackoff>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  #lastMs = 0;
  #failure: unknown;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#backoff = createBackoff(Math.max(100, options.intervalMs), MAX_RETRY_MS);
  }

  get isFailing(): boolean {
    return this.#failure !== undefined;
  }
  /** Why the last try failed; undefined after one that succeeded. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Sees to it that what was just appended is written within the interval. */
  schedule(): void {
    // The fsync itself takes time, which belongs to the interval; but never spend more than half of it.
    const { intervalMs } = this.#options;
    this.#arm(Math.max(intervalMs / 2, intervalMs - this.#lastMs));
  }

  /** A commit that covers everything appended before the call; callers at the same time share it. */
  commit(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    // The one under way took its records already; whatever comes of it, another is needed.
    this.#following ??= this.#running.then(ignore, ignore).then(() => {
      this.#following = undefined;
      return this.commit();
    });
    return this.#following;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(delayMs: number): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // A failure is reported by `onFailing` and tried again.
      this.commit().catch(ignore);
    }, delayMs);
  }

  async #run(): Promise<void> {
    const startMs = performance.now();
    try {
      await this.#options.write();
    } catch (error) {
      this.stop();
      this.#arm(this.#backoff.nextMs());
      if (!this.isFailing) this.#options.onFailing(error);
      this.#failure = error;
      throw error;
    }
    this.#lastMs = performance.now() - startMs;
    this.#backoff.reset();
    if (this.isFailing) this.#options.onHealed();
    this.#failure = undefined;
  }
}

const ignore = () => {};
