import type { MachineHours, SignalHours } from "@firebreak/rules/history/hours.ts";

/** Hours as they were known before one of them, UTC hours since the epoch. */
export const beforeHour = (hours: MachineHours, end: number): MachineHours =>
  new Map(
    [...hours].map(([signal, own]): [string, SignalHours] => {
      const first = Array.from(own.hour).findIndex((hour) => hour >= end);
      const cut = (column: ArrayLike<number>) =>
        Array.from(column).slice(0, first < 0 ? undefined : first);
      const { hour, min, mean, max, count } = own;
      return [
        signal,
        { hour: cut(hour), min: cut(min), mean: cut(mean), max: cut(max), count: cut(count) },
      ];
    }),
  );
