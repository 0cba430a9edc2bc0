import { emptyContent } from "@firebreak/tickets/field/empty-content.ts";
import type { ReportContent, SiteSurvey, SmartWorkOrder } from "./field-types.ts";
import type { FieldView } from "./fold-steps.ts";

/**
 * The report of a visit: as it is being written, else as it was saved, else what the work order knows already; with the
 * times that this phone saw. Pure.
 */
export function reportOf(
  order: SmartWorkOrder,
  view: FieldView,
  written?: ReportContent,
): ReportContent {
  const [fault] = order.faults;
  const { arrive: arrivedAt, "start-work": startedAt, finish: finishedAt } = view.times;
  const content: ReportContent = written ??
    view.content ?? {
      ...emptyContent(order.kind === "inspection" ? "inspection" : "repair"),
      ...(fault ? { rootCause: causeOf(fault) } : {}),
    };
  return {
    ...content,
    ...(arrivedAt ? { arrivedAt } : {}),
    ...(startedAt ? { startedAt } : {}),
    ...(finishedAt ? { finishedAt } : {}),
  };
}

const causeOf = ({ faultCode, causes }: SmartWorkOrder["faults"][number]) =>
  ({ faultCode, causeId: causes[0]?.id ?? "other", responsibility: "manufacturer" }) as const;

/** Wear that the checklist measured belongs into the report, which tells the machine's file. Pure. */
export function withMeasuredWear(
  content: ReportContent,
  order: SmartWorkOrder,
  view: Pick<FieldView, "answers">,
): ReportContent {
  const measured = order.checklist.flatMap(({ stepId, measures, unit }) => {
    const answer = view.answers.get(stepId);
    if (measures === undefined || answer?.remainingLifePct === undefined) return [];
    return [
      {
        position: measures,
        remainingLifePct: answer.remainingLifePct,
        ...(answer.measured === undefined ? {} : { measured: answer.measured }),
        ...(unit === undefined ? {} : { unit }),
      },
    ];
  });
  const places = new Set(measured.map(({ position }) => position));
  const others = content.measuredWear.filter(({ position }) => !places.has(position));
  return { ...content, measuredWear: [...others, ...measured] };
}

/** A draft as it may go at once: photos follow when it is handed in, so that none of them holds it up. Pure. */
export function withoutPhotos(content: ReportContent): ReportContent {
  const { customerConfirmation: _signed, ...rest } = content;
  return { ...rest, photos: [] };
}

/** What changes in a report; undefined takes a field out. */
export type ReportPatch = {
  readonly [Name in keyof ReportContent]?: ReportContent[Name] | undefined;
};

/** Pure. */
export const patched = (content: ReportContent, patch: ReportPatch): ReportContent =>
  Object.fromEntries(
    Object.entries({ ...content, ...patch }).filter(([, value]) => value !== undefined),
  ) as ReportContent;

export type ReportGap =
  | "attempts"
  | "symptom"
  | "rootCause"
  | "solution"
  | "preventionAdvice"
  | "fullMachineCheck"
  | "machineStateNormal";

/** What is missing before a report can be handed in (SR-1, SR-3); the server looks again. Pure. */
export function reportGaps(content: ReportContent): ReportGap[] {
  const outcome = content.attempts.at(-1)?.result;
  const gaps: ReportGap[] = outcome === undefined ? ["attempts"] : [];
  const isEmpty = (text: string) => text.trim() === "";
  if (isEmpty(content.symptom)) gaps.push("symptom");
  if (outcome !== "no_fault_found" && content.rootCause === undefined) gaps.push("rootCause");
  if (isEmpty(content.solution)) gaps.push("solution");
  if (isEmpty(content.preventionAdvice)) gaps.push("preventionAdvice");
  if (outcome === "fixed" && !content.fullMachineCheck) gaps.push("fullMachineCheck");
  if (outcome === "fixed" && !content.machineStateNormal) gaps.push("machineStateNormal");
  return gaps;
}

export const emptySurvey: SiteSurvey = {
  equipmentTypes: [],
  equipmentCounts: [],
  workingTime: "",
  projectProgress: "",
  peakPeriods: [],
  serviceOpinion: "",
  followOnProjects: "",
  productImpression: "",
  improvementSuggestions: "",
  operatorSkill: "basic",
  otherBrandEquipment: "",
};
