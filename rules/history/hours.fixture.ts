import type { HourFigure, MachineHours, SignalHours } from "./hours.ts";

/** UTC day since the epoch on which test histories begin. */
export const firstDay = Date.parse("2026-03-01T00:00:00Z") / 86_400_000;

type Hour = Readonly<Record<HourFigure, number>>;

/** Hours of work of so many days, six a day from 08:00 UTC; `at` says what a signal showed in one, undefined nothing. */
export function hoursOf(
  days: number,
  signals: Readonly<Record<string, (day: number, hour: number) => number | Hour | undefined>>,
): MachineHours {
  return new Map(
    Object.entries(signals).map(([name, at]): [string, SignalHours] => {
      const rows = Array.from({ length: days * 6 }, (_, index) => {
        const day = Math.floor(index / 6);
        const figure = at(day, index % 6);
        const hour = (firstDay + day) * 24 + 8 + (index % 6);
        return figure === undefined ? [] : [{ hour, ...figuresOf(figure) }];
      }).flat();
      return [
        name,
        {
          hour: rows.map(({ hour }) => hour),
          min: rows.map(({ min }) => min),
          mean: rows.map(({ mean }) => mean),
          max: rows.map(({ max }) => max),
          count: rows.map(() => 100),
        },
      ];
    }),
  );
}

const figuresOf = (figure: number | Hour): Hour =>
  typeof figure === "number" ? { min: figure, mean: figure, max: figure } : figure;

/** A reproducible number from -1 to 1 that looks like noise. */
export const noise = (index: number): number => {
  const value = Math.sin(index * 12.9898) * 43_758.5453;
  return 2 * (value - Math.floor(value)) - 1;
};
