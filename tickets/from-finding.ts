import type { FailureMode, Plan, Remedy } from "@firebreak/plans/plan-schema.ts";
import { canopenNetworks, type Finding, isPrediction } from "@firebreak/rules/finding.ts";
import type { Evidence, I18nText } from "./evidence.ts";
import type { ContextFacts } from "./machine-terms.ts";
import type { Ticket } from "./ticket.ts";
import type { CandidateFault, Check, PredictedPart, TicketFacts } from "./ticket-facts.ts";
import type { TicketOrder } from "./ticket-lifecycle.ts";
import { isMoreUrgent, type Priority } from "./vocabulary.ts";

const UNCATALOGUED = "uncatalogued";

/** What a finding speaks of, in the words of the plan. */
export interface Problem {
  /** One open inspection or repair per key: machine and failure mode, or machine and unknown trouble code. */
  readonly key: string;
  readonly kind: "inspection" | "repair";
  readonly priority: Priority;
  readonly title: I18nText;
  readonly component?: string;
  readonly candidateFaults: CandidateFault[];
  readonly checks: Check[];
  readonly predictedParts: PredictedPart[];
  readonly evidence: Evidence[];
  readonly safetyRelated?: boolean;
  readonly job?: NonNullable<TicketFacts["job"]>;
}

export const problemKey = (machineId: string, failureMode: string): string =>
  `${machineId}:${failureMode}`;

export function problemOf(finding: Finding, plan: Plan | undefined, seen?: FieldCauses): Problem {
  const { machineId, failureMode } = finding;
  const mode = plan?.service.failureModes[failureMode];
  if (!mode) return uncataloguedProblem(finding, plan);
  // What has not failed yet is looked at, and the failure itself is another problem, whose repair takes this one in (MR-2).
  const isAhead = isPrediction(finding);
  return {
    key: `${problemKey(machineId, failureMode)}${isAhead ? ":predicted" : ""}`,
    kind: isAhead ? "inspection" : mode.ticket,
    priority: isAhead ? "general" : priorityOf(finding, mode),
    ...modeFacts(failureMode, mode, seen),
    evidence: evidenceOf(finding, plan),
  };
}

/** What the plan says of a failure mode, as a ticket has it. */
export const modeFacts = (faultCode: string, mode: FailureMode, seen?: FieldCauses) => ({
  title: mode.title,
  component: mode.component,
  candidateFaults: [
    // The plan maps a trouble code or rule to one failure mode (FC-4), so there is one candidate.
    {
      faultCode,
      confidence: 1,
      title: mode.title,
      symptom: mode.symptom,
      causes: rankCauses(mode.causes, seen),
    },
  ],
  checks: mode.checks,
  predictedParts: mode.parts
    .map(({ partNo, quantity, probability }) => ({ partNo, qty: quantity, probability }))
    .sort((a, b) => b.probability - a.probability),
  safetyRelated: mode.safetyRelated,
  job: { faultClass: mode.faultClass, skill: mode.skill, standardHours: mode.standardHours },
});

function uncataloguedProblem(finding: Finding, plan: Plan | undefined): Problem {
  const { machineId, failureMode, subject } = finding;
  const name = subject === "" ? failureMode : `${failureMode}:${subject}`;
  return {
    key: `${machineId}:${name}`,
    kind: "inspection",
    priority: priorityOf(finding, undefined),
    title: uncataloguedTitle(finding),
    candidateFaults: [],
    checks: [
      {
        check: {
          en: "Look the code up in the maker's documents and read the controller with the maker's tool",
          "zh-CN": "查阅厂家资料中的故障码，并用厂家诊断工具读取控制器",
        },
        expected: {
          en: "The meaning of the code is known and reported, so that it can enter the plan",
          "zh-CN": "明确故障码含义并上报，以便补充到服务方案",
        },
      },
    ],
    predictedParts: [],
    evidence: evidenceOf(finding, plan),
  };
}

/** The finding's evidence with its origin and what the plan calls the context, and a signal that it derives. */
export function evidenceOf(
  { findingId, planRef, evidence }: Finding,
  plan: Plan | undefined,
): Evidence[] {
  return evidence.map((piece): Evidence => {
    const origin = { findingId, planRef };
    if (piece.kind === "dtc") return { ...piece, ...origin };
    const { contexts = {}, derived = {} } = plan?.rules ?? {};
    const contextTitle = contexts[piece.context ?? ""]?.title;
    const signalTitle = derived[piece.signal]?.title;
    return {
      ...{ ...piece, ...origin },
      ...(contextTitle === undefined ? {} : { contextTitle }),
      ...(signalTitle === undefined ? {} : { signalTitle }),
    };
  });
}

function uncataloguedTitle({ failureMode, evidence }: Finding): I18nText {
  const dtc = evidence.find((piece) => piece.kind === "dtc");
  if (!dtc || failureMode !== UNCATALOGUED)
    return { en: `Unknown failure mode ${failureMode}`, "zh-CN": `未知失效模式 ${failureMode}` };
  if (dtc.network !== undefined && dtc.network >= canopenNetworks) {
    const emergency = `0x${dtc.spn.toString(16).toUpperCase().padStart(4, "0")}`;
    return {
      en: `Unknown emergency ${emergency} from CANopen node ${dtc.sa}`,
      "zh-CN": `未知 CANopen 紧急报文 ${emergency}，节点 ${dtc.sa}`,
    };
  }
  const code = `SPN ${dtc.spn} FMI ${dtc.fmi}`;
  return {
    en: `Unknown trouble code ${code} from source address ${dtc.sa}`,
    "zh-CN": `未知故障码 ${code}，源地址 ${dtc.sa}`,
  };
}

