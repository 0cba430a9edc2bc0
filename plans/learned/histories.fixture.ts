import type { Acquisition, Signal } from "../plan-schema.ts";

const signal = (unit: Signal["unit"], range: [number, number]): Signal => ({
  title: { en: "test", "zh-CN": "测试" },
  ...{ unit, range, scale: 1, offset: 0 },
  sampling: { deadBand: 1, maxSilenceSeconds: 5 },
  source: "engineering default",
});

export const wearSignals: Acquisition["signals"] = {
  leakage: signal("L/min", [0, 200]),
  pressure: signal("bar", [0, 400]),
};

/** The text of a CSV of lives in which the leakage grows from 10 L/min by 5 a day, at one pressure. */
export function historiesText({
  lives,
  days,
  failed,
}: {
  readonly lives: number;
  readonly days: number;
  /** Of the last row of a life, counted from 1; absent: no such column. */
  readonly failed?: (life: number) => number;
}): string {
  const last = (life: number, day: number) =>
    failed === undefined ? "" : `,${day === days ? failed(life) : 0}`;
  const rows = Array.from({ length: lives }, (_, index) => index + 1).flatMap((life) =>
    Array.from({ length: days }, (_, index) => index + 1).map(
      (day) => `unit-${life},${day},${5 + 5 * day},200${last(life, day)}`,
    ),
  );
  return [`pump,day,leakage,pressure${failed === undefined ? "" : ",failed"}`, ...rows, ""].join(
    "\n",
  );
}
