import { checkCan } from "./check-can.ts";
import { checkModbus } from "./check-modbus.ts";
import { checkNmea } from "./nmea-schema.ts";
import { type PlanMistake, tolerant } from "./plan-mistake.ts";
import type { Acquisition, Signal } from "./plan-schema.ts";

type Path = PlanMistake["path"];
type J1939 = NonNullable<Signal["j1939"]>;

/** What is wrong with the signals of a plan beyond their form: sources, ranges, and places on the bus. */
export function checkSignals(acquisition: Acquisition): PlanMistake[] {
  const devices = acquisition.modbusDevices ?? {};
  const signals = Object.entries(acquisition.signals);
  return signals.flatMap(([name, signal], index) =>
    tolerant(checkSignal)(name, signal, { devices, earlier: signals.slice(0, index) }),
  );
}

function checkSignal(
  name: string,
  signal: Signal,
  known: {
    readonly devices: NonNullable<Acquisition["modbusDevices"]>;
    readonly earlier: readonly (readonly [string, Signal])[];
  },
): PlanMistake[] {
  const path = ["acquisition", "signals", name];
  return [
    ...checkOne(signal, path),
    ...(signal.modbus ? checkModbus(signal.modbus, { path, ...known }) : []),
    ...(signal.j1939 ? checkJ1939(signal.j1939, { path, ...known }) : []),
    ...(signal.can ? checkCan(signal.can, path) : []),
    ...checkNmea(signal, path),
  ];
}

/** Where a signal can come from; each has exactly one of them. */
const places = ["j1939", "can", "canopen", "modbus", "nmea"] as const;

function checkOne(signal: Signal, path: Path): PlanMistake[] {
  const { range, scale } = signal;
  const found: PlanMistake[] = [];
  if (places.filter((place) => signal[place] !== undefined).length !== 1) {
    const names = places.map((place) => `"${place}"`).join(", ");
    found.push({ path, message: `give exactly one of ${names}`, at: "key" });
  }
  const [min = 0, max = 0] = range;
  if (min >= max)
    found.push({
      path: [...path, "range"],
      message: `the first number must be less than the second, not ${min} and ${max}`,
      at: "value",
    });
  if (scale === 0)
    found.push({
      path: [...path, "scale"],
      message: "must not be 0: no value is left",
      at: "value",
    });
  return found;
}

function checkJ1939(
  j1939: J1939,
  {
    path,
    earlier,
  }: {
    readonly path: Path;
    readonly earlier: readonly (readonly [string, Signal])[];
  },
): PlanMistake[] {
  const taken = earlier.find(([, other]) => other.j1939 && sharesBits(j1939, other.j1939));
  if (taken === undefined) return [];
  const message = `overlaps "${taken[0]}", which reads the same bits of PGN ${j1939.pgn}`;
  return [{ path: [...path, "j1939"], message, at: "value" }];
}

function sharesBits(one: J1939, other: J1939): boolean {
  if (one.pgn !== other.pgn) return false;
  if (one.bus !== undefined && other.bus !== undefined && one.bus !== other.bus) return false;
  if (one.sa !== undefined && other.sa !== undefined && one.sa !== other.sa) return false;
  const start = ({ startByte, startBit }: J1939) => (startByte - 1) * 8 + startBit - 1;
  return start(one) < start(other) + other.bits && start(other) < start(one) + one.bits;
}
