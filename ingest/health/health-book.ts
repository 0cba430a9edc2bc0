import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  type HealthEntry,
  type HealthValue,
  isHealthState,
} from "@firebreak/wire/gateway-health.ts";
import { createFloodLimit } from "../host/flood-limit.ts";
import type { SessionChange } from "../host/host-options.ts";
import { type HealthChange, type LostMinute, openHealthFile } from "./health-file.ts";

/** A value, and since when it is so by the hub's clock, ms since 1970. */
export interface KnownValue {
  readonly path: readonly string[];
  readonly value: HealthValue;
  readonly sinceMs: number;
}

export interface KnownHealth {
  readonly gatewayId: string;
  readonly isOnline: boolean;
  /** How its last session ended; null while it is online, and where the hub was not there to hear it. */
  readonly end: SessionEnd | null;
  readonly reportedMs: number;
  readonly values: readonly KnownValue[];
}

type GatewayChange = HealthChange & { readonly gatewayId: string };

export type SessionEnd = Pick<SessionChange, "atMs" | "saidGoodbye">;

/** What one message said. */
export interface ArrivedHealth {
  readonly gatewayId: string;
  /** Everything there is: what is not in it is no more. */
  readonly isBirth: boolean;
  readonly isHistorical: boolean;
  readonly entries: readonly HealthEntry[];
  readonly receivedMs: number;
  /** By the gateway's clock. */
  readonly sentMs: number;
}

export interface HealthReader {
  of(gatewayId: string): KnownHealth | undefined;
  /** Changes of state in this time, and of each the newest before it; oldest first. */
  changes(gatewayId: string, fromMs: number, toMs: number): readonly HealthChange[];
  /** What a machine's gateway gave up of this time; oldest first. */
  losses(machineId: string, fromMs: number, toMs: number): readonly LostMinute[];
}

interface Known {
  isOnline: boolean;
  end: SessionEnd | null;
  reportedMs: number;
  values: Map<string, KnownValue>;
}

const flushMs = 1_000;
const mostValues = 2_000;
const changesPerMinute = 120;
/** A clock further off than any delay of a message. */
const skewedMs = 60_000;
const mostRead = 5_000;
/** A clock that is not kept, and the way of a message, move the time of one change by less between two tellings. */
const sameInstantMs = 2_000;
const sessionPath = ["session"];
/** True beside an end of the session that was told by the gateway itself. */
const goodbyePath = ["session", "goodbye"];

export interface HealthBookOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** When the hub was there last, ms since 1970: then nobody was connected any more. */
  readonly aliveMs?: number | undefined;
}

/** What each gateway said of itself last, and how that changed. Memory answers; a file keeps it over restarts. */
export class HealthBook implements HealthReader {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #file: ReturnType<typeof openHealthFile>;
  readonly #known = new Map<string, Known>();
  readonly #dirty = new Set<string>();
  #changes: GatewayChange[] = [];
  /** The newest change of each state that was one too many, by gateway and path: what is told must end as it ended. */
  readonly #beyond = new Map<string, GatewayChange>();
  #lost: LostMinute[] = [];
  readonly #mayChange: (key: string) => boolean;
  readonly #timer: NodeJS.Timeout;

  /** @throws the system's error if the file cannot be opened */
  constructor(path: string, { clock, log, aliveMs = clock.nowMs() }: HealthBookOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#file = openHealthFile(path);
    this.#mayChange = createFloodLimit(() => clock.monotonicMs(), changesPerMinute);
    for (const { gatewayId, text } of this.#file.gateways()) {
      const { reportedMs, isOnline, end = null, values } = JSON.parse(text) as KnownHealth;
      const byKey = new Map(values.map((one) => [JSON.stringify(one.path), one]));
      this.#known.set(gatewayId, { isOnline, end, reportedMs, values: byKey });
      // Whoever was connected when the hub ended has to say so anew.
      if (isOnline)
        this.#goneUnheard(gatewayId, Math.min(clock.nowMs(), Math.max(aliveMs, reportedMs)));
    }
    this.#timer = setInterval(() => this.#flush(), flushMs);
  }

  take(arrived: ArrivedHealth): void {
    const { gatewayId, isBirth, isHistorical, entries, receivedMs } = arrived;
    if (entries.length === 0 && !isBirth) return;
    const known = this.#of(gatewayId);
    const before = known.values;
    const values = isBirth ? new Map<string, KnownValue>() : before;
    const heard = this.#heardOf(arrived);
    for (const entry of entries) {
      const key = JSON.stringify(entry.path);
      const sinceMs = instantOf(entry, arrived);
      const was = before.get(key);
      if (isHistorical) {
        if (!heard(entry, sinceMs)) this.#change(gatewayId, { ...entry, atMs: sinceMs });
        // It was otherwise in between, and nobody was there to hear it.
        if (was?.value === entry.value && was.sinceMs < sinceMs)
          values.set(key, { ...was, sinceMs });
        continue;
      }
      const isSame = was?.value === entry.value;
      if (isSame) values.set(key, was);
      else if (values.size < mostValues)
        values.set(key, { path: entry.path, value: entry.value, sinceMs });
      if (!isSame && isHealthState(entry.path))
        this.#change(gatewayId, { ...entry, atMs: sinceMs });
    }
    for (const [key, { path }] of before)
      if (!values.has(key) && isHealthState(path))
        this.#change(gatewayId, { path, value: null, atMs: receivedMs });
    known.values = values;
    if (!isHistorical) known.reportedMs = entries.length === 0 ? 0 : receivedMs;
    this.#dirty.add(gatewayId);
  }

