import type { Transaction } from "@firebreak/kit/database.ts";
import { approvedMode } from "@firebreak/plans/fault-catalogue.ts";
import { type Finding, historyIds } from "@firebreak/rules/finding.ts";
import type { Evidence } from "../evidence.ts";
import { evidenceOf, modeFacts } from "../from-finding.ts";
import { fieldCauseCounts } from "../lessons/cause-counts.ts";
import type { NewWork } from "../open-work.ts";
import type { RegistryTables } from "../registry/registry-tables.ts";
import type { PlannedMachine } from "./planned-machine.ts";
import type { TicketProposal } from "./proposal.ts";

/**
 * As the tickets want it: the point is the problem, so that its open ticket is found again. A failure to come brings its
 * fault code along, and the evidence of the rule that expects it, by which what people find counts for that rule.
 */
export async function workOf(
  tx: Transaction,
  machine: Pick<PlannedMachine, "plan">,
  proposal: TicketProposal,
): Promise<NewWork> {
  const fault = await faultOf(tx, machine, proposal);
  const evidence = await evidenceOfRule(tx, machine, proposal);
  return {
    kind: proposal.kind,
    machineId: proposal.machineId,
    key: proposal.dedupeKey,
    priority: proposal.priority,
    trigger: proposal.trigger,
    channel: "machine",
    ...fault,
    ...(evidence.length > 0 ? { evidence } : {}),
    title: proposal.title,
    about: proposal.evidence,
    ...(proposal.checklist === undefined ? {} : { checklist: proposal.checklist }),
    dueWindow: proposal.dueWindow,
    serviceType: "preventive",
    job: { ...fault.job, standardHours: proposal.standardHours },
    predictedParts: proposal.parts.map(({ partNo, quantity }) => ({
      partNo,
      qty: quantity,
      probability: 1,
    })),
    ...(proposal.component === undefined ? {} : { component: proposal.component }),
  };
}

type Fault = Partial<
  Pick<NewWork, "faultCode" | "candidateFaults" | "checks" | "safetyRelated" | "job">
>;

async function faultOf(
  tx: Transaction,
  { plan }: Pick<PlannedMachine, "plan">,
  { failureMode }: TicketProposal,
): Promise<Fault> {
  const mode = approvedMode(plan, failureMode ?? "");
  if (plan === undefined || failureMode === undefined || mode === undefined) return {};
  const seen = await fieldCauseCounts(tx, plan.plan, failureMode);
  const { candidateFaults, checks, safetyRelated, job } = modeFacts(failureMode, mode, seen);
  return { faultCode: failureMode, candidateFaults, checks, safetyRelated, job };
}

/** What the rule has found of the machine, while its finding is open. */
async function evidenceOfRule(
  tx: Transaction,
  { plan }: Pick<PlannedMachine, "plan">,
  { machineId, ruleId }: TicketProposal,
): Promise<Evidence[]> {
  if (ruleId === undefined) return [];
  const rows = await tx
    .tables<RegistryTables>()
    .selectFrom("findings")
    .select("body")
    .where("machine_id", "=", machineId)
    .where("finding_id", "like", `${historyIds}%`)
    .orderBy("at", "desc")
    .execute();
  const open = rows
    .map(({ body }) => JSON.parse(body) as Finding)
    .find((finding) => finding.ruleId === ruleId && finding.phase !== "cleared");
  return open ? evidenceOf(open, plan) : [];
}
