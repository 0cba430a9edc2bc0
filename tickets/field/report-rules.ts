import type { Outcome } from "../vocabulary.ts";
import { fieldConfig } from "./field-config.ts";
import type { Attempt, AttemptResult, ReportContent } from "./service-report.ts";

const outcomeOfResult: Readonly<Record<AttemptResult, Outcome>> = {
  fixed: "fixed",
  not_fixed: "not_fixed",
  awaiting_parts: "diagnosed_awaiting_parts",
  no_fault_found: "no_fault_found",
};

/** The outcome grade of a visit: its last attempt's (SR-1). Undefined without one. Pure. */
export function outcomeOf(attempts: readonly Attempt[]): Outcome | undefined {
  const last = attempts.at(-1);
  return last && outcomeOfResult[last.result];
}

/**
 * O-19: judging and handling are repeated until something ends them, so at least one attempt, and nothing after one that
 * found the fault gone or absent. Pure.
 */
export function attemptProblems(attempts: readonly Attempt[]): string[] {
  if (attempts.length === 0) return ["attempts: at least one attempt is needed"];
  const ended = attempts.findIndex(
    ({ result }) => result === "fixed" || result === "no_fault_found",
  );
  if (ended === -1 || ended === attempts.length - 1) return [];
  const word = attempts[ended]?.result === "fixed" ? "fixed" : "no fault found";
  return [`attempts.${ended + 1}: attempt ${ended + 1} says ${word}, so none may follow`];
}

/** ES-5: so many attempts suggest that an expert be asked. */
export const suggestsExpert = (attempts: readonly Attempt[]): boolean =>
  attempts.length >= fieldConfig.expertAfterAttempts;

const filled = (text: string) => text.trim() !== "";

/** What keeps a draft from being submitted (SR-1, SR-3, O-29); empty when nothing does. Each names its field. Pure. */
export function submitProblems(content: ReportContent): string[] {
  const problems = attemptProblems(content.attempts);
  const outcome = outcomeOf(content.attempts);
  const needed = ["symptom", "solution", "preventionAdvice"] as const;
  for (const field of needed) if (!filled(content[field])) problems.push(`${field}: is needed`);
  if (outcome !== "no_fault_found" && content.rootCause === undefined)
    problems.push("rootCause: is needed unless no fault was found");
  if (outcome === "fixed" && !content.fullMachineCheck)
    problems.push("fullMachineCheck: check the whole machine before it counts as fixed");
  if (outcome === "fixed" && !content.machineStateNormal)
    problems.push("machineStateNormal: contradicts an attempt that says fixed");
  const { customerConfirmation: confirmation } = content;
  if (confirmation?.mode === "signature" && confirmation.signatureMediaId === undefined)
    problems.push("customerConfirmation.signatureMediaId: is needed for a signature");
  const times = [content.arrivedAt, content.startedAt, content.finishedAt].filter((at) => at);
  if (
    times.some(
      (at, index) => index > 0 && Date.parse(at ?? "") < Date.parse(times[index - 1] ?? ""),
    )
  )
    problems.push("finishedAt: arrival, start and finish must follow one another");
  return problems;
}

export interface LoanState {
  readonly loanId: string;
  readonly partNo: string;
  readonly quantity: number;
}

/**
 * SR-2: what the report used against what was lent: a named loan must exist, be of that part and hold as many; without a
 * name, loans of the part are used up first. What was lent and not used is `returned`. Pure.
 */
export function reconcile(
  used: ReportContent["partsUsed"],
  loans: readonly LoanState[],
): { readonly problems: string[]; readonly returned: LoanState[] } {
  const problems: string[] = [];
  const left = new Map(loans.map((loan) => [loan.loanId, { ...loan }]));
  for (const [index, { partNo, quantity, loanId }] of used.entries()) {
    const where = `partsUsed.${index}`;
    if (loanId === undefined) {
      useUp(
        [...left.values()].filter((loan) => loan.partNo === partNo),
        quantity,
      );
      continue;
    }
    const loan = left.get(loanId);
    if (!loan) problems.push(`${where}.loanId: there is no open loan ${loanId}`);
    else if (loan.partNo !== partNo)
      problems.push(`${where}.partNo: loan ${loanId} is of ${loan.partNo}`);
    else if (loan.quantity < quantity)
      problems.push(`${where}.quantity: loan ${loanId} holds ${loan.quantity}`);
    else loan.quantity -= quantity;
  }
  return { problems, returned: [...left.values()].filter(({ quantity }) => quantity > 0) };
}

function useUp(loans: readonly { quantity: number }[], quantity: number): void {
  let rest = quantity;
  for (const loan of loans) {
    const used = Math.min(rest, loan.quantity);
    loan.quantity -= used;
    rest -= used;
  }
}