  session(gatewayId: string, { isOnline, atMs, saidGoodbye }: SessionChange): void {
    const known = this.#of(gatewayId);
    if (known.isOnline === isOnline) return;
    known.isOnline = isOnline;
    known.end = isOnline ? null : { atMs, saidGoodbye };
    this.#change(gatewayId, { path: sessionPath, value: isOnline ? "online" : "offline", atMs });
    if (saidGoodbye) this.#change(gatewayId, { path: goodbyePath, value: true, atMs });
    this.#dirty.add(gatewayId);
  }

  /** Samples that were given up before they were sent. */
  lost(lost: LostMinute): void {
    this.#lost.push(lost);
  }

  of(gatewayId: string): KnownHealth | undefined {
    const known = this.#known.get(gatewayId);
    if (known === undefined) return undefined;
    const { isOnline, end, reportedMs, values } = known;
    return {
      gatewayId,
      isOnline,
      end,
      reportedMs,
      get values() {
        return [...values.values()];
      },
    };
  }

  changes(gatewayId: string, fromMs: number, toMs: number): HealthChange[] {
    this.#flush();
    return this.#file.changes(gatewayId, [fromMs, toMs], mostRead).reverse();
  }

  losses(machineId: string, fromMs: number, toMs: number): LostMinute[] {
    this.#flush();
    return this.#file.losses(machineId, Math.floor(fromMs / 60_000), Math.ceil(toMs / 60_000));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#flush();
    this.#file.close();
  }

  /** A gateway tells again what it does not know to have arrived. */
  #heardOf(arrived: ArrivedHealth): (entry: HealthEntry, atMs: number) => boolean {
    const times = arrived.entries.map((entry) => instantOf(entry, arrived));
    const known = arrived.isHistorical
      ? this.changes(
          arrived.gatewayId,
          Math.min(...times) - sameInstantMs,
          Math.max(...times) + sameInstantMs,
        )
      : [];
    return ({ path, value }, atMs) =>
      known.some(
        (one) =>
          one.value === value &&
          Math.abs(one.atMs - atMs) <= sameInstantMs &&
          one.path.join("\n") === path.join("\n"),
      );
  }

  #of(gatewayId: string): Known {
    const known = this.#known.get(gatewayId);
    if (known) return known;
    const made = { isOnline: false, end: null, reportedMs: 0, values: new Map() };
    this.#known.set(gatewayId, made);
    return made;
  }

  #goneUnheard(gatewayId: string, atMs: number): void {
    this.session(gatewayId, { isOnline: false, atMs, saidGoodbye: null });
    this.#of(gatewayId).end = null;
  }

  #change(gatewayId: string, { path, value, atMs }: HealthChange): void {
    const change = { gatewayId, path, value, atMs };
    if (this.#mayChange(gatewayId)) this.#changes.push(change);
    else this.#beyond.set(`${gatewayId}\n${JSON.stringify(path)}`, change);
  }

  #flush(): void {
    for (const [key, change] of this.#beyond) {
      if (!this.#mayChange(change.gatewayId)) continue;
      this.#beyond.delete(key);
      this.#changes.push(change);
    }
    if (this.#dirty.size + this.#changes.length + this.#lost.length === 0) return;
    const gateways = [...this.#dirty].map((gatewayId) => ({
      gatewayId,
      text: JSON.stringify(this.of(gatewayId)),
    }));
    try {
      const nowMs = this.#clock.nowMs();
      this.#file.write({ gateways, changes: this.#changes, lost: this.#lost, nowMs });
      this.#dirty.clear();
      this.#changes = [];
      this.#lost = [];
    } catch (error) {
      this.#log.warn({ err: error, code: errorCode(error) }, "health of gateways was not written");
      this.#changes = this.#changes.slice(-mostRead);
      this.#lost = this.#lost.slice(-mostRead);
    }
  }
}

/**
 * When something came about, by the hub's clock: as the gateway says where its clock is near, else by how long ago it
 * says it was. Nothing comes about later than it is told, and nothing is sent later than it arrives: a clock that is
 * only a little ahead would put all changes of one message at the same instant.
 */
function instantOf({ atMs }: HealthEntry, { receivedMs, sentMs }: ArrivedHealth): number {
  const isSkewed = sentMs > receivedMs || receivedMs - sentMs > skewedMs;
  return Math.round(Math.min(receivedMs, isSkewed ? receivedMs - (sentMs - atMs) : atMs));
}
