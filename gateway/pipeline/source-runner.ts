import { createBackoff } from "@firebreak/kit/backoff.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  catchError,
  concat,
  defer,
  EMPTY,
  type Observable,
  retry,
  tap,
  throwError,
  timer,
} from "rxjs";
import type { SourceStatus } from "../gateway-status.ts";
import type { Intake, Source, SourceState } from "../sources/source.ts";

export interface SourceRunner {
  readonly source: Source;
  /** Opens the source, and again after every failure that may heal; completes when it ended or failed for good. */
  readonly states$: Observable<SourceState>;
  readonly status: SourceStatus;
  /** Why it failed for good, if it did. */
  readonly failure: unknown;
}

export interface RunnerOptions {
  readonly machineId: string;
  readonly source: Source;
  readonly intake: Intake;
  readonly reopen: { readonly minMs: number; readonly capMs: number };
  readonly log: Logger;
}

/** The life of one source. Retries inside, so that no bus can end the gateway. */
export function runSource({ machineId, source, intake, reopen, log }: RunnerOptions): SourceRunner {
  let state: SourceStatus["state"] = "opening";
  let detail = "";
  let failure: unknown;
  const backoff = createBackoff(reopen.minMs, reopen.capMs);
  const component = log.child({ source: source.name, machineId });

  function become(next: SourceStatus["state"], why: string): void {
    if (next !== state && next !== "failed") component.info({ state: next, detail: why }, "source");
    state = next;
    detail = why;
  }

  const opened$ = defer(() => source.open(intake)).pipe(
    tap((next) => {
      backoff.reset();
      become(next.state, next.detail);
    }),
    retry({
      delay: (error: unknown) => {
        if (!(error instanceof CodedError) || !error.retryable) return throwError(() => error);
        become("waiting", error.message);
        return timer(backoff.nextMs());
      },
    }),
  );
  const states$ = concat(
    opened$,
    defer(() => {
      become("ended", "");
      return EMPTY;
    }),
  ).pipe(
    catchError((error: unknown) => {
      failure = error;
      component.error({ err: error, code: errorCode(error) }, "source failed for good");
      become("failed", error instanceof Error ? error.message : errorCode(error));
      return EMPTY;
    }),
  );
  return {
    source,
    states$,
    get failure() {
      return failure;
    },
    get status() {
      const counters = source.counters();
      const buses = source.buses?.();
      const devices = source.devices?.();
      return {
        machineId,
        source: source.name,
        state,
        detail,
        counters,
        ...(buses ? { buses } : {}),
        ...(devices ? { devices } : {}),
      };
    },
  };
}
