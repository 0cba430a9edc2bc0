import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { RuleTrust } from "../evidence.ts";
import { once, type ServiceWork } from "../service-work.ts";
import { createTicketIds, type TicketIds } from "../ticket-ids.ts";
import {
  type CatalogueProposal,
  type CatalogueState,
  type CatalogueStep,
  listCatalogue,
  proposalYaml,
  proposeFailureMode,
  requireProposal,
  stepProposal,
} from "./catalogue.ts";
import { fieldCauseCounts } from "./cause-counts.ts";
import {
  answerDesignFeedback,
  type DesignFeedbackItem,
  listDesignFeedback,
} from "./design-feedback.ts";
import type { RuleId } from "./judged-rules.ts";
import { type LessonsConfig, lessonsDefaults } from "./lessons-config.ts";
import { observedLifeOf, type PartLifeEstimate } from "./part-lives.ts";
import {
  decideRule,
  listRuleProposals,
  listRules,
  type RuleLessons,
  type RuleProposal,
} from "./rule-list.ts";
import { type RuleMode, saveRuleMode } from "./rule-modes.ts";
import { loadTrust } from "./rule-trust.ts";
import { changeUnknownCode, listUnknownCodes, type UnknownCode } from "./unknown-codes.ts";

/** Who commands, under an id that makes the command be done once. */
export interface LessonOrder {
  readonly actorId: string;
  readonly commandId: string;
}

/**
 * What the field teaches, and what people make of it. Errors: `LESSON_UNKNOWN` (404), `LESSON_DECIDED` (409),
 * `LESSON_CASES` and `CATALOGUE_INCOMPLETE` (400).
 */
export interface LessonsService {
  rules(planId?: string): Promise<RuleLessons[]>;
  /** What checks have said of these rules, by `trustKey`; a rule without a verdict is not there. */
  trust(rules: readonly RuleId[]): Promise<ReadonlyMap<string, RuleTrust>>;
  proposals(state?: RuleProposal["state"]): Promise<RuleProposal[]>;
  decideRule(
    order: LessonOrder,
    proposalId: string,
    decision: { readonly isApproved: boolean; readonly note: string },
  ): Promise<void>;
  setRuleMode(
    order: LessonOrder,
    rule: { readonly planId: string; readonly ruleId: string },
    change: { readonly mode: RuleMode; readonly reason: string },
  ): Promise<void>;
  causes(planId: string, failureMode: string): Promise<ReadonlyMap<string, number>>;
  unknownCodes(state?: UnknownCode["state"]): Promise<UnknownCode[]>;
  changeCode(
    order: LessonOrder,
    codeId: string,
    change: { readonly assignedTo: string } | { readonly mappedTo: string },
  ): Promise<void>;
  catalogue(state?: CatalogueState): Promise<CatalogueProposal[]>;
  propose(
    order: LessonOrder,
    wanted: Parameters<typeof proposeFailureMode>[1],
  ): Promise<CatalogueProposal>;
  stepProposal(
    order: LessonOrder,
    proposalId: string,
    step: CatalogueStep,
  ): Promise<CatalogueProposal>;
  /** To be pasted into the plan. */
  proposalYaml(proposalId: string): Promise<string>;
  designFeedback(): Promise<DesignFeedbackItem[]>;
  answerDesign(
    order: LessonOrder,
    itemId: string,
    answer: Parameters<typeof answerDesignFeedback>[2],
  ): Promise<void>;
  partLife(partNo: string): Promise<PartLifeEstimate | undefined>;
}

export function createLessonsService(options: {
  readonly db: Database;
  readonly clock: Clock;
  readonly ids?: TicketIds;
  readonly config?: LessonsConfig;
}): LessonsService {
  const { db, clock, config = lessonsDefaults } = options;
  const ids = options.ids ?? createTicketIds(clock.nowMs);

  const obey = <Answer>(
    { actorId, commandId }: LessonOrder,
    name: string,
    subject: string,
    run: (work: ServiceWork) => Promise<Answer>,
  ): Promise<Answer> =>
    db.transaction((tx) => {
      const nowMs = clock.nowMs();
      const actor = { kind: "person", id: actorId } as const;
      const work = { tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids };
      return once(work, { commandId, name, subject }, () => run(work));
    });

  return {
    rules: (planId) => listRules(db, config, planId),
    trust: (rules) => loadTrust(db, rules, config),
    proposals: (state) => listRuleProposals(db, state),
    decideRule: (order, proposalId, decision) =>
      obey(order, "lessons.decide-rule", proposalId, (work) =>
        decideRule(work, proposalId, decision),
      ),
    setRuleMode: (order, rule, change) =>
      obey(order, "lessons.set-rule-mode", `${rule.planId}/${rule.ruleId}`, (work) =>
        saveRuleMode(work, rule, change),
      ),
    causes: (planId, failureMode) => fieldCauseCounts(db, planId, failureMode),
    unknownCodes: (state) => listUnknownCodes(db, state),
    changeCode: (order, codeId, change) =>
      obey(order, "lessons.change-code", codeId, (work) => changeUnknownCode(work, codeId, change)),
    catalogue: (state) => listCatalogue(db, state),
    propose: (order, wanted) =>
      obey(order, "lessons.propose", `${wanted.planId}/${wanted.faultCode}`, (work) =>
        proposeFailureMode(work, wanted),
      ),
    stepProposal: (order, proposalId, step) =>
      obey(order, `lessons.${step.type}`, proposalId, (work) =>
        stepProposal(work, proposalId, step),
      ),
    proposalYaml: async (proposalId) => proposalYaml(await requireProposal(db, proposalId)),
    designFeedback: () => listDesignFeedback(db, clock.nowMs()),
    answerDesign: (order, itemId, answer) =>
      obey(order, "lessons.answer-design", itemId, (work) =>
        answerDesignFeedback(work, itemId, answer),
      ),
    partLife: (partNo) => observedLifeOf(db, partNo, clock.nowMs()),
  };
}
