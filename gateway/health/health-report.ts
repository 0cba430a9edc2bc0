import type { Clock } from "@firebreak/kit/clock.ts";
import {
  type HealthEntry,
  type HealthValue,
  isHealthState,
} from "@firebreak/wire/gateway-health.ts";
import type { HealthValues } from "./health-values.ts";

export interface HealthReportOptions {
  readonly clock: Clock;
  /** Sends changed values now; false if there is no session, or one of them was in no birth. */
  readonly send: (entries: readonly HealthEntry[], isHistorical: boolean) => boolean;
  /** Asks for new births, because there is something that no birth has named. */
  readonly rebirth: () => void;
  /** Figures that have changed go out this often, ms. */
  readonly figuresEveryMs?: number;
  /** Changes of state are gathered for so long, ms, so that a bus that flaps costs no more than this. */
  readonly statesEveryMs?: number;
}

/** Fifteen minutes: some 40 kB a day with two buses. */
const defaultFiguresMs = 900_000;
const defaultStatesMs = 5_000;
/** Of what happened without a session; older ones are given up. */
const mostKept = 200;
/** Engineering default: a hub that is heard so long after something was sent has had it; it speaks every ten seconds. */
const provedMs = 10_000;

interface Kept {
  value: HealthValue;
  /** By the clock that only grows. */
  sinceMs: number;
  /** By the same clock; undefined: the hub was not told yet. */
  sentMs: number | undefined;
}

type Missed = Pick<Kept, "value" | "sinceMs"> & { readonly key: string };

/**
 * What a gateway's hub knows of its health and what it does not know yet. States go out within seconds, figures now and
 * then, each only when it has changed; what changed while there was no session goes out with the next one.
 */
export class HealthReport {
  readonly #options: HealthReportOptions;
  readonly #paths = new Map<string, readonly string[]>();
  readonly #kept = new Map<string, Kept>();
  #named: ReadonlySet<string> = new Set();
  #missed: Missed[] = [];
  /** States that were sent and are no more, and of which nobody knows whether they have arrived. */
  #unproved: (Missed & { readonly sentMs: number })[] = [];
  #heardMs = 0;
  /** In the newest births, of which nobody knows yet whether a hub was there to hear them. */
  #inBirths: readonly Kept[] = [];
  #hasSession = false;
  #statesMs = Number.NEGATIVE_INFINITY;
  #figuresMs = Number.NEGATIVE_INFINITY;

  constructor(options: HealthReportOptions) {
    this.#options = options;
  }

  /** Takes how things are now. */
  look(values: HealthValues): void {
    this.#take(values);
    this.#send();
  }

  #take(values: HealthValues): void {
    const nowMs = this.#options.clock.monotonicMs();
    const seen = new Set<string>();
    for (const [path, value] of values) {
      const key = JSON.stringify(path);
      seen.add(key);
      this.#paths.set(key, path);
      const kept = this.#kept.get(key);
      if (kept?.value === value) continue;
      if (kept !== undefined && isHealthState(path)) this.#onPassed({ key, ...kept });
      this.#kept.set(key, { value, sinceMs: nowMs, sentMs: undefined });
    }
    // The next birth says that it is no more, by not naming it.
    for (const key of this.#kept.keys()) if (!seen.has(key)) this.#kept.delete(key);
  }

  /** Takes how things are now, and gives everything for a birth: what is new is in this one and asks for no other. */
  births(values: HealthValues): readonly HealthEntry[] {
    this.#take(values);
    this.#named = new Set(this.#kept.keys());
    this.#inBirths = [...this.#kept.values()];
    this.#figuresMs = this.#options.clock.monotonicMs();
    return [...this.#kept].map(([key, { value, sinceMs }]) => this.#entry({ key, value, sinceMs }));
  }

  /** Births are out, and the hub is there. */
  sessionBegan(): void {
    this.#hasSession = true;
    const nowMs = this.#options.clock.monotonicMs();
    // A hub answers births: its next word proves them, however soon it comes.
    for (const kept of this.#inBirths)
      if (kept.sentMs === undefined || !this.#isProved(kept.sentMs)) kept.sentMs = nowMs - provedMs;
    // What is no more has no name in the births, and nothing would go out with it among the others.
    this.#missed = this.#missed.filter(({ key }) => this.#named.has(key));
    if (this.#missed.length === 0) return;
    const entries = [...this.#missed, ...this.#endsOfMissed()].map((one) => this.#entry(one));
    if (!this.#options.send(entries, true)) return;
    for (const one of this.#missed) keepNewest(this.#unproved, { ...one, sentMs: nowMs });
    this.#missed = [];
  }

  /** Where a state came back to what the hub had last heard, its birth alone says neither that it was gone nor since when it is back. */
  #endsOfMissed(): Missed[] {
    const keys = new Set(this.#missed.map(({ key }) => key));
    return [...keys].flatMap((key) => {
      const kept = this.#kept.get(key);
      return kept === undefined ? [] : [{ key, ...kept }];
    });
  }

  /** A link may have been dead for a while before it ends: what it was to bring last is told again. */
  sessionEnded(): void {
    this.#hasSession = false;
    for (const { sentMs, ...one } of this.#unproved) if (!this.#isProved(sentMs)) this.#miss(one);
    this.#unproved = [];
  }

  /** The hub has said something. */
  heard(): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    this.#unproved = this.#unproved.filter(({ sentMs }) => !this.#isProved(sentMs));
  }

  #isProved = (sentMs: number): boolean => this.#heardMs - sentMs >= provedMs;

  /** A state is no more that the hub should know of. */
  #onPassed({ key, value, sinceMs, sentMs }: Kept & { readonly key: string }): void {
    const one = { key, value, sinceMs };
    if (this.#hasSession) {
      if (sentMs !== undefined && !this.#isProved(sentMs))
        keepNewest(this.#unproved, { ...one, sentMs });
    } else if (sentMs === undefined || !this.#isProved(sentMs)) this.#miss(one);
  }

  #miss(one: Missed): void {
    keepNewest(this.#missed, one);
  }

  #send(): void {
    if (!this.#hasSession) return;
    const { clock, send, rebirth } = this.#options;
    const { statesEveryMs = defaultStatesMs, figuresEveryMs = defaultFiguresMs } = this.#options;
    const nowMs = clock.monotonicMs();
    const changed = [...this.#kept].filter(([, { sentMs }]) => sentMs === undefined);
    if (changed.some(([key]) => !this.#named.has(key))) {
      rebirth();
      return;
    }
    const isFiguresDue = nowMs - this.#figuresMs >= figuresEveryMs;
    const isStateDue =
      nowMs - this.#statesMs >= statesEveryMs &&
      changed.some(([key]) => isHealthState(this.#paths.get(key) ?? []));
    if (changed.length === 0 || !(isFiguresDue || isStateDue)) return;
    // The message costs more than the figures in it.
    const entries = changed.map(([key, { value, sinceMs }]) =>
      this.#entry({ key, value, sinceMs }),
    );
    if (!send(entries, false)) return;
    for (const [, kept] of changed) kept.sentMs = nowMs;
    this.#statesMs = nowMs;
    this.#figuresMs = nowMs;
  }

  /** By the clock of now, so that ages are right even where that clock was set in between. */
  #entry({ key, value, sinceMs }: Missed): HealthEntry {
    const { clock } = this.#options;
    const atMs = clock.nowMs() - (clock.monotonicMs() - sinceMs);
    return { path: this.#paths.get(key) ?? [], value, atMs };
  }
}

function keepNewest<One>(all: One[], one: One): void {
  all.push(one);
  if (all.length > mostKept) all.shift();
}
