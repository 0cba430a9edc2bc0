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
import { beginAfresh, type Layout, layoutOf } from "../engine/cells.ts";
import {
  type HoldLimits,
  holdCells,
  holdSize,
  isOpen,
  lastOf,
  restartHold,
  Step,
  sinceOf,
  stepHold,
  Verdict,
} from "../engine/hold.ts";
import {
  addToRow,
  beginRow,
  isBeyondRow,
  type JointRows,
  readRow,
  rowBegin,
  rowsCells,
} from "../engine/joint-rows.ts";
import type { Claim, Iso, Moment, RuleKind, RuleState } from "../engine/rule-kind.ts";
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
  readonly layout: Layout;
  /** The rows of the machine that is judged. */
  readonly rows: JointRows;
}

interface More<Inner extends object> {
  /** Null until the first row, and after it was ended from outside: it begins again. */
  inner: Inner | null;
}

const layoutFor = (signals: number): Layout =>
  layoutOf({
    ...holdCells,
    /** The largest novelty of the present episode. */
    peak: 0,
    ...rowsCells(signals),
  });
const peakAt = holdSize;
const rowsAt = holdSize + 1;

const mostSignals = 8;
/** By number of signals; filled again for every row. */
const scratch = Array.from({ length: mostSignals + 1 }, (_, size) => new Float64Array(size));

/**
 * A kind whose rules are judged by a detector, row by row: samples of the context, once it has settled, are brought
 * together in rows; a row without one is none. A repair that was proved makes it learn afresh.
 */
export function detectorKind<OneRule extends DetectorRule, Inner extends object>(
  spec: DetectorKindSpec<OneRule, Inner>,
): RuleKind<OneRule, Prepared<Inner>, More<Inner>> {
  return {
    kind: spec.kind,
    judges: "live",
    schema: spec.schema,
    signalOf: (rule) => spec.names(rule)[0] ?? "",
    signalsOf: (rule) => spec.names(rule),
    prepare: (rule, plan) => prepared(spec, rule, plan),
    layout: ({ layout }) => layout,
    more: () => ({ inner: null }),
    sample(prepared, state, moment) {
      if (moment.quality !== Quality.good) return Step.none;
      const place = prepared.placeOfSlot[moment.slot] ?? -1;
      if (place < 0) return Step.none;
      const { everyNs, rows } = prepared;
      const { timeNs, value, contextSinceNs } = moment;
      rows.numbers = state.numbers;
      rows.at = state.at + rowsAt;
      let step: Step = Step.none;
      if (isBeyondRow(rows, everyNs, timeNs)) {
        step = endRow(spec.clearBelow, prepared, state, moment);
        beginRow(rows, everyNs, timeNs);
      }
      if (contextSinceNs + prepared.settleNs <= timeNs) addToRow(rows, place, timeNs, value);
      return step;
    },
    restart({ layout }, state) {
      const { numbers, at, more } = state;
      restartHold(state);
      numbers.set(layout.initial.subarray(rowsAt), at + rowsAt);
      if (more.inner !== null) spec.forgetTimes?.(more.inner);
    },
    forget({ layout }, state) {
      beginAfresh(state, layout);
      state.more.inner = null;
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
    layout: layoutFor(names.length),
    rows: { numbers: new Float64Array(0), at: 0, size: names.length },
  };
}

/** Judges the row that ends with a sample. */
function endRow<Inner extends object>(
  clearBelow: number,
  prepared: Prepared<Inner>,
  state: RuleState<More<Inner>>,
  { timeNs }: Moment,
): Step {
  const { numbers, at, more } = state;
  const { rows } = prepared;
  const values = scratch[prepared.names.length];
  if (values === undefined || !readRow(rows, prepared.gapsNs, values)) return Step.none;
  more.inner ??= prepared.detector.initialState();
  const rowNs = rowBegin(rows) + prepared.everyNs / 2;
  const judgement = prepared.detector.step(more.inner, rowNs, values);
  const verdict = verdictOf(judgement, clearBelow);
  const peak = numbers[at + peakAt] as number;
  numbers[at + peakAt] = isOpen(state)
    ? Math.max(peak, judgement.novelty, judgement.isAlarm ? scoreAsShare(judgement) : 0)
    : Math.max(judgement.novelty, scoreAsShare(judgement));
  return stepHold(state, prepared, verdict, { timeNs, contextSinceNs: Number.NEGATIVE_INFINITY });
}

/** The detectors' scores are share / (1 + share) of the limit. */
const scoreAsShare = ({ score }: Judgement): number => score / Math.max(1e-9, 1 - score);

const verdictOf = ({ isAlarm, score }: Judgement, clearBelow: number): Verdict =>
  isAlarm ? Verdict.yes : score < clearBelow ? Verdict.no : Verdict.undecided;

function claimOf<OneRule extends DetectorRule, Inner extends object>(
  { seen }: DetectorKindSpec<OneRule, Inner>,
  { rule, names, units }: Prepared<Inner>,
  { state, iso }: { readonly state: RuleState<More<Inner>>; readonly iso: Iso },
): Claim {
  const { inner } = state.more;
  const sinceNs = sinceOf(state);
  const toNs = lastOf(state);
  const peak = state.numbers[state.at + peakAt] as number;
  const nothing = { place: 0, observed: null, limit: null } as const;
  const [first = nothing, ...others] = inner === null ? [] : seen(inner, peak);
  const claim = (one: DetectorSeen) => {
    const { place, word, ...numbers } = one;
    const { unit = units[place] ?? "" } = one;
    const says = word === undefined ? undefined : sayAmounts(word, unit, { usual: one.limit });
    const others = names.filter((_, other) => other !== place);
    const said = { ...numbers, unit, others, sinceNs, toNs, ...(says ? { says } : {}) };
    return signalClaim({ ...rule, signal: names[place] ?? "" }, said, iso);
  };
  const whole = claim(first);
  return { ...whole, evidence: [whole, ...others.map(claim)].flatMap(({ evidence }) => evidence) };
}
