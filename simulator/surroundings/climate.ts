/** Climate of a place, from rounded long-time normals of its capital: engineering default. */
export interface Climate {
  /** Mean air temperature of January and July, °C. */
  readonly januaryC: number;
  readonly julyC: number;
  /** From the coldest hour of a fair day to its warmest, kelvin. */
  readonly dailyRangeK: number;
  /** Share of days with rain in the dry and in the wet half of the year. */
  readonly rainyDays: readonly [dry: number, wet: number];
  /** Mean wind at 10 m, m/s. */
  readonly windMps: number;
}

/** By ISO 3166-2:CN code of the province. */
export const climates = {
  "CN-BJ": { januaryC: -3, julyC: 27, dailyRangeK: 11, rainyDays: [0.08, 0.38], windMps: 2.6 },
  "CN-SH": { januaryC: 5, julyC: 29, dailyRangeK: 7, rainyDays: [0.3, 0.42], windMps: 3.2 },
  "CN-GD": { januaryC: 14, julyC: 29, dailyRangeK: 7, rainyDays: [0.25, 0.55], windMps: 2.2 },
  "CN-SC": { januaryC: 6, julyC: 26, dailyRangeK: 8, rainyDays: [0.25, 0.5], windMps: 1.3 },
  "CN-HB": { januaryC: 4, julyC: 29, dailyRangeK: 8, rainyDays: [0.3, 0.4], windMps: 2.0 },
  "CN-HN": { januaryC: 5, julyC: 30, dailyRangeK: 8, rainyDays: [0.4, 0.42], windMps: 2.2 },
  "CN-SD": { januaryC: 0, julyC: 28, dailyRangeK: 10, rainyDays: [0.1, 0.38], windMps: 3.0 },
  "CN-XJ": { januaryC: -12, julyC: 25, dailyRangeK: 12, rainyDays: [0.15, 0.2], windMps: 2.4 },
  "CN-HL": { januaryC: -18, julyC: 23, dailyRangeK: 11, rainyDays: [0.18, 0.4], windMps: 3.0 },
  "CN-YN": { januaryC: 9, julyC: 20, dailyRangeK: 11, rainyDays: [0.15, 0.6], windMps: 2.2 },
} as const satisfies Record<string, Climate>;

export type Province = keyof typeof climates;
