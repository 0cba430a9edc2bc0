import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/** What a healthy truck that pumps has; signals that are not here stand at their offset. */
const usual: Readonly<Record<string, number>> = {
  engineSpeed: 1_500,
  enginePercentLoadAtCurrentSpeed: 62,
  actualEnginePercentTorque: 58,
  engineCoolantTemperature: 86,
  engineOilPressure: 420,
  engineOilTemperature1: 98,
  engineFuelRate: 31,
  fuelLevel1: 64,
  engineTotalHoursOfOperation: 3_120,
  batteryPotential: 27.6,
  ambientAirTemperature: 21,
  hydraulicOilTemperature: 58,
  mainPressure: 180,
  accumulatorPressure: 190,
  sValveShiftTime: 210,
  strokesPerMinute: 22,
  strokeCount: 81_000,
  outputFlow: 90,
  hydraulicTankTemperature: 52,
  waterBoxTemperature: 27,
  agitatorPressure: 90,
  boomPressure: 220,
  boomState: 1,
  isPumping: 1,
  engineCoolantLevel: 94,
  engineIntakeManifold1Pressure: 96,
  engineIntakeManifold1Temperature: 42,
  engineTotalFuelUsed: 59_000,
  engineTotalIdleHours: 940,
  totalPowerTakeoffHours: 2_180,
  hydraulicOilLevel: 88,
  defTank1Level: 61,
  caseDrainFlow: 24,
  suctionPressure: -0.12,
  returnPressure: 1.8,
  waterBoxLevel: 82,
  outriggerTilt: 0.6,
  greaseLevel: 64,
};
/** Noise of analogue signals, raw counts; states and counters have none. */
const noise = 3;
const still =
  /^(boomState|isPumping|strokeCount|fuelLevel1|engineTotal|totalPower|wheelBased|engineProtection|hydraulicOilFilter)/;

export interface PumpValues {
  readonly dictionary: SignalDictionary;
  /**
   * The samples of one batch: every signal in turn until there are `count`, spread over `spanMs` from `fromMs` on.
   * Good until the next call, which takes the same memory.
   */
  next(fromMs: number, spanMs: number, count: number): SampleColumns;
}

/**
 * Values of a fleet of pump trucks that are all well. `signalCount`: the first so many are sampled, at
 * most all there are; `random` gives numbers in [0, 1).
 */
export function pumpValues(
  dictionary: SignalDictionary,
  signalCount: number,
  random: () => number,
): PumpValues {
  const signals = dictionary.signals.slice(0, signalCount);
  const samples = new SampleColumns(0n);
  const middle = dictionary.signals.map(({ name, scale, offset }) =>
    Math.round(((usual[name] ?? offset) - offset) / scale),
  );
  const isStill = dictionary.signals.map(({ name }) => still.test(name));
  return {
    dictionary,
    next(fromMs, spanMs, count) {
      samples.reset(BigInt(Math.round(fromMs)) * 1_000_000n);
      const stepNs = Math.floor((spanMs * 1e6) / Math.ceil(count / signals.length));
      for (let row = 0; row < count; row++) {
        const at = row % signals.length;
        const signal = signals[at];
        if (!signal) continue;
        const moved = isStill[at] ? 0 : Math.round((random() - 0.5) * 2 * noise);
        const raw = (middle[at] ?? 0) + moved;
        const atNs = Math.floor(row / signals.length) * stepNs + at * 1_000_000;
        samples.push(at, atNs, raw * signal.scale + signal.offset, Quality.good);
      }
      return samples;
    },
  };
}