/** How often service reports found each cause of a failure mode, by its id. */
export type FieldCauses = ReadonlyMap<string, number>;

/**
 * By what the plan and the field have seen together, Laplace-smoothed so that a cause not yet seen is not impossible
 * (FC-6); ties as in the plan.
 */
export function rankCauses(
  causes: FailureMode["causes"],
  seen: FieldCauses = new Map(),
): CandidateFault["causes"] {
  const weightOf = ({ id, observedCount }: FailureMode["causes"][number]) =>
    observedCount + (seen.get(id) ?? 0) + 1;
  const total = causes.reduce((sum, cause) => sum + weightOf(cause), 0);
  return causes
    .map((cause) => {
      const { id, text, category, remedies } = cause;
      const confidence = weightOf(cause) / total;
      return { id, text, category, confidence, remedy: inOneLine(remedies), remedies };
    })
    .sort((a, b) => b.confidence - a.confidence);
}

const inOneLine = (remedies: readonly Remedy[]): I18nText => ({
  en: remedies.map(({ text }) => text.en).join("; "),
  "zh-CN": remedies.map(({ text }) => text["zh-CN"]).join("；"),
});

/** The most urgent of: the plan's own, what the lamps say, and emergency for a critical finding on a safety matter. */
export function priorityOf(finding: Finding, mode: FailureMode | undefined): Priority {
  const claims: Priority[] = finding.evidence.flatMap((piece) =>
    piece.kind === "dtc" ? [lampPriority(piece.lamps)] : [],
  );
  if (mode?.safetyRelated && finding.severity === "critical") claims.push("emergency");
  return claims.reduce(
    (most, claim) => (isMoreUrgent(claim, most) ? claim : most),
    mode?.priority ?? "general",
  );
}

type Lamps = Extract<Evidence, { kind: "dtc" }>["lamps"];

function lampPriority({ redStop, amberWarning }: Lamps): Priority {
  if (isLit(redStop)) return "emergency";
  return isLit(amberWarning) ? "major" : "general";
}

export const isLit = (lamp: Lamps["mil"]): boolean =>
  lamp === "on" || lamp === "slow-flash" || lamp === "fast-flash";

/** What opening a ticket needs to know besides the finding. */
export interface Opening {
  readonly ticketId: string;
  readonly progressCode: string;
  readonly nowMs: number;
  /** Place, owner and warranty of the machine. */
  readonly context: ContextFacts;
  /** A ticket of the same problem that was closed not long ago. */
  readonly recurrenceOf?: string;
}

/**
 * What a finding asks of the ticket that is open for its problem, or of nobody yet: `observe`, `note-returned` or
 * `note-cleared` on the open one, `open` when there is none and the fault is new, undefined when nothing is to be done. A
 * fault that merely goes on after people closed its ticket opens no other one.
 */
export function orderOf(
  finding: Finding,
  problem: Problem,
  open: Ticket | undefined,
  opening: () => Opening,
): TicketOrder | undefined {
  const { findingId, phase, at: machineAt, isOnset, isHistory } = finding;
  if (phase === "cleared") {
    const isTold = open !== undefined && (!isHistory || open.activeFindings.includes(findingId));
    return isTold ? { type: "note-cleared", findingId, machineAt } : undefined;
  }
  if (isHistory) return undefined;
  if (finding.isLatched) return open ? { type: "note-returned", findingId, machineAt } : undefined;
  const { evidence, priority } = problem;
  if (open) {
    return { type: "observe", findingId, machineAt, evidence, isOccurrence: isOnset, priority };
  }
  if (phase !== "raised" && !isOnset) return undefined;
  const facts = factsOf(finding, problem, opening());
  return { type: "open", facts, findingId, machineAt, evidence };
}

function triggerOf(finding: Finding): TicketFacts["trigger"] {
  if (isPrediction(finding)) return "predicted_failure";
  return finding.evidence[0]?.kind === "dtc" ? "dtc" : "anomaly";
}

function factsOf(finding: Finding, problem: Problem, opening: Opening): TicketFacts {
  const { key, component, evidence: _evidence, ...description } = problem;
  const { ticketId, progressCode, context, recurrenceOf, nowMs } = opening;
  return {
    ticketId,
    ...description,
    trigger: triggerOf(finding),
    channel: "machine",
    serviceType: problem.kind === "repair" ? "emergency" : "preventive",
    machineId: finding.machineId,
    ...context,
    planRef: finding.planRef,
    faultCode: finding.failureMode,
    ...(component === undefined ? {} : { component }),
    dedupeKey: `${key}:${problem.kind}`,
    ...(recurrenceOf === undefined ? {} : { recurrenceOf }),
    progressCode,
    detectionLagMs: Math.round(nowMs - Date.parse(finding.since)),
  };
}
