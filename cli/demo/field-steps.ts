import { CodedError } from "@firebreak/kit/coded-error.ts";
import { checklistOf } from "@firebreak/tickets/field/checklist.ts";
import { emptyContent } from "@firebreak/tickets/field/empty-content.ts";
import type { ReportContent } from "@firebreak/tickets/field/service-report.ts";
import type { SiteSurvey } from "@firebreak/tickets/field/site-survey.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { DemoDesks } from "./demo-desks.ts";
import type { DemoTicket, DemoWork } from "./demo-ticket.ts";
import { partsHandedOut } from "./settle-parts.ts";

const survey: SiteSurvey = {
  equipmentTypes: [],
  equipmentCounts: [],
  workingTime: "07:00–17:30",
  projectProgress: "按计划 / as planned",
  peakPeriods: [],
  serviceOpinion: "及时 / in time",
  followOnProjects: "",
  productImpression: "",
  improvementSuggestions: "",
  operatorSkill: "skilled",
  otherBrandEquipment: "",
};

/** Gives commands as the phone of the engineer who has the ticket. @throws CodedError of a refusal */
export async function sync(
  { field }: Pick<DemoDesks, "field">,
  { ticketId, assignment }: Ticket,
  commands: readonly { readonly id: string; readonly type: string; readonly body: object }[],
): Promise<void> {
  const engineerId = assignment?.engineerId;
  if (engineerId === undefined) throw new TypeError(`${ticketId} has no engineer`);
  const { answers } = await field.sync({
    actor: { kind: "person", id: engineerId },
    role: "engineer",
    engineerId,
    commands: commands.map(({ id, ...command }) => ({ ...command, commandId: id, ticketId })),
  });
  const refused = answers.find(({ status }) => status === "refused");
  if (refused)
    throw new CodedError(
      refused.code ?? "INTERNAL",
      `${refused.commandId} of ${ticketId}: ${refused.message ?? "refused"}`,
    );
}

const resultOf = ({ foundNothing }: DemoWork) => (foundNothing ? "no_fault_found" : "fixed");

/** The work is over; of an inspection every step has been answered and the site is described. */
export async function finishWork(
  desks: Pick<DemoDesks, "field" | "planOf">,
  ticket: Ticket,
  { key, work }: DemoTicket,
): Promise<void> {
  if (!work) throw new TypeError(`${key} says nothing of the work`);
  const { judgement, handling } = work;
  const steps = checklistOf(desks.planOf(ticket.machineId ?? ""), ticket);
  const answers = steps.map(({ stepId }) => ({ stepId, result: "passed" }));
  const inspected = [
    { id: `${key}/checklist`, type: "answer-checklist", body: { answers } },
    { id: `${key}/survey`, type: "save-survey", body: { survey } },
  ];
  const attempts = [{ judgement, handling, result: resultOf(work) }];
  await sync(desks, ticket, [
    ...(ticket.kind === "inspection" ? inspected.slice(answers.length > 0 ? 0 : 1) : []),
    { id: `${key}/finish`, type: "finish", body: { attempts, isMachineChecked: true } },
  ]);
}

/** Writes the report and hands it in. */
export async function handInReport(
  desks: DemoDesks,
  ticket: Ticket,
  demo: DemoTicket,
): Promise<void> {
  const { key, work } = demo;
  if (!work) throw new TypeError(`${key} says nothing of the work`);
  const content = await contentOf(desks, ticket, { ...demo, work });
  await sync(desks, ticket, [
    { id: `${key}/save-report`, type: "save-report", body: { content } },
    { id: `${key}/hand-in`, type: "hand-in-report", body: {} },
  ]);
}

async function contentOf(
  desks: DemoDesks,
  ticket: Ticket,
  { fault, work }: DemoTicket & { readonly work: DemoWork },
): Promise<ReportContent> {
  const { symptom, judgement, handling, advice, cause, hours } = work;
  const { arrivedAt, startedAt } = ticket.visitLog.at(-1) ?? {};
  const { finishedAt } = ticket;
  const isFound = fault !== undefined && !work.foundNothing;
  return {
    ...emptyContent(ticket.kind === "inspection" ? "inspection" : "repair"),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    symptom,
    procedureLog: handling,
    attempts: [{ judgement, handling, result: resultOf(work) }],
    ...(isFound
      ? {
          rootCause: {
            faultCode: fault,
            causeId: cause ?? "other",
            responsibility: "other" as const,
          },
        }
      : {}),
    solution: handling,
    preventionAdvice: advice,
    partsUsed: await partsHandedOut(desks, ticket),
    fullMachineCheck: true,
    machineStateNormal: true,
    operatorBriefed: true,
    labourHours: hours,
    travelKm: 64,
  };
}
