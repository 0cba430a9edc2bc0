import { Diagnostics } from "@firebreak/gateway/shape/diagnostics.ts";
import { Shaper } from "@firebreak/gateway/shape/shaper.ts";
import { shapingOf } from "@firebreak/gateway/shape/shaping-of-plan.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import type { ActiveCode } from "@firebreak/simulator/buses/bus-input.ts";
import type { Measured } from "@firebreak/simulator/machine/machine-model.ts";
import type { Simulation } from "@firebreak/simulator/run/simulation.ts";
import type { Look } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import type { ActiveDtcs, Lamps } from "@firebreak/wire/machine-event.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";

export interface SimulatedBatch {
  /** Time of its newest sample, milliseconds since the epoch. */
  readonly timeMs: number;
  readonly batch: Batch;
}

/** Samples of so many seconds make one batch. */
const secondsPerBatch = 300;
/** DM1 of a unit goes out every second; every other one says nothing new to a rule. */
const usualDm1EverySeconds = 2;
/** Nothing is on the buses of a machine that was switched off so long ago. */
const afterRunSeconds = 20;

/** What of a simulated machine its gateway can read. */
export interface ReadableMachine {
  readonly timeMs: number;
  readonly demand: Simulation["demand"];
  readonly type: Pick<Simulation["type"], "controlUnits">;
  advanceTo(timeMs: number, longestStepMs?: number): void;
  signals(): Measured;
  codes(): readonly ActiveCode[];
}

interface RecorderOptions {
  readonly plan: Plan;
  readonly epoch: string;
  /** How often each control unit is heard with a DM1. */
  readonly dm1EverySeconds?: number;
}

/**
 * What a gateway of this plan would make of a simulated machine, one sample of each signal a second while it is switched
 * on: rounded to the signal's resolution, judged against its range, thinned as the plan says. Buses are left out; that
 * they carry the same is tested where they are.
 */
export const simulatedBatches = (
  simulation: ReadableMachine,
  { untilMs, ...of }: RecorderOptions & { readonly untilMs: number },
): Generator<SimulatedBatch> => createBatchRecorder(simulation, of)(untilMs);

/** The same piece by piece: each call lets the machine live on, and gives everything of it until then. */
export function createBatchRecorder(
  simulation: ReadableMachine,
  { plan, epoch, dm1EverySeconds = usualDm1EverySeconds }: RecorderOptions,
): (untilMs: number) => Generator<SimulatedBatch> {
  const writer = createWriter(plan, epoch, dm1EverySeconds);
  let offSeconds = Number.POSITIVE_INFINITY;
  return function* until(untilMs) {
    while (simulation.timeMs < untilMs) {
      const isOff = simulation.demand.activity === "off";
      offSeconds = isOff ? offSeconds + 1 : 0;
      const isSilent = offSeconds > afterRunSeconds;
      simulation.advanceTo(Math.min(untilMs, simulation.timeMs + (isSilent ? 60_000 : 1_000)));
      if (!isSilent) writer.add(simulation);
      if (writer.seconds >= secondsPerBatch || (isSilent && writer.seconds > 0))
        yield writer.take(simulation.timeMs);
    }
    if (writer.seconds > 0) yield writer.take(simulation.timeMs);
  };
}

/**
 * The same where months have to pass: a stretch of rows now and then while it works, and coarse physics in between.
 * `isWatched`: whether it is looked at more often; asked at each call.
 */
export function createStretchRecorder(
  machine: ReadableMachine,
  of: RecorderOptions & { readonly look: Look; readonly isWatched: () => boolean },
): (untilMs: number) => Generator<SimulatedBatch> {
  const { stretchMinutes, rowSeconds, wellHours, faultyHours, coarseSeconds } = of.look;
  const writer = createWriter(of.plan, of.epoch, 1);
  const rowsPerStretch = Math.max(1, Math.round((stretchMinutes * 60) / rowSeconds));
  let lastMs = Number.NEGATIVE_INFINITY;
  return function* until(untilMs) {
    const pauseMs = (of.isWatched() ? faultyHours : wellHours) * 3_600_000;
    while (machine.timeMs < untilMs) {
      const { activity } = machine.demand;
      const isDue = activity === "work" && machine.timeMs >= lastMs + pauseMs;
      if (activity === "off" || (writer.seconds === 0 && !isDue)) {
        const stepMs = (activity === "off" ? 60 : coarseSeconds) * 1_000;
        machine.advanceTo(Math.min(untilMs, machine.timeMs + stepMs), coarseSeconds * 1_000);
        continue;
      }
      machine.advanceTo(Math.min(untilMs, machine.timeMs + rowSeconds * 1_000));
      writer.add(machine);
      if (writer.seconds < rowsPerStretch) continue;
      lastMs = machine.timeMs;
      yield writer.take(machine.timeMs);
    }
    if (writer.seconds > 0) {
      lastMs = machine.timeMs;
      yield writer.take(machine.timeMs);
    }
  };
}

