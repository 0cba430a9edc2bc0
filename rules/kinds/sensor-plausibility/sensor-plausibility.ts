import { type Plan, SensorPlausibilityRule } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { Step } from "../../engine/hold.ts";
import { type Claim, defineRuleKind, type Iso, type Moment } from "../../engine/rule-kind.ts";
import { type Seen, sayAmounts, signalClaim } from "../../engine/signal-claim.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import type { Saying } from "../../finding.ts";
import {
  forgetJumps,
  initialJumps,
  isImpossible,
  type JumpLimits,
  type JumpState,
  jumpLimits,
  noteJump,
} from "./jumps.ts";
import { apartSeconds, apartShare, compareTwin, initialTwin, type TwinState } from "./twin.ts";

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

interface State extends JumpState {
  open: "" | "stuck" | "jump" | "apart";
  value: number;
  /** Since when it has been this value, with the context and without a gap. */
  sinceNs: number;
  lastNs: number;
  /** What the companion has been between in that time; NaN before its first value. */
  low: number;
  high: number;
  twin: TwinState;
}

const initialState = (): State => ({
  ...{ open: "", value: Number.NaN, sinceNs: Number.NaN, lastNs: Number.NaN },
  ...{ low: Number.NaN, high: Number.NaN },
  ...initialJumps(),
  twin: initialTwin(),
});

/**
 * Finds a measuring chain whose good-looking values cannot be true (MR-6): stuck, faster than anything physical, or apart
 * from another sensor of the same.
 */
export const sensorPlausibility = defineRuleKind<SensorPlausibilityRule, Prepared, State>({
  kind: "sensor-plausibility",
  judges: "live",
  doubts: "signal",
  schema: SensorPlausibilityRule,
  signalOf: ({ signal }) => signal,
  companionsOf: ({ companion, twin }) => [companion, twin].filter((name) => name !== undefined),
  prepare: (rule, plan) => prepared(rule, plan),
  initialState,
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    const { slot, value, timeNs } = moment;
    if (slot !== prepared.companion && slot !== prepared.twin)
      return judge(prepared, state, moment);
    if (slot === prepared.twin) Object.assign(twinOf(state), { value, timeNs });
    if (slot !== prepared.companion) return Step.none;
    state.low = value < state.low || Number.isNaN(state.low) ? value : state.low;
    state.high = value > state.high || Number.isNaN(state.high) ? value : state.high;
    return Step.none;
  },
  restart(state) {
    Object.assign(state, { ...initialState(), open: state.open, value: state.value });
  },
  forget(state) {
    Object.assign(state, initialState());
  },
  describe: (prepared, state, _key, iso) => claimOf(prepared, state, iso),
});

/** Absent in a state that an older version stored. */
function twinOf(state: State): TwinState {
  state.twin ??= initialTwin();
  return state.twin;
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

function judge(prepared: Prepared, state: State, moment: Moment): Step {
  const { timeNs, value, contextSinceNs } = moment;
  const isGap = !(timeNs - state.lastNs <= prepared.gapNs);
  if (!isGap)
    noteJump(state, prepared.jump, { before: state.value, sinceNs: timeNs - state.lastNs, moment });
  const hasChanged = value !== state.value;
  if (hasChanged || isGap || Number.isNaN(contextSinceNs)) {
    state.sinceNs = timeNs;
    state.low = Number.NaN;
    state.high = Number.NaN;
  } else if (state.sinceNs < contextSinceNs) state.sinceNs = contextSinceNs;
  if (prepared.twin >= 0) compareTwin(twinOf(state), moment, prepared.limits);
  state.value = value;
  state.lastNs = timeNs;
  forgetJumps(state, prepared.jump, { timeNs, isOpen: state.open === "jump" });
  if (state.open === "") return begin(prepared, state);
  if (!isOver(state, hasChanged)) return Step.holding;
  state.open = "";
  return Step.cleared;
}

function begin(prepared: Prepared, state: State): Step {
  const { companion, companionMove, stuckNs } = prepared;
  const { lastNs, value } = state;
  const hasMoved = companion < 0 || state.high - state.low >= companionMove;
  const isApart = lastNs - (state.twin?.apartSinceNs ?? Number.NaN) >= apartSeconds * 1e9;
  if (isImpossible(state, prepared.jump, { timeNs: lastNs, value })) state.open = "jump";
  else if (isApart) state.open = "apart";
  else if (hasMoved && lastNs - state.sinceNs >= stuckNs) state.open = "stuck";
  return state.open === "" ? Step.none : Step.raised;
}

function isOver({ open, jumpsNs, twin }: State, hasChanged: boolean): boolean {
  if (open === "stuck") return hasChanged;
  return open === "jump" ? jumpsNs.length === 0 : Number.isNaN(twin.apartSinceNs);
}

function claimOf({ rule, unit }: Prepared, state: State, iso: Iso): Claim {
  const { open, value, twin, lastNs: toNs, jumpsNs } = state;
  const since = {
    stuck: state.sinceNs,
    jump: jumpsNs[0],
    apart: twin?.apartSinceNs,
    "": Number.NaN,
  };
  const sinceNs = since[open] ?? Number.NaN;
  const seen: Seen = { unit, observed: value, limit: null, sinceNs, toNs };
  if (open !== "apart" || rule.twin === undefined) {
    const others = rule.companion === undefined ? [] : [rule.companion];
    return signalClaim(rule, { ...seen, others, says: sayingOf(state, sinceNs) }, iso);
  }
  const apart = (signal: string, observed: number, other: number) => {
    const says = sayAmounts("apart", unit, { other });
    const others = [signal === rule.twin ? rule.signal : (rule.twin ?? "")];
    const pair = { ...seen, observed, limit: other, measure: "difference", others } as const;
    return signalClaim({ ...rule, signal }, { ...pair, ...(says ? { says } : {}) }, iso);
  };
  const own = apart(rule.signal, value, twin.value);
  const { evidence } = apart(rule.twin, twin.value, value);
  return { ...own, evidence: [...own.evidence, ...evidence] };
}

const sayingOf = ({ open, lastNs, jumpsNs }: State, sinceNs: number): Saying =>
  open === "jump"
    ? { word: "jump", facts: { count: { is: "count", value: jumpsNs.length } } }
    : {
        word: "stuck",
        facts: { length: { is: "duration", seconds: Math.max(0, (lastNs - sinceNs) / 1e9) || 0 } },
      };
