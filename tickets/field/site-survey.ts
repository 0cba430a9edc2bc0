import { type Static, Type } from "typebox";
import { closed, Instant, TicketId } from "../vocabulary.ts";

const Answer = Type.String({ maxLength: 2000 });
const Day = Type.String({ pattern: "^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$" });

/** When the site needs the machine most; both days included. */
const PeakPeriod = Type.Object(
  { from: Day, to: Day, note: Type.Optional(Type.String({ maxLength: 200 })) },
  closed,
);

/** The nine fields of the user information form (用户信息表), in the order of the form. */
export const surveyFields = {
  equipmentTypes: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 50 }),
  equipmentCounts: Type.Array(Type.Integer({ minimum: 0, maximum: 10_000 }), {
    maxItems: 50,
    description: "one for each of equipmentTypes",
  }),
  workingTime: Answer,
  projectProgress: Answer,
  peakPeriods: Type.Array(PeakPeriod, { maxItems: 20 }),
  serviceOpinion: Answer,
  followOnProjects: Answer,
  productImpression: Answer,
  improvementSuggestions: Answer,
} as const;

export const surveyFieldNames = Object.keys(surveyFields) as (keyof typeof surveyFields)[];

export const operatorSkills = ["untrained", "basic", "skilled", "expert"] as const;

/** What an inspection learns about the site. Every field is asked; an empty answer says that nobody knew. */
export const SiteSurvey = Type.Object(
  {
    ...surveyFields,
    operatorSkill: Type.Enum(operatorSkills),
    otherBrandEquipment: Answer,
  },
  closed,
);
export type SiteSurvey = Static<typeof SiteSurvey>;

export const StoredSurvey = Type.Object(
  {
    surveyId: Type.String(),
    ticketId: TicketId,
    machineId: Type.String(),
    engineerId: Type.String(),
    at: Instant,
    survey: SiteSurvey,
  },
  closed,
);
export type StoredSurvey = Static<typeof StoredSurvey>;

/** What is wrong with a survey that fits its schema; empty when nothing is. Pure. */
export function surveyProblems(survey: SiteSurvey): string[] {
  const { equipmentTypes, equipmentCounts, peakPeriods } = survey;
  const problems: string[] = [];
  if (equipmentTypes.length !== equipmentCounts.length)
    problems.push("equipmentCounts must have one figure for each of equipmentTypes");
  for (const [index, { from, to }] of peakPeriods.entries())
    if (to < from) problems.push(`peakPeriods.${index} ends before it begins`);
  return problems;
}
