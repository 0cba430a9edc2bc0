import type { Acquisition, ControlUnit } from "./plan-schema.ts";

/** With fewer signals of its own, broken sensors cannot be told from a broken unit. */
export const fewestSignals = 3;

/** Names of the signals that come from one control unit alone, in the order of the plan. */
export const signalsOfUnit = ({ signals }: Acquisition, unit: ControlUnit): string[] =>
  Object.entries(signals).flatMap(([name, { j1939, modbus }]) => {
    const isOfUnit = "sa" in unit ? j1939?.sa === unit.sa : modbus?.device === unit.device;
    return isOfUnit ? [name] : [];
  });
