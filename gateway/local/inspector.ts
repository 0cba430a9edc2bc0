import type { Clock } from "@firebreak/kit/clock.ts";
import { qualityName } from "@firebreak/wire/quality.ts";
import type { SpoolStatus } from "../spool/spool-status.ts";
import { diagnose } from "./diagnose.ts";
import { type Inspectable, type InspectedStatus, rateKey, type SourceRate } from "./facts.ts";
import type { Finding } from "./findings.ts";
import type { DiskLook } from "./look-at-disk.ts";
import type { DeviceLook } from "./look-at-registers.ts";

export interface ReportedSignal {
  readonly machineId: string;
  readonly name: string;
  readonly title: { readonly en: string; readonly "zh-CN": string };
  readonly unit: string;
  /** Null unless the newest is good. */
  readonly value: number | null;
  /** Of the newest; null if none ever came. */
  readonly quality: string | null;
  readonly ageMs: number | null;
}

export interface ReportedBus {
  readonly machineId: string;
  readonly source: string;
  readonly state: string;
  readonly detail: string;
  /** Frames, answers or sentences a second. */
  readonly perSecond: number;
  readonly silentMs: number;
}

/** How the gateway keeps what the hub does not have yet. */
export type ReportedSpool = Pick<
  SpoolStatus,
  | "hoursLeft"
  | "hoursToCatchUp"
  | "pendingBatches"
  | "bytes"
  | "roomBytes"
  | "isFull"
  | "reducedSinceMs"
  | "storage"
>;

/** What an installer wants to know, for the page, the terminal and `--json`. */
export interface Report {
  readonly gatewayId: string;
  /** The gateway's idea of the time, ms since 1970. */
  readonly timeMs: number;
  readonly watchedMs: number;
  readonly buses: readonly ReportedBus[];
  readonly signals: readonly ReportedSignal[];
  readonly link: InspectedStatus["link"] | null;
  readonly spool: ReportedSpool | null;
  /** Of a trial run: where the spool will be. */
  readonly disk: DiskLook | null;
  readonly time: InspectedStatus["time"];
  readonly certificate: { readonly daysLeft: number; readonly problem: string } | null;
  readonly findings: readonly Finding[];
}

export interface InspectorOptions {
  /** The gateway that runs now; it may be another one after its configuration changed. */
  readonly gateway: () => Inspectable;
  readonly clock: Clock;
}

/** Rates are over so much. */
const windowMs = 5_000;
/** What is rare on a slow line is counted over so much. */
const longWindowMs = 30_000;
/** Fewer say nothing about a share. */
const leastRequests = 10;
/** Whichever of these a source counts says that its bus speaks. */
const lifeSigns = ["frames", "answers", "sentences"] as const;

interface Seen {
  readonly atMs: number;
  readonly alive: number;
  readonly errors: number;
  readonly busErrors: number;
  readonly requests: number;
  readonly spoilt: number;
}

/** Watches a gateway so that it can be told what is wrong with its installation. Call `tick` every second. */
export class Inspector {
  readonly #options: InspectorOptions;
  readonly #startedMs: number;
  readonly #seen = new Map<string, Seen[]>();
  readonly #aliveMs = new Map<string, number>();
  readonly #looks = new Map<string, readonly DeviceLook[]>();
  #looking: Promise<void> | undefined;

  constructor(options: InspectorOptions) {
    this.#options = options;
    this.#startedMs = options.clock.monotonicMs();
    this.tick();
  }

  tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const { counters, ...status } of this.#options.gateway().status().sources) {
      const key = rateKey(status);
      const alive = lifeSigns.reduce((sum, sign) => sum + (counters[sign] ?? 0), 0);
      const seen = this.#seen.get(key) ?? [];
      if (alive !== seen.at(-1)?.alive && alive > 0) this.#aliveMs.set(key, nowMs);
      const {
        errorFrames: errors = 0,
        busErrors = 0,
        requests = 0,
        garbled: spoilt = 0,
      } = counters;
      seen.push({ atMs: nowMs, alive, errors, busErrors, requests, spoilt });
      while ((seen[1]?.atMs ?? nowMs) <= nowMs - longWindowMs) seen.shift();
      this.#seen.set(key, seen);
    }
  }

  /** Asks every Modbus device more closely, on an installer's word; what it finds is in the reports from then on. */
  lookCloser(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  report(): Report {
    const { gateway, clock } = this.#options;
    const inspected = gateway();
    const status = inspected.status();
    const nowMs = clock.monotonicMs();
    const machines = inspected.inspect();
    const watchedMs = nowMs - this.#startedMs;
    const rates = new Map(status.sources.map((source) => [rateKey(source), this.#rate(source)]));
    const facts = { status, machines, rates, looks: this.#looks, watchedMs, nowMs };
    return {
      gatewayId: status.gatewayId,
      timeMs: clock.nowMs() + (status.time.correctionMs ?? 0),
      watchedMs: Math.round(watchedMs),
      buses: status.sources.map(({ machineId, source, state, detail }) => {
        const { perSecond = 0, silentMs = 0 } = rates.get(rateKey({ machineId, source })) ?? {};
        return { machineId, source, state, detail, perSecond, silentMs };
      }),
      signals: machines.flatMap((machine) => signalsOf(machine, nowMs)),
      link: status.link ?? null,
      spool: status.spool ? reportedSpool(status.spool) : null,
      disk: status.disk ?? null,
      time: status.time,
      certificate: status.certificate ?? null,
      findings: diagnose(facts),
    };
  }

  #rate({ machineId, source }: { machineId: string; source: string }): SourceRate {
    const key = rateKey({ machineId, source });
    const seen = this.#seen.get(key) ?? [];
    const [oldest, last] = [seen[0], seen.at(-1)];
    const nowMs = this.#options.clock.monotonicMs();
    const silentMs = Math.round(nowMs - (this.#aliveMs.get(key) ?? this.#startedMs));
    const first = seen.findLast(({ atMs }) => atMs <= (last?.atMs ?? 0) - windowMs) ?? oldest;
    if (!oldest || !first || !last || last.atMs === first.atMs)
      return { perSecond: 0, errorsPerSecond: 0, busErrors: 0, spoiltShare: 0, silentMs };
    const seconds = (last.atMs - first.atMs) / 1_000;
    const requests = last.requests - oldest.requests;
    return {
      perSecond: Math.round(((last.alive - first.alive) / seconds) * 10) / 10,
      errorsPerSecond: (last.errors - first.errors) / seconds,
      busErrors: last.busErrors - oldest.busErrors,
      spoiltShare: requests < leastRequests ? 0 : (last.spoilt - oldest.spoilt) / requests,
      silentMs,
    };
  }

  async #look(): Promise<void> {
    for (const { machineId, sources } of this.#options.gateway().inspect()) {
      const looks: DeviceLook[] = [];
      for (const source of sources) looks.push(...((await source.lookCloser?.()) ?? []));
      this.#looks.set(machineId, looks);
    }
  }
}

function reportedSpool(status: SpoolStatus): ReportedSpool {
  const { hoursLeft, hoursToCatchUp, pendingBatches, bytes, roomBytes } = status;
  const { isFull, reducedSinceMs, storage } = status;
  const kept = { hoursLeft, hoursToCatchUp, pendingBatches, bytes, roomBytes };
  return { ...kept, isFull, reducedSinceMs, storage };
}

function signalsOf(
  { machineId, acquisition, dictionary, watch }: ReturnType<Inspectable["inspect"]>[number],
  nowMs: number,
): ReportedSignal[] {
  return dictionary.signals.map(({ name }, index) => {
    const { value, quality, atMs } = watch.of(index);
    const signal = acquisition.signals[name];
    return {
      machineId,
      name,
      title: signal?.title ?? { en: name, "zh-CN": name },
      unit: signal?.unit ?? "",
      value: quality === 0 ? value : null,
      quality: quality === undefined ? null : qualityName(quality),
      ageMs: Number.isFinite(atMs) ? Math.round(nowMs - atMs) : null,
    };
  });
}
