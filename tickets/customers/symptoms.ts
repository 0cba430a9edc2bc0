import { approvedMode, approvedModes } from "@firebreak/plans/fault-catalogue.ts";
import type { FailureMode, Plan } from "@firebreak/plans/plan-schema.ts";
import type { Ticket } from "../ticket.ts";
import { isMoreUrgent, type Priority, type TicketState } from "../vocabulary.ts";
import { type CustomersConfig, customersConfig } from "./customers-config.ts";

const doneStates: readonly TicketState[] = ["work_done", "verifying", "follow_up"];

/** What a report says of the fault, in the plan's words where it could be told. */
export interface Symptom {
  /** Failure mode of the plan. */
  readonly failureMode?: string;
  readonly mode?: FailureMode;
}

/**
 * The failure mode that was named, else the one whose symptom the text tells; nothing when neither says enough. `named`
 * that the plan does not have, or has not approved, counts as not named (FC-5).
 */
export function symptomOf(
  plan: Plan | undefined,
  { named, text }: { readonly named?: string; readonly text: string },
  config: Pick<CustomersConfig, "symptomFit"> = customersConfig,
): Symptom {
  const own = named === undefined ? undefined : approvedMode(plan, named);
  if (named !== undefined && own) return { failureMode: named, mode: own };
  const [best] = (plan ? approvedModes(plan) : [])
    .map(([failureMode, mode]) => ({ failureMode, mode, fit: fitOf(text, mode) }))
    .sort((a, b) => b.fit - a.fit || (a.failureMode < b.failureMode ? -1 : 1));
  return best && best.fit >= config.symptomFit
    ? { failureMode: best.failureMode, mode: best.mode }
    : {};
}

/** Share of a title's or symptom's pairs of letters that the text has too: 0 to 1, the best of all languages. */
function fitOf(text: string, { title, symptom }: FailureMode): number {
  const said = pairsOf(text);
  const known = [title.en, title["zh-CN"], symptom.en, symptom["zh-CN"]];
  return Math.max(
    ...known.map((words) => {
      const pairs = pairsOf(words);
      if (pairs.size < 2) return 0;
      return [...pairs].filter((pair) => said.has(pair)).length / pairs.size;
    }),
  );
}

function pairsOf(text: string): Set<string> {
  const letters = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ");
  const pairs = new Set<string>();
  for (const word of letters.split(" "))
    for (let at = 0; at + 1 < word.length; at++) pairs.add(word.slice(at, at + 2));
  return pairs;
}

/** §3.10: a machine that stands still is an emergency; else what the plan says, but never mere planned work. */
export function reportPriority(
  { mode }: Symptom,
  { machineStopped }: { readonly machineStopped: boolean },
): Priority {
  if (machineStopped) return "emergency";
  const planned = mode?.priority ?? "general";
  return isMoreUrgent(planned, "general") ? planned : "general";
}

/**
 * The open ticket of the same machine that a report belongs to: the same fault; else, while its work goes on, the same
 * component or the same class of fault; a report that does not say what is wrong belongs to the only fault that is open.
 * Work planned by the calendar takes no reports, and to work that is done only the same fault belongs: nobody would go
 * for another.
 */
export function ticketFor(
  symptom: Symptom,
  open: readonly Ticket[],
  plan: Plan | undefined,
  config: Pick<CustomersConfig, "attachesToOnlyOpen"> = customersConfig,
): Ticket | undefined {
  const faults = open.filter(({ kind, state }) => kind !== "parts" && state !== "planned");
  const going = faults.filter(({ state }) => !doneStates.includes(state));
  const { failureMode, mode } = symptom;
  if (failureMode === undefined || !mode)
    return config.attachesToOnlyOpen && going.length === 1 ? going[0] : undefined;
  const modeOf = ({ faultCode = "" }: Ticket) => plan?.service.failureModes[faultCode];
  return (
    faults.find(({ faultCode }) => faultCode === failureMode) ??
    going.find(({ component }) => component === mode.component) ??
    going.find((ticket) => modeOf(ticket)?.faultClass === mode.faultClass)
  );
}
