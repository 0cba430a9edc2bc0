import { type Plan, SensorPlausibilityRule } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { beginAfresh, type Cells, layoutOf } from "../../engine/cells.ts";
import { Step } from "../../engine/hold.ts";
import { type Claim, defineRuleKind, type Iso, type Moment } from "../../engine/rule-kind.ts";
import { type Seen, sayAmounts, signalClaim } from "../../engine/signal-claim.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import type { Saying } from "../../finding.ts";
import {
  forgetJumps,
  isImpossible,
  type JumpLimits,
  jumpCells,
  jumpLimits,
  jumpsOf,
  noteJump,
} from "./jumps.ts";
import {
  apartSeconds,
  apartShare,
  apartSince,
  compareTwin,
  noteTwin,
  twinCells,
  twinEnd,
  twinValue,
} from "./twin.ts";

/** Engineering defaults, free of units: shares are of a signal's range. */
export const plausibilityDefaults = {
  /** A value that has not changed by one bit for so long, while the companion moved by that share, is stuck. */
  stuckSeconds: 600,
  companionShare: 0.1,
} as const;

interface Prepared {
  readonly rule: SensorPlausibilityRule;
  readonly unit: string;
  readonly gapNs: number;
  readonly stuckNs: number;
  readonly jump: JumpLimits;
  /** Slot of the companion; -1 without one. */
  readonly companion: number;
  readonly companionMove: number;
  /** Slot of the twin; -1 without one. */
  readonly twin: number;
  readonly limits: { readonly apart: number; readonly gapNs: number };
}

/** What is found, by number. */
const opens = ["", "stuck", "jump", "apart"] as const;
type Open = (typeof opens)[number];

const layout = layoutOf({
  ...jumpCells,
  ...twinCells,
  /** Place among `opens`. */
  open: 0,
  value: Number.NaN,
  /** Since when it has been this value, with the context and without a gap. */
  sinceNs: Number.NaN,
  lastNs: Number.NaN,
  /** What the companion has been between in that time; NaN before its first value. */
  low: Number.NaN,
  high: Number.NaN,
});
const openAt = twinEnd;
const valueAt = twinEnd + 1;
const sinceAt = twinEnd + 2;
const lastAt = twinEnd + 3;
const lowAt = twinEnd + 4;
const highAt = twinEnd + 5;

const openOf = ({ numbers, at }: Cells): Open => opens[numbers[at + openAt] as number] ?? "";
const noteOpen = ({ numbers, at }: Cells, open: Open): void => {
  numbers[at + openAt] = opens.indexOf(open);
};

/**
 * Finds a measuring chain whose good-looking values cannot be true (MR-6): stuck, faster than anything physical, or apart
 * from another sensor of the same.
 */
export const sensorPlausibility = defineRuleKind<SensorPlausibilityRule, Prepared>({
  kind: "sensor-plausibility",
  judges: "live",
  doubts: "signal",
  schema: SensorPlausibilityRule,
  signalOf: ({ signal }) => signal,
  companionsOf: ({ companion, twin }) => [companion, twin].filter((name) => name !== undefined),
  prepare: (rule, plan) => prepared(rule, plan),
  layout: () => layout,
  older: (stored) => ("open" in stored ? { ...stored, open: placeOf(stored.open) } : stored),
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    const { slot } = moment;
    if (slot !== prepared.companion && slot !== prepared.twin)
      return judge(prepared, state, moment);
    if (slot === prepared.twin) noteTwin(state, moment);
    if (slot === prepared.companion) noteCompanion(state, moment.value);
    return Step.none;
  },
  restart(_, state) {
    const { numbers, at } = state;
    const open = numbers[at + openAt] as number;
    const value = numbers[at + valueAt] as number;
    beginAfresh(state, layout);
    numbers[at + openAt] = open;
    numbers[at + valueAt] = value;
  },
  forget: (_, state) => beginAfresh(state, layout),
  describe: (prepared, state, _key, iso) => claimOf(prepared, state, iso),
});

const words: readonly unknown[] = opens;
const placeOf = (open: unknown): number => Math.max(0, words.indexOf(open));

function noteCompanion({ numbers, at }: Cells, value: number): void {
  if (!(value >= (numbers[at + lowAt] as number))) numbers[at + lowAt] = value;
  if (!(value <= (numbers[at + highAt] as number))) numbers[at + highAt] = value;
}

