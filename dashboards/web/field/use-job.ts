import { held, record, saveDraft, typed } from "./field-desk.ts";
import type { Draft, Photo, ReportContent, SmartWorkOrder, Step } from "./field-types.ts";
import { type FieldView, foldSteps } from "./fold-steps.ts";
import { reportOf } from "./report-content.ts";
import { visitKeyOf } from "./unsent-report.ts";

/** One ticket on the phone: what came, what was done since, and what is being written. */
export interface Job {
  readonly order: SmartWorkOrder;
  readonly isMine: boolean;
  readonly view: FieldView;
  readonly steps: readonly Step[];
  readonly photos: readonly Photo[];
  readonly draft: Draft | undefined;
  /** The report as it stands on this phone. */
  readonly content: ReportContent;
  readonly act: (type: Step["type"], body?: Step["body"]) => Promise<boolean>;
  /** Of this visit, as it is now: a second keystroke may come before the page was drawn anew. */
  readonly newest: () => Draft | undefined;
  /** Keeps words at once; those of the report go out when nobody types any more. */
  readonly write: (words: Partial<Pick<Draft, "content" | "survey" | "attempt">>) => void;
}

/** Undefined while the phone has no such work order. */
export function useJob(ticketId: string): Job | undefined {
  const { orders = [], steps = [], photos = [], drafts = [] } = held.value ?? {};
  const found = orders.find((one) => one.ticketId === ticketId);
  if (!found) return undefined;
  const { order, isMine } = found;
  const own = steps.filter((step) => step.ticketId === ticketId);
  const view = foldSteps(order, own);
  const draft = drafts.find((one) => one.ticketId === ticketId);
  const isOfThisVisit = draft?.visitKey === visitKeyOf(order, view);
  const content = reportOf(order, view, isOfThisVisit ? draft?.content : undefined);
  const act: Job["act"] = (type, body = {}) => {
    // What was typed last belongs before what is done next; a whole report has it, and signature and photos with it.
    if (type === "save-report") typed.forget(ticketId);
    else typed.flush(ticketId);
    return record({ ticketId, type, body });
  };
  const newest: Job["newest"] = () => {
    const one = held.peek()?.drafts.find((each) => each.ticketId === ticketId);
    return one?.visitKey === visitKeyOf(order, view) ? one : undefined;
  };
  const write: Job["write"] = (words) => {
    const before = held.peek()?.drafts.find((one) => one.ticketId === ticketId);
    const kept = { ...before, ticketId, visitKey: visitKeyOf(order, view), ...words };
    if (words.content === undefined && !isOfThisVisit) kept.content = content;
    const isOfReport = words.content !== undefined;
    void saveDraft(isOfReport ? { ...kept, isUnsent: true } : kept);
    if (isOfReport) typed.touch(ticketId);
  };
  const ownPhotos = photos.filter((photo) => photo.ticketId === ticketId);
  return { order, isMine, view, steps: own, photos: ownPhotos, draft, content, act, newest, write };
}
