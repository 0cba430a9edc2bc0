import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ModelFileRule, RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import type { LearnedForRule, ModelQuestion } from "@firebreak/rules/history/history-kind.ts";
import { type MachineHistory, questionsOf } from "@firebreak/rules/history/judge-history.ts";
import type { LifeModel } from "@firebreak/rules/prognosis/remaining-life/train-life-model.ts";
import { learnAside } from "./life-aside.ts";
import { createModelRunner, type ModelAnswers } from "./model-runner.ts";

/** A rule that cannot judge, and why; or how far its training is. */
export interface LearnedNews {
  readonly plan: string;
  readonly rule: string;
  /** 0 to 1. */
  readonly share?: number;
  readonly error?: CodedError;
}

/** What rules of plans rest on beside the hours: made when it is first needed, and kept. */
export interface LearnedModels {
  /** Waits until everything is there that can be. Rules that lack it say nothing, and the others go on. */
  forMachine(machine: MachineHistory): Promise<(ruleId: string) => LearnedForRule>;
  stop(): Promise<void>;
}

export interface LearnedOptions {
  /** Folder of a plan; undefined: it lies nowhere, and its rules have no files. */
  readonly folderOf: (plan: Plan) => string | undefined;
  /** Where learned models are kept from start to start; undefined: nowhere. */
  readonly keepIn: string | undefined;
  readonly tell: (news: LearnedNews) => void;
}

export function createLearnedModels(options: LearnedOptions): LearnedModels {
  const stopping = new AbortController();
  const models = new Map<Rule, Promise<LifeModel | undefined>>();
  const asking = createAsking(options);
  let before: Promise<unknown> = Promise.resolve();
  const modelOf = (plan: Plan, rule: RemainingLifeRule): Promise<LifeModel | undefined> => {
    const known = models.get(rule);
    if (known) return known;
    // One after the other: a training takes a core.
    const made = before.then(() => learn({ plan, rule, signal: stopping.signal }, options));
    before = made;
    models.set(rule, made);
    return made;
  };
  return {
    async forMachine(machine) {
      const { plan } = machine;
      const learned = new Map<string, LearnedForRule>();
      for (const rule of plan.rules.rules)
        if (rule.kind === "remaining-life")
          learned.set(rule.id, { lifeModel: await modelOf(plan, rule) });
      for (const { rule, questions } of questionsOf(machine))
        if (rule.kind === "model-file")
          learned.set(rule.id, { answers: await asking.answersOf(plan, rule, questions) });
      return (ruleId) => learned.get(ruleId) ?? {};
    },
    async stop() {
      stopping.abort();
      await asking.stop();
      await before;
    },
  };
}

/** Models of plans; one that fails once is not asked again: whatever it says next could not be believed. */
function createAsking({ folderOf, tell }: LearnedOptions) {
  const runner = createModelRunner();
  const disabled = new Set<Rule>();
  let isStopped = false;
  return {
    async answersOf(
      plan: Plan,
      rule: ModelFileRule,
      questions: readonly ModelQuestion[],
    ): Promise<ModelAnswers | undefined> {
      const folder = folderOf(plan);
      if (folder === undefined || isStopped || disabled.has(rule)) return undefined;
      if (questions.length === 0) return new Map();
      try {
        return await runner.ask({ rule, folder, questions });
      } catch (error) {
        if (isStopped) return undefined;
        disabled.add(rule);
        tell({ plan: plan.plan, rule: rule.id, error: codedOf(error) });
        return undefined;
      }
    },
    async stop() {
      isStopped = true;
      await runner.stop();
    },
  };
}

const codedOf = (error: unknown): CodedError =>
  error instanceof CodedError
    ? error
    : new CodedError("LEARNING_FAILED", "What the rule rests on could not be made.", {
        cause: error,
      });

async function learn(
  {
    plan,
    rule,
    signal,
  }: { readonly plan: Plan; readonly rule: RemainingLifeRule; readonly signal: AbortSignal },
  { folderOf, keepIn, tell }: LearnedOptions,
): Promise<LifeModel | undefined> {
  const about = { plan: plan.plan, rule: rule.id };
  const folder = folderOf(plan);
  if (folder === undefined || signal.aborted) return undefined;
  const { signals } = plan.acquisition;
  const onProgress = quarters((share) => tell({ ...about, share }));
  try {
    return await learnAside({ rule, folder, signals, keepIn }, { onProgress, signal });
  } catch (error) {
    if (!signal.aborted) tell({ ...about, error: codedOf(error) });
    return undefined;
  }
}

/** Tells of each quarter once. */
function quarters(tell: (share: number) => void): (share: number) => void {
  let told = 0;
  return (share) => {
    const quarter = Math.floor(share * 4) / 4;
    if (quarter <= told) return;
    told = quarter;
    tell(quarter);
  };
}
