import { type SensorFault, sensorFaultKinds } from "@firebreak/simulator/faults/sensor-faults.ts";
import type { FaultOrder, MachineType } from "@firebreak/simulator/machine/machine-model.ts";
import { machineTypes } from "@firebreak/simulator/machine/registry.ts";
import { climates, type Province } from "@firebreak/simulator/surroundings/climate.ts";
import { readInstant } from "../../read-instant.ts";
import { type Problem, ValueReader } from "./value-reader.ts";

/** Options as they are written. */
export interface MachineArguments {
  readonly machine: string;
  readonly out?: string;
  readonly from: string;
  readonly days: string;
  readonly every: string;
  readonly window?: string;
  readonly province: string;
  readonly fault?: readonly string[];
  readonly sensorFault?: readonly string[];
  readonly seed: string;
  readonly judge?: boolean;
}

export interface MachineOrder {
  readonly type: MachineType;
  readonly seed: number;
  readonly startMs: number;
  readonly untilMs: number;
  readonly everyMs: number;
  readonly window?: { readonly lengthMs: number; readonly everyMs: number };
  readonly province: Province;
  readonly faults: readonly FaultOrder[];
  readonly sensorFaults: readonly SensorFault[];
}

const dayMs = 86_400_000;

/** Reads the options of a run and tells everything that is wrong with them at once. `signals`: of a type's plan. */
export function readMachineOptions(
  args: MachineArguments,
  signalsOf: (machineType: string) => readonly string[],
): { readonly order: MachineOrder } | { readonly problems: readonly Problem[] } {
  const read = new ValueReader();
  const type = machineTypes[args.machine];
  if (!type) {
    const known = Object.keys(machineTypes).join(", ");
    read.fail("--machine", `"${args.machine}" cannot be simulated; there are ${known}`);
  }
  const startMs =
    readInstant(args.from) ??
    read.fail("--from", `"${args.from}" is no instant; write 2026-06-01T00:00:00+08:00`);
  const days = read.whole("--days", args.days, { min: 1, max: 3_660 });
  const everyMs = read.time("--every", args.every);
  const province = Object.keys(climates).find((code): code is Province => code === args.province);
  if (!province)
    read.fail("--province", `"${args.province}" is none of ${Object.keys(climates).join(", ")}`);
  if (args.out !== undefined && !/\.(csv|log)$/.test(args.out))
    read.fail("--out", `"${args.out}" ends in neither .csv (values) nor .log (CAN frames)`);
  if (args.out === undefined && !args.judge)
    read.fail("--machine", "needs --out or --judge, else nobody would see it");
  const window = args.window === undefined ? undefined : windowOf(read, args.window);
  const seed = read.whole("--seed", args.seed, { min: 0, max: 2 ** 32 - 1 });
  const faults = (args.fault ?? []).map((text) => faultOf(read, text, { type, startMs }));
  const signals = type ? signalsOf(type.machineType) : [];
  const sensorFaults = (args.sensorFault ?? []).map((text) =>
    sensorFaultOf(read, text, { signals, startMs }),
  );
  if (read.problems.length > 0 || !type || !province) return { problems: read.problems };
  const untilMs = startMs + days * dayMs;
  const common = { type, seed, startMs, untilMs, everyMs, province, faults, sensorFaults };
  return { order: window ? { ...common, window } : common };
}

function windowOf(read: ValueReader, text: string) {
  const [length = "", every = ""] = text.split("/");
  return { lengthMs: read.time("--window", length), everyMs: read.time("--window", every) };
}

/** `<id>`, `<id>@<day>` or `<id>@<day>/<hours>`. */
function faultOf(
  read: ValueReader,
  text: string,
  { type, startMs }: { readonly type: MachineType | undefined; readonly startMs: number },
): FaultOrder {
  const [, fault = "", day, hours] =
    /^([a-z0-9-]+)(?:@(\d+(?:\.\d+)?))?(?:\/(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (fault === "") read.fail("--fault", `"${text}" is not <fault>[@<day>][/<hours of life>]`);
  else if (type && !type.faults.some(({ id }) => id === fault)) {
    const known = type.faults.map(({ id }) => id).join(", ");
    read.fail("--fault", `${type.machineType} has no fault "${fault}"; it has ${known}`);
  }
  const fromMs = startMs + Number(day ?? 0) * dayMs;
  return hours === undefined ? { fault, fromMs } : { fault, fromMs, lifeHours: Number(hours) };
}

/** `<signal>:<kind>`, with `@<day>` and `/<amount>` behind. */
function sensorFaultOf(
  read: ValueReader,
  text: string,
  { signals, startMs }: { readonly signals: readonly string[]; readonly startMs: number },
): SensorFault {
  const [, signal = "", word = "", day, amount] =
    /^(\w+):([a-z-]+)(?:@(\d+(?:\.\d+)?))?(?:\/(-?\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  const kind = sensorFaultKinds.find((one) => one === word);
  if (signal === "" || !kind) {
    const kinds = sensorFaultKinds.join(", ");
    read.fail(
      "--sensor-fault",
      `"${text}" is not <signal>:<kind>[@<day>][/<amount>]; kinds: ${kinds}`,
    );
  } else if (signals.length > 0 && !signals.includes(signal))
    read.fail("--sensor-fault", `the plan has no signal "${signal}"`);
  const fromMs = startMs + Number(day ?? 0) * dayMs;
  const fault = { signal, kind: kind ?? "open", fromMs };
  return amount === undefined ? fault : { ...fault, amount: Number(amount) };
}
