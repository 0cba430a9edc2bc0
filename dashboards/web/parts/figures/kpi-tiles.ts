import type { Static } from "typebox";
import type { KpiReply, StockReply } from "../../../server/api/kpi.ts";
import type { texts } from "../../i18n/pages/figures-texts.ts";

export type Kpis = Static<typeof KpiReply>["total"];
export type Stock = Static<typeof StockReply>;
export type FigureUnit = "share" | "duration" | "fen" | "number";

/** One figure: where it stands in the answer, its unit, and what business documents say of it (C-18). */
export interface Figure {
  readonly key: keyof typeof texts;
  readonly unit: FigureUnit;
  /** As the interface said it; undefined and null: nothing to divide by. */
  readonly of: (kpis: Kpis) => number | null | undefined;
  readonly kind?: "target" | "reference";
  /** The text key of what is aimed at, or the number as text. */
  readonly aim?: string;
}

export const figures: readonly Figure[] = [
  { key: "tickets", unit: "number", of: (k) => k.tickets },
  { key: "nps", unit: "number", of: (k) => k.nps, kind: "reference", aim: "−15 → +42" },
  { key: "csat", unit: "share", of: (k) => k.csat, kind: "reference", aim: "68 %" },
  { key: "firstTimeFixRate", unit: "share", of: (k) => k.firstTimeFixRate },
  {
    key: "sla.response",
    unit: "share",
    of: (k) => k.slaCompliance.response,
    kind: "target",
    aim: "100 %",
  },
  {
    key: "sla.arrival",
    unit: "share",
    of: (k) => k.slaCompliance.arrival,
    kind: "target",
    aim: "100 %",
  },
  {
    key: "sla.resolution",
    unit: "share",
    of: (k) => k.slaCompliance.resolution,
    kind: "target",
    aim: "100 %",
  },
  {
    key: "responseMedian",
    unit: "duration",
    of: (k) => k.response.medianMs,
    kind: "target",
    aim: "responseAim",
  },
  { key: "responseP90", unit: "duration", of: (k) => k.response.p90Ms },
  {
    key: "arrivalMedian",
    unit: "duration",
    of: (k) => k.arrival.medianMs,
    kind: "reference",
    aim: "hoursArrow",
  },
  { key: "arrivalP90", unit: "duration", of: (k) => k.arrival.p90Ms },
  { key: "remoteResolutionRate", unit: "share", of: (k) => k.remoteResolutionRate },
  { key: "resolutionRate", unit: "share", of: (k) => k.resolutionRate },
  { key: "mttrMs", unit: "duration", of: (k) => k.mttrMs },
  { key: "activeRepairMs", unit: "duration", of: (k) => k.activeRepairMs },
  { key: "downtimeMs", unit: "duration", of: (k) => k.downtimeMs, kind: "reference", aim: "−60 %" },
  {
    key: "partsCycleMedian",
    unit: "duration",
    of: (k) => k.partsCycle.medianMs,
    kind: "reference",
    aim: "daysArrow",
  },
  { key: "partsFillRate", unit: "share", of: (k) => k.partsFillRate },
  {
    key: "blockedByParts",
    unit: "share",
    of: (k) => k.blockedByParts,
    kind: "reference",
    aim: "≈ 50 %",
  },
  { key: "costPerServiceFen", unit: "fen", of: (k) => k.costPerServiceFen },
  { key: "proactiveRatio", unit: "share", of: (k) => k.proactiveRatio },
  { key: "inspectionCompletion", unit: "share", of: (k) => k.inspectionCompletion },
  { key: "unplannedStops", unit: "number", of: (k) => k.unplannedStops },
  { key: "failureRate", unit: "number", of: (k) => k.failureRate },
  { key: "makersShare", unit: "share", of: (k) => k.makersShare },
];

/** C-10: headquarters look at what customers say first, stations at what they can change. */
export const leadOf = (isHeadquarters: boolean): readonly Figure["key"][] =>
  isHeadquarters ? ["nps", "csat"] : ["firstTimeFixRate", "sla.arrival"];

const hourMs = 3_600_000;

/** A figure as a cell of a file: hours and yuan, since milliseconds and fen are no units for people. Pure. */
export function cellOf(value: number | null | undefined, unit: FigureUnit): number | "" {
  if (value === null || value === undefined) return "";
  if (unit === "duration") return Math.round((value / hourMs) * 1000) / 1000;
  return unit === "fen" ? Math.round(value) / 100 : value;
}

/** What a file says of the unit behind the name of a figure. */
export const unitInFile: Readonly<Record<FigureUnit, string>> = {
  duration: " (h)",
  fen: " (¥)",
  share: " (0–1)",
  number: "",
};

/** A line of a file for spreadsheets: nothing in it is taken for a formula. Pure. */
export const csvLine = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell) => {
      const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : `${cell}`;
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(",");
