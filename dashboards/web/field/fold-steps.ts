import type {
  Attempt,
  ChecklistAnswer,
  ReportContent,
  SiteSurvey,
  SmartWorkOrder,
  Step,
} from "./field-types.ts";
import { inOrder } from "./outbox.ts";

type State = SmartWorkOrder["state"];

type Timed = "arrive" | "start-work" | "finish";
type Times = Readonly<Partial<Record<Timed, string>>>;

/** A ticket as the engineer left it, whether or not the server knows yet. */
export interface FieldView {
  readonly state: State;
  readonly isAccepted: boolean;
  /** An expert was asked on this visit: what leaving unsolved asks for. */
  readonly consults: number;
  readonly answers: ReadonlyMap<string, ChecklistAnswer>;
  readonly survey: SiteSurvey | undefined;
  /** The report of this visit, as far as it was saved. */
  readonly content: ReportContent | undefined;
  readonly isHandedIn: boolean;
  /** By the phone's clock, of this visit. */
  readonly times: Times;
  /** Arrivals that the order does not count yet. */
  readonly visitsAhead: number;
  /** The job was given back. */
  readonly isRejected: boolean;
  /** Where a hold that the order does not know yet goes back to. */
  readonly heldIn?: State;
}

interface Move {
  readonly from: readonly State[];
  readonly to: State;
}

/** Where an order leads from where (§3.9). The server decides; this is what the page shows until it has. */
const moves: Readonly<Partial<Record<Step["type"], Move>>> = {
  reject: { from: ["assigned"], to: "acknowledged" },
  depart: { from: ["assigned"], to: "en_route" },
  arrive: { from: ["en_route"], to: "on_site" },
  "start-work": { from: ["on_site"], to: "in_progress" },
  "miss-parts": { from: ["in_progress"], to: "waiting_parts" },
  finish: { from: ["in_progress"], to: "work_done" },
  "not-fixed": { from: ["in_progress"], to: "assigned" },
  "hand-in-report": { from: ["work_done"], to: "verifying" },
};

/** States that a hold may interrupt; the server goes back to the one that was left. */
export const mayHold = (state: State): boolean =>
  ["assigned", "en_route", "on_site", "in_progress", "waiting_parts"].includes(state);

/** A work order as it came. Pure. */
export function viewOfOrder(order: SmartWorkOrder): FieldView {
  const report = order.reports.find(({ visitNo }) => visitNo === order.visits);
  return {
    state: order.state,
    isAccepted: order.acceptedAt !== undefined || order.state !== "assigned",
    consults: order.consultCount,
    answers: new Map(order.answers.map(({ answer }) => [answer.stepId, answer])),
    survey: order.survey?.survey,
    content: report?.content,
    isHandedIn: report !== undefined && report.state !== "draft",
    times: {},
    visitsAhead: 0,
    isRejected: false,
  };
}

/** What was recorded and is not in the order yet; refused steps did nothing. Pure. */
export const unseen = (steps: readonly Step[]): Step[] =>
  inOrder(steps.filter(({ status, isInOrder }) => status !== "refused" && isInOrder !== true));

/** The work order with every step on top that it does not hold yet. Pure. */
export function foldSteps(order: SmartWorkOrder, steps: readonly Step[]): FieldView {
  const own = steps.filter(({ ticketId }) => ticketId === order.ticketId);
  return { ...unseen(own).reduce(applyStep, viewOfOrder(order)), times: timesOf(own) };
}

const isTimed = (type: Step["type"]): type is Timed =>
  type === "arrive" || type === "start-work" || type === "finish";

/** When the engineer came, began and ended on the last visit, by the phone's clock. Pure. */
export function timesOf(steps: readonly Step[]): Times {
  const times: Partial<Record<Timed, string>> = {};
  for (const { type, at, status } of inOrder(steps)) {
    if (status === "refused") continue;
    if (type === "depart")
      for (const name of ["arrive", "start-work", "finish"] as const) delete times[name];
    if (isTimed(type)) times[type] = at;
  }
  return times;
}

/** One step; one that its state does not allow changes nothing. Pure. */
export function applyStep(view: FieldView, { type, body }: Step): FieldView {
  const move = moves[type];
  if (move && !move.from.includes(view.state)) return view;
  const moved = move ? { ...view, state: move.to } : view;
  switch (type) {
    case "accept":
      return { ...moved, isAccepted: true };
    case "reject":
      return { ...moved, isRejected: true };
    case "depart":
      return { ...moved, isAccepted: true, consults: 0 };
    case "arrive": {
      const visitsAhead = view.visitsAhead + 1;
      return { ...moved, visitsAhead, content: undefined, isHandedIn: false };
    }
    case "consult":
      return { ...moved, consults: view.consults + 1 };
    case "hold":
      return mayHold(view.state) ? { ...moved, state: "on_hold", heldIn: view.state } : view;
    case "resume":
      return view.state === "on_hold" && view.heldIn ? resumed(moved, view.heldIn) : view;
    case "parts-ready":
      return view.state === "waiting_parts" ? { ...moved, state: "in_progress" } : view;
    case "not-fixed":
      return { ...moved, isAccepted: true };
    case "hand-in-report":
      return { ...moved, isHandedIn: true };
    default:
      return record(moved, type, body);
  }
}

/** Back where it was; of a hold from before, only the server knows where that is. */
function resumed({ heldIn: _heldIn, ...view }: FieldView, state: State): FieldView {
  return { ...view, state };
}

function record(view: FieldView, type: Step["type"], body: Step["body"]): FieldView {
  switch (type) {
    case "answer-checklist": {
      const answers = new Map(view.answers);
      for (const answer of body.answers as ChecklistAnswer[]) answers.set(answer.stepId, answer);
      return { ...view, answers };
    }
    case "save-survey":
      return { ...view, survey: body.survey as SiteSurvey };
    case "save-report":
      return { ...view, content: body.content as ReportContent };
    default:
      return view;
  }
}

/** How the work may end, by its attempts (O-19): undefined while it goes on. Pure. */
export function endOf(attempts: readonly Attempt[]): "finish" | "not-fixed" | undefined {
  const last = attempts.at(-1)?.result;
  if (last === undefined) return undefined;
  return last === "fixed" || last === "no_fault_found" ? "finish" : "not-fixed";
}

/** What keeps an inspection from being finished. Pure. */
export const unanswered = (order: SmartWorkOrder, view: FieldView): number =>
  order.checklist.filter(({ stepId }) => !view.answers.has(stepId)).length;
