import type {
  BaselineDriftRule,
  ChangePointRule,
  MultivariateRule,
  NoveltyRule,
} from "@firebreak/plans/live-rules-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import type { TSchema } from "typebox";
import type { Detector, Judgement } from "../detectors/detector.ts";
import {
  type HoldLimits,
  type HoldState,
  initialHold,
  isOpen,
  restartHold,
  Step,
  stepHold,
  Verdict,
} from "../engine/hold.ts";
import {
  addToRow,
  beginRow,
  emptyRows,
  isBeyondRow,
  type JointRows,
  readRow,
} from "../engine/joint-rows.ts";
import type { Claim, Iso, Moment, RuleKind } from "../engine/rule-kind.ts";
import { type Seen, sayAmounts, signalClaim } from "../engine/signal-claim.ts";
import { signalGapNs } from "../engine/signal-gap.ts";

/** A rule that a detector judges. */
export type DetectorRule = BaselineDriftRule | ChangePointRule | MultivariateRule | NoveltyRule;

/** What a kind of rule says of its detector. */
export interface DetectorKindSpec<OneRule extends DetectorRule, Inner extends object> {
  readonly kind: OneRule["kind"];
  readonly schema: TSchema;
  /** Its signals, the one it speaks of first. */
  names(rule: OneRule): readonly string[];
  detector(rule: OneRule): Detector<Inner>;
  /** Length of a row, and time after the context's begin that is not judged, where the rule does not say. */
  readonly everySeconds: number;
  readonly settleSeconds: number;
  /** Rows on end that must alarm, and the score below which an episode ends. */
  readonly minRows: number;
  readonly clearBelow: number;
  /** Times that the detector remembers mean nothing any more. */
  forgetTimes?(inner: Inner): void;
  /** What it saw, by place of the signal, worst first. */
  seen(inner: Inner, peak: number): readonly DetectorSeen[];
}

export interface DetectorSeen extends Pick<Seen, "observed" | "limit" | "measure"> {
  readonly place: number;
  /** The sentence of the catalogue that `observed` and `limit` (as `usual`) fill. */
  readonly word?: string;
  /** Default: the signal's. */
  readonly unit?: string;
}

interface Prepared<Inner extends object> extends HoldLimits {
  readonly rule: DetectorRule;
  readonly names: readonly string[];
  readonly units: readonly string[];
  readonly detector: Detector<Inner>;
  /** Place of the signal, by slot; -1 for others. */
  readonly placeOfSlot: readonly number[];
  readonly gapsNs: readonly number[];
  readonly everyNs: number;
  readonly settleNs: number;
}

interface State<Inner extends object> extends HoldState {
  rows: JointRows | null;
  /** Null until the first row, and after it was ended from outside: it begins again. */
  inner: Inner | null;
  /** The largest novelty of the present episode. */
  peak: number;
}

const mostSignals = 8;
/** By number of signals; filled again for every row. */
const scratch = Array.from({ length: mostSignals + 1 }, (_, size) => new Float64Array(size));

/**
 * A kind whose rules are judged by a detector, row by row: samples of the context, once it has settled, are brought
 * together in rows; a row without one is none. A repair that was proved makes it learn afresh.
 */
export function detectorKind<OneRule extends DetectorRule, Inner extends object>(
  spec: DetectorKindSpec<OneRule, Inner>,
): RuleKind<OneRule, Prepared<Inner>, State<Inner>> {
  const initialState = (): State<Inner> => ({
    ...initialHold(),
    ...{ rows: null, inner: null, peak: 0 },
  });
  return {
    kind: spec.kind,
    judges: "live",
    schema: spec.schema,
    signalOf: (rule) => spec.names(rule)[0] ?? "",
    signalsOf: (rule) => spec.names(rule),
    prepare: (rule, plan) => prepared(spec, rule, plan),
    initialState,
    sample(prepared, state, moment) {
      if (moment.quality !== Quality.good) return Step.none;
      const place = prepared.placeOfSlot[moment.slot] ?? -1;
      if (place < 0) return Step.none;
      state.rows ??= emptyRows(prepared.names.length);
      const { everyNs } = prepared;
      let step: Step = Step.none;
      if (isBeyondRow(state.rows, everyNs, moment.timeNs)) {
        step = endRow(spec.clearBelow, prepared, state, moment);
        beginRow(state.rows, everyNs, moment.timeNs);
      }
      const { timeNs, value, contextSinceNs } = moment;
      if (contextSinceNs + prepared.settleNs <= timeNs) addToRow(state.rows, place, timeNs, value);
      return step;
    },
    restart(state) {
      restartHold(state);
      state.rows = null;
      if (state.inner !== null) spec.forgetTimes?.(state.inner);
    },
    forget(state) {
      Object.assign(state, initialState());
    },
    describe: (prepared, state, _key, iso) => claimOf(spec, prepared, { state, iso }),
  };
}

