import type { HealthValue } from "@firebreak/wire/gateway-health.ts";
import type { KnownHealth, KnownValue } from "./health-book.ts";

/** Instants are ISO 8601 by the hub's clock; what a gateway did not tell is null. */
export interface GatewayHealth {
  readonly gatewayId: string;
  readonly isOnline: boolean;
  readonly reportedAt: string | null;
  readonly version: string | null;
  readonly startedAt: string | null;
  readonly celsius: number | null;
  readonly buses: readonly BusHealth[];
  readonly devices: readonly DeviceHealth[];
  readonly spool: SpoolHealth | null;
  readonly clock: ClockHealth | null;
  readonly certificate: CertificateHealth | null;
  readonly data: readonly DataHealth[];
}

interface OfMachine {
  readonly machineId: string;
  readonly source: string;
}

interface InState {
  readonly state: string;
  readonly since: string;
}

export interface BusHealth extends OfMachine, InState {
  readonly bus: string;
  readonly bitRate: number | null;
  readonly loadPercent: number | null;
  readonly framesPerSecond: number | null;
  readonly errorFrames: number | null;
  readonly lostFrames: number | null;
  /** When the count of lost frames grew last. */
  readonly lostAt: string | null;
}

export interface DeviceHealth extends OfMachine, InState {
  readonly device: string;
  readonly errorPercent: number | null;
}

export interface SpoolHealth {
  /** `disk`, or `memory` while the disk takes nothing. */
  readonly mode: string;
  readonly since: string;
  /** The system's code, such as EROFS; empty while all is well. */
  readonly code: string;
  readonly isFull: boolean;
  readonly thinningSince: string | null;
  readonly catchingUpSince: string | null;
  readonly megabytes: number | null;
  readonly maxMegabytes: number | null;
  readonly pendingMegabytes: number | null;
  readonly hoursLeft: number | null;
  readonly hoursToCatchUp: number | null;
  readonly memoryMinutesLeft: number | null;
}

export interface ClockHealth {
  /** See docs/mqtt.md. */
  readonly trust: string;
  readonly since: string;
  readonly hubDifferenceSeconds: number | null;
  readonly heldSamples: number | null;
  readonly steps: number;
  readonly lastStepSeconds: number | null;
  readonly lastStepAt: string | null;
}

export interface CertificateHealth {
  readonly endsAt: string | null;
  readonly renewal: string;
  readonly problem: string;
}

export interface DataHealth {
  readonly machineId: string;
  readonly state: string;
  readonly forecastMegabytes: number | null;
  readonly budgetMegabytes: number | null;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const text = (value: HealthValue | undefined): string => (typeof value === "string" ? value : "");
const number = (value: HealthValue | undefined): number | null =>
  typeof value === "number" ? value : null;

/** Fields of one thing: of `bus`, machine, source, bus. */
class Fields {
  readonly path: readonly string[];
  readonly #values = new Map<string, KnownValue>();

  constructor(path: readonly string[]) {
    this.path = path;
  }

  put(field: string, value: KnownValue): void {
    this.#values.set(field, value);
  }

  value(field: string): HealthValue | undefined {
    return this.#values.get(field)?.value;
  }

  number(field: string): number | null {
    return number(this.value(field));
  }

  text(field: string): string {
    return text(this.value(field));
  }

  since(field: string): string {
    return iso(this.#values.get(field)?.sinceMs ?? 0);
  }
}

/** What one gateway said, in the shape that people are shown. Pure. */
export function gatewayHealth({
  gatewayId,
  isOnline,
  reportedMs,
  values,
}: KnownHealth): GatewayHealth {
  const parts = new Map<string, Fields>();
  for (const value of values) {
    const path = value.path.slice(0, -1);
    const key = JSON.stringify(path);
    const fields = parts.get(key) ?? new Fields(path);
    fields.put(value.path.at(-1) ?? "", value);
    parts.set(key, fields);
  }
  const one = (name: string) => parts.get(JSON.stringify([name]));
  const all = (name: string, length: number) =>
    [...parts.values()].filter(({ path }) => path[0] === name && path.length === length);
  const gateway = one("gateway");
  return {
    gatewayId,
    isOnline,
    reportedAt: reportedMs > 0 ? iso(reportedMs) : null,
    version: gateway?.text("version") ?? null,
    startedAt: gateway?.since("run") ?? null,
    celsius: gateway?.number("celsius") ?? null,
    buses: all("bus", 4).map(busHealth),
    devices: all("device", 4).map(deviceHealth),
    spool: maybe(one("spool"), spoolHealth),
    clock: maybe(one("clock"), clockHealth),
    certificate: maybe(one("certificate"), certificateHealth),
    data: all("data", 2).map(dataHealth),
  };
}

const maybe = <Health>(fields: Fields | undefined, make: (fields: Fields) => Health) =>
  fields === undefined ? null : make(fields);

function busHealth(fields: Fields): BusHealth {
  const [, machineId = "", source = "", bus = ""] = fields.path;
  const lostFrames = fields.number("lostFrames");
  return {
    machineId,
    source,
    bus,
    state: fields.text("state"),
    since: fields.since("state"),
    bitRate: fields.number("bitRate"),
    loadPercent: fields.number("loadPercent"),
    framesPerSecond: fields.number("framesPerSecond"),
    errorFrames: fields.number("errorFrames"),
    lostFrames,
    lostAt: lostFrames !== null && lostFrames > 0 ? fields.since("lostFrames") : null,
  };
}

function deviceHealth(fields: Fields): DeviceHealth {
  const [, machineId = "", source = "", device = ""] = fields.path;
  return {
    machineId,
    source,
    device,
    state: fields.text("state"),
    since: fields.since("state"),
    errorPercent: fields.number("errorPercent"),
  };
}

const spoolHealth = (fields: Fields): SpoolHealth => ({
  mode: fields.text("mode"),
  since: fields.since("mode"),
  code: fields.text("code"),
  isFull: fields.value("isFull") === true,
  thinningSince: fields.value("isThinning") === true ? fields.since("isThinning") : null,
  catchingUpSince: fields.value("isCatchingUp") === true ? fields.since("isCatchingUp") : null,
  megabytes: fields.number("megabytes"),
  maxMegabytes: fields.number("maxMegabytes"),
  pendingMegabytes: fields.number("pendingMegabytes"),
  hoursLeft: fields.number("hoursLeft"),
  hoursToCatchUp: fields.number("hoursToCatchUp"),
  memoryMinutesLeft: fields.number("memoryMinutesLeft"),
});

const clockHealth = (fields: Fields): ClockHealth => ({
  trust: fields.text("trust"),
  since: fields.since("trust"),
  hubDifferenceSeconds: fields.number("hubDifferenceSeconds"),
  heldSamples: fields.number("heldSamples"),
  steps: fields.number("steps") ?? 0,
  lastStepSeconds: fields.number("lastStepSeconds"),
  lastStepAt: (fields.number("steps") ?? 0) > 0 ? fields.since("steps") : null,
});

const certificateHealth = (fields: Fields): CertificateHealth => ({
  endsAt: fields.text("endsAt") || null,
  renewal: fields.text("renewal"),
  problem: fields.text("problem"),
});

function dataHealth(fields: Fields): DataHealth {
  return {
    machineId: fields.path[1] ?? "",
    state: fields.text("state"),
    forecastMegabytes: fields.number("forecastMegabytes"),
    budgetMegabytes: fields.number("budgetMegabytes"),
  };
}
