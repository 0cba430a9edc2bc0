import { setTimeout as sleep } from "node:timers/promises";
import { createBackoff } from "@firebreak/kit/backoff.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { FollowingStore } from "../store/store.ts";
import type { EquipmentHeader } from "./fleet-document.ts";
import { createMachineMemory, type MachineMemory } from "./machine-memory.ts";
import { readSource } from "./read-source.ts";
import type { AempSource } from "./source-config.ts";
import { SourceError, type SourceProblem, sourceProblemOf } from "./source-error.ts";
import { createSourceClient } from "./source-http.ts";
import { type SourceTotals, takePage, type WriteSamples } from "./take-page.ts";

/** How it goes with one source. */
export interface AempSourceState {
  readonly sourceId: string;
  readonly maker: string | null;
  readonly url: string;
  /** `waiting`: not read yet; `reading`: for the first time. */
  readonly state: "waiting" | "reading" | "ok" | "failing";
  /** In plain words; null when all is well. */
  readonly problem: string | null;
  /** The same for programs, and for who says it in another language. */
  readonly cause: Pick<SourceProblem, "reason" | "facts"> | null;
  readonly lastOkAt: string | null;
  readonly nextAt: string | null;
  readonly machines: number;
  /** Taken since the hub began. */
  readonly samples: number;
  readonly skipped: { readonly reason: string; readonly count: number }[];
}

export interface AempSources {
  states(): readonly AempSourceState[];
  /** What its source said of a machine last; undefined before that. */
  about(machineId: string): EquipmentHeader | undefined;
  /** The maker that a source is configured for. */
  makerOf(sourceId: string): string | undefined;
  close(): Promise<void>;
}

export interface AempSourcesOptions {
  readonly sources: readonly AempSource[];
  readonly store: Pick<FollowingStore, "signals" | "caughtUp">;
  readonly write: WriteSamples;
  readonly clock: Clock;
  readonly log: Logger;
  /** The least and the longest wait after a fault, ms. */
  readonly backoffMs?: readonly [least: number, longest: number];
}

const defaultEveryMinutes = 15;
const maxReasons = 50;

/** Reads each source again and again, each for itself: one that fails holds up no other. */
export function openAempSources(options: AempSourcesOptions): AempSources {
  const memory = createMachineMemory(options.store);
  const headers = new Map<string, EquipmentHeader>();
  const readers = options.sources.map((source) =>
    startReader(source, { options, memory, headers }),
  );
  const configured = new Map(options.sources.map(({ config }) => [config.id, config.maker]));
  return {
    states: () => readers.map(({ state }) => state()),
    about: (machineId) => headers.get(machineId),
    makerOf: (sourceId) => configured.get(sourceId),
    close: async () => {
      await Promise.all(readers.map(({ stop }) => stop()));
    },
  };
}

interface Shared {
  readonly options: AempSourcesOptions;
  readonly memory: MachineMemory;
  readonly headers: Map<string, EquipmentHeader>;
}

function startReader(source: AempSource, { options, memory, headers }: Shared) {
  const { config } = source;
  const { clock, write, backoffMs: [least, longest] = [60_000, 3_600_000] } = options;
  const log = options.log.child({ component: "iso15143", source: config.id });
  const giveUp = new AbortController();
  const stopped = new Promise<void>((resolve) =>
    giveUp.signal.addEventListener("abort", () => resolve()),
  );
  const client = createSourceClient(source, clock.nowMs, giveUp.signal);
  const backoff = createBackoff(least, longest);
  const everyMs = (config.everyMinutes ?? defaultEveryMinutes) * 60_000;
  const samplesBefore = { count: 0 };
  let totals: SourceTotals = { machines: new Set(), skipped: new Map(), samples: 0 };
  let isReading = false;
  let problem: SourceProblem | null = null;
  let lastOkMs: number | undefined;
  let nextMs: number | undefined;

  const readOnce = async (): Promise<number> => {
    const now: SourceTotals = { machines: new Set(), skipped: new Map(), samples: 0 };
    isReading = true;
    try {
      await readSource(client, new URL(config.url), (page) =>
        takePage(page, { sourceId: config.id, memory, headers, write, totals: now, clock }),
      );
      problem = null;
      lastOkMs = clock.nowMs();
      backoff.reset();
      return everyMs;
    } catch (error) {
      if (giveUp.signal.aborted) return everyMs;
      problem = sourceProblemOf(error);
      log.warn({ err: error }, "a server of another maker could not be read");
      const wait = backoff.nextMs();
      // Whoever asks to wait is not asked before that.
      const asked = error instanceof SourceError ? (error.retryAfterMs ?? 0) : 0;
      return Math.max(wait, asked);
    } finally {
      isReading = false;
      samplesBefore.count += now.samples;
      // A reading that failed half way does not make known machines vanish.
      totals = problem === null ? now : { ...totals, skipped: now.skipped };
    }
  };
  const run = async (): Promise<void> => {
    // What was journalled before the last end must be known, or it would be taken again.
    await Promise.race([options.store.caughtUp(), stopped]);
    while (!giveUp.signal.aborted) {
      nextMs = undefined;
      const waitMs = await readOnce();
      nextMs = clock.nowMs() + waitMs;
      await sleep(waitMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
    }
  };
  const done = run().catch((error: unknown) => log.error({ err: error }, "source is read no more"));

  const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const word = (): AempSourceState["state"] => {
    if (problem !== null) return "failing";
    if (lastOkMs !== undefined) return "ok";
    return isReading ? "reading" : "waiting";
  };
  return {
    state: (): AempSourceState => ({
      sourceId: config.id,
      maker: config.maker ?? null,
      url: config.url,
      state: word(),
      problem: problem?.message ?? null,
      cause: problem && { reason: problem.reason, facts: problem.facts },
      lastOkAt: iso(lastOkMs),
      nextAt: iso(nextMs),
      machines: totals.machines.size,
      samples: samplesBefore.count,
      skipped: [...totals.skipped]
        .slice(0, maxReasons)
        .map(([reason, count]) => ({ reason, count })),
    }),
    stop: async () => {
      giveUp.abort();
      await done;
    },
  };
}
