import type { Logger } from "@firebreak/kit/logger.ts";

/**
 * The first error of a running gateway that nobody expected. What is in its memory can no longer be trusted: it has to
 * start anew, from what is on disk.
 */
export class Breakage {
  /** Fails with that error. */
  readonly happened: Promise<never>;
  readonly #tell: (error: unknown) => void;
  #first: { readonly error: unknown } | undefined;

  constructor(log: Logger, onBroken?: (error: unknown) => void) {
    const { promise, reject } = Promise.withResolvers<never>();
    // Not everybody waits for it.
    promise.catch(() => undefined);
    this.happened = promise;
    this.#tell = (error) => {
      log.fatal({ err: error }, "gateway broke");
      reject(error);
      onBroken?.(error);
    };
  }

  readonly note = (error: unknown): void => {
    if (this.#first) return;
    this.#first = { error };
    this.#tell(error);
  };

  /** Does something that must hold up nothing else. */
  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.note(error);
    }
  }

  throwIfAny(): void {
    if (this.#first) throw this.#first.error;
  }
}
