import type { EngineerLevel } from "../organisation/engineer.ts";

/** Engineering defaults of figures and scores. Money in fen. */
export interface KpiConfig {
  readonly rates: {
    readonly labourFenPerHour: number;
    readonly travelFenPerKm: number;
    /** For each parts ticket whose parts had to be brought from another place. */
    readonly logisticsFenPerTransfer: number;
  };
  /** A fault that comes back within this time was not fixed at the first visit. */
  readonly recurrenceDays: number;
  /** Predicted parts at least this likely are needed at the first visit. */
  readonly neededProbability: number;
  readonly score: ScoreConfig;
  /** Below this share of the optimal load, people wait for work. */
  readonly excessBelow: number;
  /** Service coverage: reached from a station within this time, that of an emergency. */
  readonly coverageMinutes: number;
  /** In which zone weeks and months begin. */
  readonly zone: string;
}

export interface ScoreConfig {
  /** Points of a visit by how it ended (O-15). */
  readonly outcome: {
    readonly fixed: number;
    readonly diagnosed_awaiting_parts: number;
    readonly not_fixed: number;
    readonly no_fault_found: number;
  };
  /** Points of a promise kept, by clock. */
  readonly clock: { readonly arrival: number; readonly report_upload: number };
  /** Points of the best rating; others in proportion. More than anything else can bring. */
  readonly bestRating: number;
  /** Final = total · (1 + bonus of the level). */
  readonly levelBonus: Readonly<Record<EngineerLevel, number>>;
}

export const kpiDefaults: KpiConfig = {
  rates: { labourFenPerHour: 12_000, travelFenPerKm: 150, logisticsFenPerTransfer: 8_000 },
  recurrenceDays: 30,
  neededProbability: 0.5,
  score: {
    outcome: { fixed: 10, diagnosed_awaiting_parts: 5, no_fault_found: 3, not_fixed: 1 },
    clock: { arrival: 3, report_upload: 2 },
    bestRating: 20,
    levelBonus: { junior: 0, intermediate: 0.05, senior: 0.1, expert: 0.15 },
  },
  excessBelow: 0.7,
  coverageMinutes: 12 * 60,
  zone: "Asia/Shanghai",
};