function prepared<OneRule extends DetectorRule, Inner extends object>(
  spec: DetectorKindSpec<OneRule, Inner>,
  rule: OneRule,
  plan: Plan,
): Prepared<Inner> {
  const names = spec.names(rule).slice(0, mostSignals);
  const { signals } = plan.acquisition;
  return {
    rule,
    names,
    units: names.map((name) => signals[name]?.unit ?? ""),
    detector: spec.detector(rule),
    placeOfSlot: Object.keys(signals).map((name) => names.indexOf(name)),
    gapsNs: names.map((name) => signalGapNs(plan, name)),
    everyNs: (rule.everySeconds ?? spec.everySeconds) * 1e9,
    settleNs: (rule.settleSeconds ?? spec.settleSeconds) * 1e9,
    minCount: spec.minRows,
    holdNs: 0,
    // A machine that stands makes no rows, and what it did before is not forgotten.
    gapNs: Number.POSITIVE_INFINITY,
  };
}

/** Judges the row that ends with a sample. */
function endRow<Inner extends object>(
  clearBelow: number,
  prepared: Prepared<Inner>,
  state: State<Inner>,
  { timeNs }: Moment,
): Step {
  const { rows } = state;
  const values = scratch[prepared.names.length];
  if (rows === null || values === undefined) return Step.none;
  if (!readRow(rows, prepared.gapsNs, values)) return Step.none;
  state.inner ??= prepared.detector.initialState();
  const rowNs = rows.fromNs + prepared.everyNs / 2;
  const judgement = prepared.detector.step(state.inner, rowNs, values);
  const verdict = verdictOf(judgement, clearBelow);
  state.peak = isOpen(state)
    ? Math.max(state.peak, judgement.novelty, judgement.isAlarm ? scoreAsShare(judgement) : 0)
    : Math.max(judgement.novelty, scoreAsShare(judgement));
  return stepHold(state, prepared, verdict, { timeNs, notBeforeNs: Number.NEGATIVE_INFINITY });
}

/** The detectors' scores are share / (1 + share) of the limit. */
const scoreAsShare = ({ score }: Judgement): number => score / Math.max(1e-9, 1 - score);

const verdictOf = ({ isAlarm, score }: Judgement, clearBelow: number): Verdict =>
  isAlarm ? Verdict.yes : score < clearBelow ? Verdict.no : Verdict.undecided;

function claimOf<OneRule extends DetectorRule, Inner extends object>(
  { seen }: DetectorKindSpec<OneRule, Inner>,
  { rule, names, units }: Prepared<Inner>,
  { state, iso }: { readonly state: State<Inner>; readonly iso: Iso },
): Claim {
  const { sinceNs, lastNs, inner, peak } = state;
  const nothing = { place: 0, observed: null, limit: null } as const;
  const [first = nothing, ...others] = inner === null ? [] : seen(inner, peak);
  const claim = (one: DetectorSeen) => {
    const { place, word, ...numbers } = one;
    const { unit = units[place] ?? "" } = one;
    const says = word === undefined ? undefined : sayAmounts(word, unit, { usual: one.limit });
    const others = names.filter((_, other) => other !== place);
    const said = { ...numbers, unit, others, sinceNs, toNs: lastNs, ...(says ? { says } : {}) };
    return signalClaim({ ...rule, signal: names[place] ?? "" }, said, iso);
  };
  const whole = claim(first);
  return { ...whole, evidence: [whole, ...others.map(claim)].flatMap(({ evidence }) => evidence) };
}
