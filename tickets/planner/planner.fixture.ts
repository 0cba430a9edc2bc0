import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { InstalledPart } from "../organisation/machine-file.ts";
import type { Planned } from "./calendar-source.ts";
import { inspectionProgramOf } from "./inspection-program.ts";
import { planMachine } from "./plan-machine.ts";
import type { PlannedMachine } from "./planned-machine.ts";
import type { HandledPoint, TicketProposal } from "./proposal.ts";

export const pumpPlan = loadPlan("concrete-pump-truck");

/** A plan with other promises. */
export const planWith = (service: Partial<Plan["service"]>, plan = pumpPlan): Plan => ({
  ...plan,
  service: { ...plan.service, ...service },
});

/** Without services by hours and parts, so that a test sees only what it speaks of. */
export const barePlan = planWith({ intervals: [], parts: [] });

export const machine = (changes: Partial<PlannedMachine> = {}): PlannedMachine => {
  const plan = changes.plan ?? barePlan;
  return {
    machineId: "m-1",
    handoverAt: "2026-01-31",
    plan,
    program: inspectionProgramOf(plan.service, { regionIds: [] }),
    zone: "Asia/Shanghai",
    peaks: [],
    installedParts: [],
    handled: [],
    ...changes,
  };
};

/** Noon in Shanghai. */
export const noon = (date: string): number => Date.parse(`${date}T12:00:00+08:00`);

export const part = (
  changes: Partial<InstalledPart> & { readonly position: string },
): InstalledPart => ({
  partNo: "P-1",
  installedAt: "2026-01-01T00:00:00.000Z",
  installedAtHours: 0,
  source: "default",
  ...changes,
});

export interface Opened {
  readonly date: string;
  readonly proposal: TicketProposal;
}

export interface Days {
  readonly from: string;
  readonly to: string;
  readonly outlooks?: (date: string) => Parameters<typeof planMachine>[1];
  /** The machine of a day; its tickets are kept by the run. */
  readonly machineOn: (date: string) => PlannedMachine;
  /** Days a ticket stays open. */
  readonly openDays?: number;
}

/** Plans day after day as the driver does, remembering what was opened. */
export function runDays({ from, to, machineOn, outlooks = () => [], openDays = 10 }: Days): {
  readonly opened: readonly Opened[];
  readonly covered: readonly Planned["covered"][number][];
} {
  const opened: Opened[] = [];
  const covered: Planned["covered"][number][] = [];
  const handled: (HandledPoint & { readonly since: number })[] = [];
  for (let ms = noon(from); ms <= noon(to); ms += 86_400_000) {
    const date = new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10);
    const known = handled.map(({ since, ...point }) => ({
      ...point,
      isOpen: ms - since < openDays * 86_400_000,
    }));
    const planned = planMachine({ ...machineOn(date), handled: known }, outlooks(date), ms);
    for (const proposal of planned.proposals) {
      opened.push({ date, proposal });
      handled.push(point(proposal.dedupeKey, proposal, ms));
    }
    for (const one of planned.covered) {
      covered.push(one);
      const by = handled.find(
        ({ dedupeKey, ticketId }) =>
          ("ticketId" in one.by ? one.by.ticketId : one.by.dedupeKey) ===
          ("ticketId" in one.by ? ticketId : dedupeKey),
      );
      if (by) handled.push({ ...by, dedupeKey: one.dedupeKey });
    }
  }
  return { opened, covered };
}

const point = (dedupeKey: string, { trigger, dueWindow }: TicketProposal, since: number) => ({
  dedupeKey,
  ticketId: `T-${dedupeKey}`,
  trigger,
  dueTo: dueWindow.to,
  isOpen: true,
  since,
});

export const summary = (opened: readonly Opened[]) =>
  opened.map(({ date, proposal }) => [date, proposal.dedupeKey.replace("m-1:", "")]);

const { preventive: inspections } = pumpPlan.service;
if (!inspections) throw new Error("the plan has inspections");
/** What the pump truck's plan says of inspections. */
export const preventive = inspections;
