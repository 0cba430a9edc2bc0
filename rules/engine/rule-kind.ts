import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import type { ActiveDtcs } from "@firebreak/wire/machine-event.ts";
import type { Quality } from "@firebreak/wire/quality.ts";
import type { TSchema } from "typebox";
import type { Chatter, Evidence, Severity } from "../finding.ts";
import type { Cells, Layout } from "./cells.ts";
import type { Step } from "./hold.ts";

/**
 * One sample as a rule sees it. The engine fills one object again and again: read it, never keep it.
 * Times are event time in nanoseconds after the start of the epoch's time line.
 */
export interface Moment {
  /** Which signal: its place among the plan's. */
  slot: number;
  timeNs: number;
  /** NaN unless the quality is good. */
  value: number;
  quality: Quality;
  /** Since when the rule's context holds without a break; -Infinity without a context, NaN while it does not hold. */
  contextSinceNs: number;
  /** Since when another rule of the plan speaks; NaN while it does not, or nothing has confirmed it in this epoch. */
  openSince: (ruleId: string) => number;
}

/** What a rule has to say about one of its episodes when it is asked. */
export interface Claim {
  readonly failureMode: string;
  /** What tells two problems of one failure mode on one machine apart; empty when nothing does. */
  readonly subject: string;
  readonly severity: Severity;
  readonly sinceNs: number;
  readonly evidence: readonly Evidence[];
  readonly chatter?: Chatter;
}

/** Turns event time into ISO 8601. */
export type Iso = (timeNs: number) => string;

/** What a rule keeps of one machine: its numbers, and beside them what is none. Read it, never keep it. */
export interface RuleState<More extends object> extends Cells {
  /** Plain JSON, NaN allowed, bounded; changed in place. Empty where the kind keeps numbers alone. */
  more: More;
}

/** For kinds that keep numbers alone. */
export type NoMore = Record<string, never>;

/**
 * One way of judging. A kind is pure: it sees event time only, and keeps everything in its state, one per machine and
 * rule, changed in place. It reports steps of episodes, each known by a key. What is touched with every sample belongs
 * into the numbers, see `cells.ts`.
 */
export interface RuleKind<OneRule extends Rule, Prepared, More extends object = NoMore> {
  readonly kind: OneRule["kind"];
  /** `live` rules judge the newest data; a gap resets their holds. */
  readonly judges: "live";
  readonly schema: TSchema;
  /** The signal whose samples it judges, if any. */
  signalOf?(rule: OneRule): string;
  /** Other signals it wants to see the samples of. */
  companionsOf?(rule: OneRule): readonly string[];
  /** All signals it judges, where that is more than one. */
  signalsOf?(rule: OneRule, plan: Plan): readonly string[];
  /**
   * An open episode says that its signals cannot be believed: rules that believe them, and for `unit` those that doubt
   * one sensor too, do not speak of them meanwhile.
   */
  readonly doubts?: "signal" | "unit";
  /** Everything that does not change from sample to sample; once per plan. */
  prepare(rule: OneRule, plan: Plan): Prepared;
  /** Its numbers; as many as it needs at most. Absent: none. */
  layout?(prepared: Prepared): Layout;
  /** What it keeps beside its numbers, to begin with. Absent: nothing. */
  more?(): More;
  /** A state of an older release, where it named its numbers otherwise than `layout` or kept words. */
  older?(stored: object): object;
  /** Called for every sample of its signal; the episode's key is the empty text. */
  sample?(prepared: Prepared, state: RuleState<More>, moment: Moment): Step;
  /** Called for every DM1. `tell` takes the step of one episode at a time. */
  event?(
    prepared: Prepared,
    state: RuleState<More>,
    event: { readonly timeNs: number; readonly dm1: ActiveDtcs },
    tell: (step: Step, key: string) => void,
  ): void;
  /** A new epoch has begun: earlier times mean nothing any more. */
  restart(prepared: Prepared, state: RuleState<More>): void;
  /** The episode was ended from outside: as if its condition had never been seen. */
  forget(prepared: Prepared, state: RuleState<More>, key: string): void;
  /** Asked right after a step, before anything else changes. */
  describe(prepared: Prepared, state: RuleState<More>, key: string, iso: Iso): Claim;
}

/** A kind whose types are forgotten, as the registry and the engine hold it. */
export type AnyRuleKind = RuleKind<Rule, unknown, object>;

/** Types a kind where it is written, and forgets these types for the registry. */
export const defineRuleKind = <OneRule extends Rule, Prepared, More extends object = NoMore>(
  kind: RuleKind<OneRule, Prepared, More>,
): RuleKind<OneRule, Prepared, More> => kind;
