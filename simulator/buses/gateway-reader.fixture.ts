import type { Intake, Source, SourceContext } from "@firebreak/gateway/sources/source.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { type QualityName, qualityName } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { runSource } from "../../gateway/pipeline/source-runner.ts";

export const contextOf = (plan: Plan): SourceContext => ({
  machineId: "M1",
  acquisition: plan.acquisition,
  dictionary: dictionaryOfPlan(plan),
  clock: systemClock,
  log: silentLogger,
});

type SourceEvent = Parameters<Intake["deliver"]>[1][number];

export interface Reading {
  readonly value: number;
  readonly quality: QualityName;
}

/** The newest of each signal, as a gateway's source delivers it. */
export class Reader implements Intake {
  readonly newest = new Map<string, Reading>();
  readonly events: SourceEvent[] = [];
  readonly #names: readonly string[];

  constructor({ dictionary }: Pick<SourceContext, "dictionary">) {
    this.#names = dictionary.signals.map(({ name }) => name);
  }

  deliver(samples: SampleColumns, events: readonly SourceEvent[]): void {
    for (let row = 0; row < samples.length; row++) {
      const name = this.#names[samples.signal[row] ?? -1] ?? "?";
      const quality = qualityName(samples.quality[row] ?? 0);
      this.newest.set(name, { value: samples.value[row] ?? Number.NaN, quality });
    }
    this.events.push(...events);
  }

  whenRoom(): Promise<void> {
    return Promise.resolve();
  }
}

/** Reads as a gateway does: what could not be opened, for an answer that came late, is opened again. */
export function readBy(source: Source, intake: Reader): { stop(): void } {
  const { states$ } = runSource({
    ...{ machineId: "M1", source, intake, log: silentLogger },
    reopen: { minMs: 100, capMs: 1_000 },
  });
  const subscription = states$.subscribe();
  return { stop: () => subscription.unsubscribe() };
}

/** What is told of every signal of a machine, and what a reader must make of it. */
export interface Case {
  readonly name: string;
  valueOf(signal: Signal): number | null;
  /** Undefined where the place has no way to say it. */
  qualityOf(signal: Signal): QualityName | undefined;
}

const good = () => "good" as const;

/** @see CiA 301, heartbeat */
const [stopped, operational, preOperational] = [4, 5, 127] as const;

/** The ends and the middle of what a signal is expected to be, not available, and a sensor error. */
export const cases: readonly Case[] = [
  { name: "lowest", valueOf: (signal) => rangeOf(signal)[0], qualityOf: good },
  {
    name: "middle",
    valueOf(signal) {
      const [low, high] = rangeOf(signal);
      return signal.canopen ? operational : (low + high) / 2;
    },
    qualityOf: good,
  },
  { name: "highest", valueOf: (signal) => rangeOf(signal)[1], qualityOf: good },
  {
    name: "not available",
    valueOf: () => null,
    qualityOf: (signal) => (codesOf(signal).has("not-available") ? "not-available" : undefined),
  },
  {
    name: "error",
    valueOf: () => Number.NaN,
    qualityOf(signal) {
      const codes = codesOf(signal);
      if (codes.has("error")) return "error";
      return codes.has("not-available") ? "not-available" : undefined;
    },
  },
];

/** The highest raw value of a place in a J1939 message. @see SAE J1939-71, transmitted signal ranges */
function highestRaw(coding: string, bits: number): number {
  if (bits === 1) return 1;
  if (coding === "address") return 2 ** bits - 2;
  if (coding === "state" || bits < 4) return 2 ** bits - 3;
  return bits % 8 === 0 ? 0xfb * 2 ** (bits - 8) - 1 : 2 ** bits - 6;
}

/** The plan's range, as far as the place in the message reaches. */
function rangeOf({ range, scale, offset, j1939, can, canopen }: Signal): [number, number] {
  const [low = 0, high = 0] = range;
  if (canopen) return [stopped, preOperational];
  const coding = j1939?.coding ?? can?.coding ?? "plain";
  const bits = j1939?.bits ?? can?.bits;
  if (bits === undefined || coding === "plain") return [low, high];
  return [low, Math.min(high, highestRaw(coding, bits) * scale + offset)];
}

/** What a place can say besides values. */
function codesOf({ j1939, can, modbus, canopen }: Signal): Set<string> {
  const place = can ?? modbus;
  const codes = new Set<string>(modbus?.bit === undefined ? modbus?.topCodes : []);
  if (canopen) return codes;
  if (place?.notAvailable?.length) codes.add("not-available");
  if (place?.error?.length) codes.add("error");
  // A float that is no number is an error, whatever the plan says.
  if (modbus?.type.startsWith("float")) codes.add("error");
  const coding = j1939?.coding ?? can?.coding ?? "plain";
  const bits = j1939?.bits ?? can?.bits ?? 1;
  if (coding === "plain" || bits === 1) return codes;
  codes.add("not-available");
  if (coding !== "address") codes.add("error");
  return codes;
}

/** What a reader has wrong, in words; empty when all is as it should be. */
export function mistakesOf(
  signals: Readonly<Record<string, Signal>>,
  one: Case,
  newest: ReadonlyMap<string, Reading>,
): string[] {
  return Object.entries(signals).flatMap(([name, signal]) => {
    const quality = one.qualityOf(signal);
    const read = newest.get(name);
    if (quality === undefined) return [];
    if (read?.quality !== quality)
      return [`${name}: ${read?.quality ?? "nothing"}, not ${quality}`];
    const told = one.valueOf(signal);
    const isNear = Math.abs(read.value - Number(told)) <= lsbOf(signal);
    return quality !== "good" || isNear ? [] : [`${name}: ${read.value}, not ${told}`];
  });
}

/** One step of the raw number; a float has its 24 bits. */
function lsbOf({ scale, range, modbus, canopen }: Signal): number {
  if (canopen) return 0;
  const largest = Math.max(...range.map(Math.abs));
  if (modbus?.type === "float32") return largest * 2 ** -23;
  return Math.abs(scale) + largest * 1e-12;
}
