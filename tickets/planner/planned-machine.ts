import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { I18nText } from "../evidence.ts";
import { generalChecklistHours } from "../field/general-checklist.ts";
import type { InstalledPart } from "../organisation/machine-file.ts";
import { instantOf, type LocalDate, localDate } from "../sla/zone-time.ts";
import type { InspectionProgram } from "./inspection-program.ts";
import type { HandledPoint } from "./proposal.ts";

/** When more is asked of a machine; both days included. */
export interface Peak {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** How much a machine works. */
export interface Usage {
  /** Over all its meters (MA-4): a new meter does not set it back. */
  readonly operatingHours: number;
  /** Average; absent while nobody knows. */
  readonly hoursPerDay?: number;
}

/** All that the planned sources look at, of one machine. */
export interface PlannedMachine {
  readonly machineId: string;
  readonly handoverAt?: LocalDate | undefined;
  /** Undefined: no plan fits it, and it has the base service of every machine (C-19). */
  readonly plan?: Plan | undefined;
  readonly program: InspectionProgram;
  /** IANA zone of its region. */
  readonly zone: string;
  readonly usage?: Usage | undefined;
  readonly peaks: readonly Peak[];
  readonly installedParts: readonly InstalledPart[];
  readonly handled: readonly HandledPoint[];
}

/** The instant a local day begins. */
export const startOfDay = ({ zone }: { readonly zone: string }, date: LocalDate): string =>
  new Date(instantOf(zone, date, 0)).toISOString();

/** The instant a local day is over. */
export const endOfDay = ({ zone }: { readonly zone: string }, date: LocalDate): string =>
  new Date(instantOf(zone, date, 24 * 60)).toISOString();

export const todayOf = ({ zone }: { readonly zone: string }, nowMs: number): LocalDate =>
  localDate(zone, nowMs);

export const isHandled = ({ handled }: PlannedMachine, dedupeKey: string): boolean =>
  handled.some((point) => point.dedupeKey === dedupeKey);

/** Standard hours of a checklist of the plan, else of the general one. */
export function hoursOf({ plan }: PlannedMachine, checklist: string | undefined): number {
  const own = checklist === undefined ? undefined : plan?.service.checklists?.[checklist]?.steps;
  const hours =
    own?.reduce((sum, { standardHours }) => sum + standardHours, 0) ?? generalChecklistHours;
  return hours > 0 ? Math.round(hours * 10) / 10 : 1;
}

export const both = (en: string, zh: string): I18nText => ({ en, "zh-CN": zh });
