import { approvedMode } from "@firebreak/plans/fault-catalogue.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type Static, Type } from "typebox";
import { modeFacts } from "../from-finding.ts";
import type { NewWork } from "../open-work.ts";
import { closed, literals, priorities } from "../vocabulary.ts";

const ShortText = Type.String({ minLength: 1, maxLength: 200 });

/** A ticket that a person opens. */
export const ManualWork = Type.Object(
  {
    machineId: ShortText,
    title: ShortText,
    kind: Type.Optional(literals(["inspection", "repair"])),
    priority: Type.Optional(literals(priorities)),
    faultCode: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: "approved failure mode of the machine's plan, which then fills in the rest",
      }),
    ),
    component: Type.Optional(ShortText),
    about: Type.Optional(Type.String({ minLength: 1, maxLength: 4000 })),
    safetyRelated: Type.Optional(Type.Boolean()),
    channel: Type.Optional(literals(["web", "app", "hotline", "outlet", "engineer"])),
  },
  closed,
);
export type ManualWork = Static<typeof ManualWork>;

/** What is to be opened; `id`: of the command, for work that has no fault to be known by. Pure. */
export function manualWork(wanted: ManualWork, plan: Plan | undefined, id: string): NewWork {
  const { machineId, title, faultCode, component, about, safetyRelated } = wanted;
  const mode = faultCode === undefined ? undefined : approvedMode(plan, faultCode);
  const own = {
    title: { en: title, "zh-CN": title },
    ...(component === undefined ? {} : { component }),
    ...(faultCode === undefined ? {} : { faultCode }),
    ...(about === undefined ? {} : { about: { en: about, "zh-CN": about } }),
    ...(safetyRelated === undefined ? {} : { safetyRelated }),
  };
  return {
    key: `${machineId}:${faultCode ?? `manual:${id}`}`,
    machineId,
    trigger: "manual",
    channel: wanted.channel ?? "web",
    kind: wanted.kind ?? mode?.ticket ?? "repair",
    priority: wanted.priority ?? mode?.priority ?? "general",
    ...own,
    ...(mode && faultCode !== undefined ? modeFacts(faultCode, mode) : {}),
    ...(safetyRelated ? { safetyRelated } : {}),
  };
}
