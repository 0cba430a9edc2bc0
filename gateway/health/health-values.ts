import type { HealthValue } from "@firebreak/wire/gateway-health.ts";
import type { GatewayStatus, SourceStatus } from "../gateway-status.ts";
import type { BusStatus } from "../sources/source.ts";
import { type BusMemory, busStateOf, lineStateOf } from "./bus-state.ts";

/** Values by path; figures are rounded to what somebody would act on. */
export type HealthValues = ReadonlyMap<readonly string[], HealthValue>;

export interface HealthFacts {
  readonly status: GatewayStatus;
  readonly version: string;
  /** Another one at each start. */
  readonly run: string;
  readonly nowMs: number;
  /** Of the processor; null where it is not told. */
  readonly celsius: number | null;
  /** What is remembered of every bus that was ever seen, by `busKey`. */
  readonly before: ReadonlyMap<string, BusMemory>;
}

/** Names one bus of one source of one machine. */
export const busKey = (
  { machineId, source }: Pick<SourceStatus, "machineId" | "source">,
  bus: string,
): string => JSON.stringify([machineId, source, bus]);

const megabyte = 1_000_000;
/** Less is told as nothing. */
const catchUpHours = 0.1;
const round = (value: number | null | undefined, digits: number): number | null =>
  value === null || value === undefined ? null : Number(value.toPrecision(digits));

/** Everything a gateway tells of its own health. Pure. */
export function healthValues(facts: HealthFacts): HealthValues {
  const { status, version, run, celsius } = facts;
  return new Map<readonly string[], HealthValue>([
    [["gateway", "version"], version],
    [["gateway", "run"], run],
    ...(celsius === null ? [] : [[["gateway", "celsius"], Math.round(celsius)] as const]),
    ...status.sources.flatMap((source) => sourceValues(source, facts)),
    ...spoolValues(status),
    ...clockValues(status),
    ...certificateValues(status),
    ...dataValues(status),
  ]);
}

type Entry = readonly [readonly string[], HealthValue];

/** Each CAN bus by itself, any other line as one; and the devices behind it. */
function sourceValues(source: SourceStatus, { before, nowMs }: HealthFacts): Entry[] {
  const { machineId, source: name, devices = [] } = source;
  const path = (part: string, of: string, field: string) => [part, machineId, name, of, field];
  const answers = devices.flatMap(({ device, isAnswering, errorPercent }): Entry[] => [
    [path("device", device, "state"), isAnswering ? "ok" : "silent"],
    [path("device", device, "errorPercent"), Math.round(errorPercent)],
  ]);
  const buses = busesOf(source, before);
  if (buses.length === 0) return [[path("bus", name, "state"), lineStateOf(source)], ...answers];
  return buses.flatMap((bus): Entry[] => {
    const counted = before.get(busKey(source, bus.bus));
    const field = (what: string) => path("bus", bus.bus, what);
    return [
      [field("state"), busStateOf(source, bus, counted, nowMs)],
      [field("bitRate"), bus.bitRate ?? null],
      [field("loadPercent"), round(bus.loadPercent, 2)],
      [field("framesPerSecond"), round(bus.framesPerSecond, 2)],
      [field("errorFrames"), bus.errorFrames],
      [field("lostFrames"), bus.lostFrames ?? null],
    ];
  });
}

/**
 * Those too that were heard before the source was opened anew and not yet since: what is said of them would stay else.
 * None: no CAN, or a stream of which nothing has come yet, so that its buses' names are not known.
 */
function busesOf(
  { machineId, source, buses = [] }: SourceStatus,
  before: HealthFacts["before"],
): readonly BusStatus[] {
  const named = new Set(buses.map(({ bus }) => bus));
  const unheard = [...before.keys()].flatMap((key) => {
    const [ofMachine, ofSource, bus = ""] = JSON.parse(key) as string[];
    return ofMachine === machineId && ofSource === source && !named.has(bus)
      ? [{ bus, frames: 0, errorFrames: 0, framesPerSecond: 0, unknown: [] }]
      : [];
  });
  return [...buses, ...unheard];
}

function spoolValues({ spool }: GatewayStatus): Entry[] {
  const { storage } = spool;
  return [
    [["spool", "mode"], storage.state === "failing" ? "memory" : "disk"],
    [["spool", "code"], storage.code],
    [["spool", "isFull"], spool.isFull],
    [["spool", "isThinning"], spool.reducedSinceMs !== null],
    [["spool", "isCatchingUp"], (spool.hoursToCatchUp ?? 0) > catchUpHours],
    [["spool", "megabytes"], round(spool.bytes / megabyte, 3)],
    [["spool", "maxMegabytes"], round(spool.maxBytes / megabyte, 3)],
    [["spool", "pendingMegabytes"], round(spool.pendingBytes / megabyte, 2)],
    [["spool", "hoursLeft"], round(spool.hoursLeft, 2)],
    [["spool", "hoursToCatchUp"], round(spool.hoursToCatchUp, 2)],
    [["spool", "memoryMinutesLeft"], round(storage.memoryMinutesLeft, 2)],
  ];
}

function clockValues({ time }: GatewayStatus): Entry[] {
  const { trust, isSuspect, hub, heldSamples, steps } = time;
  return [
    [["clock", "trust"], isSuspect ? "suspect" : trust],
    [["clock", "hubDifferenceSeconds"], hub === null ? null : Math.round(hub.differenceMs / 1_000)],
    [["clock", "heldSamples"], round(heldSamples, 2)],
    [["clock", "steps"], steps.count],
    [["clock", "lastStepSeconds"], steps.lastMs === null ? null : Math.round(steps.lastMs / 1_000)],
  ];
}

function certificateValues({ certificate }: GatewayStatus): Entry[] {
  if (certificate === null) return [];
  const { endsAt, isRenewalOnTrial, problem } = certificate;
  const renewal = problem !== "" ? "failing" : isRenewalOnTrial ? "on-trial" : "none";
  return [
    [["certificate", "endsAt"], endsAt],
    [["certificate", "renewal"], renewal],
    [["certificate", "problem"], problem],
  ];
}

const dataValues = ({ data }: GatewayStatus): Entry[] =>
  data.flatMap(({ machineId, forecastMegabytes, budgetMegabytes, state }): Entry[] => [
    [["data", machineId, "state"], state],
    [["data", machineId, "forecastMegabytes"], round(forecastMegabytes, 2)],
    [["data", machineId, "budgetMegabytes"], budgetMegabytes],
  ]);