function prepared(rule: SensorPlausibilityRule, plan: Plan): Prepared {
  const { signals } = plan.acquisition;
  const slots = Object.keys(signals);
  const rangeOf = (name: string) => {
    const [min = 0, max = 0] = signals[name]?.range ?? [];
    return max - min;
  };
  const range = rangeOf(rule.signal);
  const { companion = "", twin = "", stuckSeconds = plausibilityDefaults.stuckSeconds } = rule;
  return {
    rule,
    unit: signals[rule.signal]?.unit ?? "",
    gapNs: signalGapNs(plan, rule.signal),
    stuckNs: stuckSeconds * 1e9,
    jump: jumpLimits(range, rule.mostPerSecond),
    companion: slots.indexOf(companion),
    companionMove: rangeOf(companion) * plausibilityDefaults.companionShare,
    twin: slots.indexOf(twin),
    limits: { apart: rule.apart ?? range * apartShare, gapNs: signalGapNs(plan, twin) },
  };
}

function judge(prepared: Prepared, state: Cells, moment: Moment): Step {
  const { numbers, at } = state;
  const { timeNs, value, contextSinceNs } = moment;
  const before = numbers[at + valueAt] as number;
  const passedNs = timeNs - (numbers[at + lastAt] as number);
  const isGap = !(passedNs <= prepared.gapNs);
  if (!isGap) noteJump(state, prepared.jump, { before, sinceNs: passedNs, moment });
  const hasChanged = value !== before;
  if (hasChanged || isGap || Number.isNaN(contextSinceNs)) {
    numbers[at + sinceAt] = timeNs;
    numbers[at + lowAt] = Number.NaN;
    numbers[at + highAt] = Number.NaN;
  } else if ((numbers[at + sinceAt] as number) < contextSinceNs)
    numbers[at + sinceAt] = contextSinceNs;
  const agrees = prepared.twin >= 0 && compareTwin(state, moment, prepared.limits);
  numbers[at + valueAt] = value;
  numbers[at + lastAt] = timeNs;
  const open = openOf(state);
  forgetJumps(state, prepared.jump, { timeNs, isOpen: open === "jump" });
  if (open === "") return begin(prepared, state, moment);
  // What nobody can compare now is neither over nor seen.
  if (open === "apart" && Number.isNaN(apartSince(state)) && !agrees) return Step.none;
  if (!isOver(state, open, hasChanged)) return Step.holding;
  noteOpen(state, "");
  return Step.cleared;
}

function begin(prepared: Prepared, state: Cells, moment: Moment): Step {
  const { companion, companionMove, stuckNs } = prepared;
  const { numbers, at } = state;
  const moved = (numbers[at + highAt] as number) - (numbers[at + lowAt] as number);
  const stuckForNs = moment.timeNs - (numbers[at + sinceAt] as number);
  if (isImpossible(state, prepared.jump, moment)) noteOpen(state, "jump");
  else if (moment.timeNs - apartSince(state) >= apartSeconds * 1e9) noteOpen(state, "apart");
  else if (stuckForNs >= stuckNs && (companion < 0 || moved >= companionMove))
    noteOpen(state, "stuck");
  else return Step.none;
  return Step.raised;
}

function isOver(state: Cells, open: Open, hasChanged: boolean): boolean {
  if (open === "stuck") return hasChanged;
  return open === "jump" ? jumpsOf(state).count === 0 : Number.isNaN(apartSince(state));
}

function claimOf({ rule, unit }: Prepared, state: Cells, iso: Iso): Claim {
  const { numbers, at } = state;
  const open = openOf(state);
  const value = numbers[at + valueAt] as number;
  const toNs = numbers[at + lastAt] as number;
  const since = {
    stuck: numbers[at + sinceAt] as number,
    jump: jumpsOf(state).firstNs,
    apart: apartSince(state),
    "": Number.NaN,
  };
  const sinceNs = since[open];
  const seen: Seen = { unit, observed: value, limit: null, sinceNs, toNs };
  if (open !== "apart" || rule.twin === undefined) {
    const others = rule.companion === undefined ? [] : [rule.companion];
    const says = sayingOf(state, { open, seconds: (toNs - sinceNs) / 1e9 });
    return signalClaim(rule, { ...seen, others, says }, iso);
  }
  const apart = (signal: string, observed: number, other: number) => {
    const says = sayAmounts("apart", unit, { other });
    const others = [signal === rule.twin ? rule.signal : (rule.twin ?? "")];
    const pair = { ...seen, observed, limit: other, measure: "difference", others } as const;
    return signalClaim({ ...rule, signal }, { ...pair, ...(says ? { says } : {}) }, iso);
  };
  const own = apart(rule.signal, value, twinValue(state));
  const { evidence } = apart(rule.twin, twinValue(state), value);
  return { ...own, evidence: [...own.evidence, ...evidence] };
}

const sayingOf = (
  state: Cells,
  { open, seconds }: { readonly open: Open; readonly seconds: number },
): Saying =>
  open === "jump"
    ? { word: "jump", facts: { count: { is: "count", value: jumpsOf(state).count } } }
    : {
        word: "stuck",
        facts: { length: { is: "duration", seconds: Math.max(0, seconds) || 0 } },
      };
