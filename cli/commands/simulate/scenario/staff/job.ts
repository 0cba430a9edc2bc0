import type { Plan, Remedy } from "@firebreak/plans/plan-schema.ts";
import { remedyOf } from "@firebreak/simulator/scenarios/executed-repair.ts";
import type {
  ScenarioFault,
  ScenarioMachine,
} from "@firebreak/simulator/scenarios/scenario-machine.ts";
import type { TicketSummary } from "@firebreak/tickets/ticket.ts";

/** What an engineer found on a machine; nothing where nothing is the matter with it. */
export interface Diagnosis {
  readonly fault?: ScenarioFault;
  readonly remedy?: Remedy;
}

/** Damage that an engineer on site sees, 0 to 1. Engineering default. */
const seenFrom = 0.1;

/**
 * What whoever is on site finds: the fault the ticket speaks of, else what stopped the machine, else the worst there is.
 * A simulated engineer does not err.
 */
export function diagnose(
  machine: Pick<ScenarioMachine, "faults">,
  plan: Plan,
  { faultCode, component }: Pick<TicketSummary, "faultCode" | "component">,
): Diagnosis {
  const present = machine
    .faults()
    .filter(({ repairedAt, severity }) => repairedAt === null && severity >= seenFrom)
    .sort((one, other) => other.severity - one.severity);
  const fault =
    present.find(({ failureMode }) => failureMode === faultCode) ??
    present.find(({ failureMode }) => isOf(plan, failureMode, component)) ??
    present.find(({ failedAt, stopsTheMachine }) => failedAt !== null && stopsTheMachine) ??
    present[0];
  if (!fault) return {};
  const remedy = remedyOf(plan, fault.failureMode, fault.cause);
  return remedy ? { fault, remedy } : { fault };
}

const isOf = ({ service }: Plan, failureMode: string, component: string | undefined): boolean =>
  component !== undefined && service.failureModes[failureMode]?.component === component;

const attempt = (result: "fixed" | "no_fault_found", handling: string) => ({
  attempts: [{ judgement: "looked at the machine", handling, result }],
  isMachineChecked: true,
});

/** What is said when the work is done. */
export function finishOf({ kind }: Pick<TicketSummary, "kind">, { fault, remedy }: Diagnosis) {
  const told = fault
    ? attempt("fixed", remedy?.text.en ?? "repaired")
    : attempt("no_fault_found", "measured");
  const inspection = { isAnswered: true, isSurveyed: true, failedSteps: [] };
  return kind === "inspection" ? { ...told, inspection } : told;
}

export function reportOf(
  { ticketId, visits }: Pick<TicketSummary, "ticketId" | "visits">,
  { fault, remedy }: Diagnosis,
) {
  const partsUsed =
    remedy?.partNo === undefined ? [] : [{ partNo: remedy.partNo, quantity: remedy.quantity ?? 1 }];
  return {
    reportId: `${ticketId}-${visits}`,
    cause: fault?.fault ?? "none",
    solution: remedy?.text.en ?? "none",
    preventionAdvice: "none",
    ...(fault ? { faultCode: fault.failureMode, partsUsed } : {}),
    ...(fault && fault.cause !== "" ? { causeId: fault.cause } : {}),
  };
}
