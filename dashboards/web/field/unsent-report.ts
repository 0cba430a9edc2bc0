import type { Held } from "./field-store.ts";
import type { ReportContent, SmartWorkOrder } from "./field-types.ts";
import { type FieldView, foldSteps } from "./fold-steps.ts";

/** A new visit begins a new report. */
export const visitKeyOf = ({ visits }: SmartWorkOrder, { visitsAhead }: FieldView): string =>
  String(visits + visitsAhead);

/**
 * What was written in the report of a visit that goes on and is in no step yet: of a tab that was closed while its
 * words were waiting, too. Pure.
 */
export function unsentReport(
  { orders, steps, drafts }: Pick<Held, "orders" | "steps" | "drafts">,
  ticketId: string,
): ReportContent | undefined {
  const draft = drafts.find((one) => one.ticketId === ticketId);
  const found = orders.find((one) => one.ticketId === ticketId);
  if (!draft?.isUnsent || !found?.isMine) return undefined;
  const view = foldSteps(found.order, steps);
  const isAtReport = view.state === "in_progress" || view.state === "work_done";
  const isOfThisVisit = draft.visitKey === visitKeyOf(found.order, view);
  return isAtReport && isOfThisVisit && !view.isHandedIn ? draft.content : undefined;
}