function createWriter(plan: Plan, epoch: string, dm1EverySeconds: number) {
  const { acquisition } = plan;
  const dictionary = dictionaryOfPlan(plan);
  const shaper = new Shaper(shapingOf(acquisition, dictionary).signals);
  const diagnostics = new Diagnostics({ acquisition, dictionary }, () => 0);
  const signals = dictionary.signals.map(({ name }) => ({
    name,
    facts: acquisition.signals[name],
  }));
  let baseMs = Number.NaN;
  let columns = new SampleColumns(0n);
  let events: ActiveDtcs[] = [];
  let seconds = 0;
  let number = 0;
  return {
    get seconds() {
      return seconds;
    },
    add(simulation: ReadableMachine) {
      const { timeMs } = simulation;
      if (seconds === 0) {
        baseMs = timeMs;
        columns = new SampleColumns(BigInt(timeMs) * 1_000_000n, 4096);
        shaper.rebase(columns.baseNs);
      }
      addRow({ columns, shaper, signals }, simulation.signals(), (timeMs - baseMs) * 1e6);
      if (seconds++ % dm1EverySeconds === 0)
        for (const sa of simulation.type.controlUnits)
          events.push(toDm1(sa, simulation.codes(), timeMs));
    },
    take(timeMs: number): SimulatedBatch {
      const told = diagnostics.take(columns, events);
      const header = {
        epoch,
        number: ++number,
        lane: "live",
        dictionary: dictionary.hash,
        baseNs: columns.baseNs,
        sampleCount: columns.length,
        eventCount: told.length,
        produced: 0,
        suppressed: 0,
      } as const;
      const batch = { header, samples: columns, events: told };
      seconds = 0;
      events = [];
      return { timeMs, batch };
    },
  };
}

function addRow(
  into: {
    readonly columns: SampleColumns;
    readonly shaper: Shaper;
    readonly signals: readonly { readonly name: string; readonly facts: Signal | undefined }[];
  },
  measured: Measured,
  offsetNs: number,
): void {
  for (const [index, { name, facts }] of into.signals.entries()) {
    const value = measured[name];
    if (facts === undefined || value === undefined) continue;
    const read = value === null ? Number.NaN : asRead(value, facts);
    const quality = qualityOf(value, read, facts.range);
    const stamp = into.shaper.admit(index, offsetNs, read, quality);
    if (!Number.isNaN(stamp)) into.columns.push(index, stamp, read, quality);
  }
}

const asRead = (value: number, { scale, offset }: Signal) =>
  Math.round((value - offset) / scale) * scale + offset;

function qualityOf(value: number | null, read: number, [lowest, highest]: readonly number[]) {
  if (value === null) return Quality.notAvailable;
  if (Number.isNaN(value)) return Quality.error;
  const isPlausible = read >= (lowest ?? 0) && read <= (highest ?? 0);
  return isPlausible ? Quality.good : Quality.outOfRange;
}

function toDm1(sa: number, codes: readonly ActiveCode[], timeMs: number): ActiveDtcs {
  const own = codes.filter((code) => code.sa === sa);
  const lamp = (name: NonNullable<ActiveCode["lamp"]>) =>
    own.some((code) => code.lamp === name) ? "on" : "off";
  const lamps: Lamps = {
    mil: lamp("malfunction"),
    redStop: lamp("red"),
    amberWarning: lamp("amber"),
    protect: lamp("protect"),
  };
  const dtcs = own.map(({ spn, fmi }) => ({ spn, fmi, oc: 1, cm: 0 as const }));
  return { kind: "active-dtcs", timeNs: BigInt(timeMs) * 1_000_000n, sa, lamps, dtcs };
}
