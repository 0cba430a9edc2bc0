import type { Language } from "./i18n/messages.ts";

/** A number with up to `digits` after the point and the separators of the language. Pure. */
export const formatNumber = (value: number, language: Language, digits = 2): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value);

/** A share in percent, never broken between number and sign. Pure. */
export const formatPercent = (share: number, language: Language): string =>
  `${formatNumber(share * 100, language, 0)}\u00a0%`;

const unitTexts: Readonly<Record<string, string>> = {
  m3: "m³",
  "m3/h": "m³/h",
  deg: "°",
  count: "",
  state: "",
  gear: "",
  ratio: "",
};

/** How a unit of the plans is written for people. Pure. */
export const formatUnit = (unit: string): string => unitTexts[unit] ?? unit;
