import { randomUUID } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { HealthEntry } from "@firebreak/wire/gateway-health.ts";
import type { GatewayStatus } from "../gateway-status.ts";
import type { EdgeEvent, EdgeNode } from "../publish/edge-node.ts";
import { release } from "../release.ts";
import { type BusMemory, rememberBus } from "./bus-state.ts";
import { HealthReport } from "./health-report.ts";
import { busKey, type HealthValues, healthValues } from "./health-values.ts";
import { readCelsius } from "./temperature.ts";

export interface HealthWatchOptions {
  readonly edge: () => Pick<EdgeNode, "publishHealth" | "rebirth">;
  readonly status: () => GatewayStatus;
  readonly clock: Clock;
  /** How often it is looked at, ms. */
  readonly lookEveryMs?: number;
}

const defaultLookMs = 2_000;

/** Looks at a running gateway's own health and tells the hub. */
export class HealthWatch {
  readonly #options: HealthWatchOptions;
  readonly #report: HealthReport;
  readonly #run = randomUUID().slice(0, 8);
  #lookedMs = Number.NEGATIVE_INFINITY;
  readonly #before = new Map<string, BusMemory>();

  constructor(options: HealthWatchOptions) {
    this.#options = options;
    const { clock, edge } = options;
    this.#report = new HealthReport({
      clock,
      send: (entries, isHistorical) => edge().publishHealth(entries, isHistorical) > 0,
      rebirth: () => edge().rebirth(),
      ...(options.lookEveryMs === undefined ? {} : { statesEveryMs: options.lookEveryMs }),
    });
  }

  /** Looks every two seconds; call it as often as you like. */
  tick(): void {
    const { clock, lookEveryMs = defaultLookMs } = this.#options;
    if (clock.monotonicMs() - this.#lookedMs < lookEveryMs) return;
    this.#report.look(this.#values());
  }

  /** For a birth. */
  births(): readonly HealthEntry[] {
    return this.#report.births(this.#values());
  }

  onEvent(event: EdgeEvent): void {
    if (event.kind === "session") this.#report.sessionBegan();
    if (event.kind === "acknowledged") this.#report.heard();
    if (event.kind === "disconnected" || event.kind === "hub-away") this.#report.sessionEnded();
  }

  #values(): HealthValues {
    const { clock, status: read } = this.#options;
    this.#lookedMs = clock.monotonicMs();
    const status = read();
    const values = healthValues({
      status,
      version: release.version,
      run: this.#run,
      nowMs: clock.nowMs(),
      celsius: readCelsius(),
      before: this.#before,
    });
    for (const source of status.sources)
      for (const bus of source.buses ?? []) {
        const key = busKey(source, bus.bus);
        this.#before.set(key, rememberBus(bus, this.#before.get(key)));
      }
    return values;
  }
}
