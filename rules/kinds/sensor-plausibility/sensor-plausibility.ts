import { type Plan, SensorPlausibilityRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { Step } from "../../engine/hold.ts";
import { defineRuleKind, type Moment } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";
import type { Saying } from "../../finding.ts";

/** Engineering defaults, free of units: shares are of a signal's range. */
export const plausibilityDefaults = {
  /** A value that has not changed by one bit for so long, while the companion moved by that share, is stuck. */
  stuckSeconds: 600,
  companionShare: 0.1,
  /** A step of that share of the range, faster than that many ranges a second, is physically impossible ... */
  jumpShare: 0.25,
  rangesPerSecond: 1,
  /** ... and so many of them within the time are no single glitch. */
  jumps: 3,
  withinSeconds: 60,
} as const;

interface Prepared {
  readonly rule: SensorPlausibilityRule;
  readonly unit: string;
  readonly range: number;
  readonly gapNs: number;
  readonly stuckNs: number;
  readonly withinNs: number;
  /** Slot of the companion; -1 without one. */
  readonly companion: number;
  readonly companionMove: number;
}

interface State {
  open: "" | "stuck" | "jump";
  value: number;
  /** Since when it has been this value, with the context and without a gap. */
  sinceNs: number;
  lastNs: number;
  /** What the companion has been between in that time; NaN before its first value. */
  low: number;
  high: number;
  jumpsNs: number[];
}

const initialState = (): State => ({
  ...{ open: "", value: Number.NaN, sinceNs: Number.NaN, lastNs: Number.NaN },
  ...{ low: Number.NaN, high: Number.NaN, jumpsNs: [] },
});

/** Finds a measuring chain whose good-looking values cannot be true: stuck, or faster than anything physical (MR-6). */
export const sensorPlausibility = defineRuleKind<SensorPlausibilityRule, Prepared, State>({
  kind: "sensor-plausibility",
  judges: "live",
  doubts: "signal",
  schema: SensorPlausibilityRule,
  signalOf: ({ signal }) => signal,
  companionOf: ({ companion }) => companion,
  prepare: (rule, plan) => prepared(rule, plan),
  initialState,
  sample(prepared, state, moment) {
    if (moment.quality !== Quality.good) return Step.none;
    if (moment.slot !== prepared.companion) return judge(prepared, state, moment);
    state.low = moment.value < state.low || Number.isNaN(state.low) ? moment.value : state.low;
    state.high = moment.value > state.high || Number.isNaN(state.high) ? moment.value : state.high;
    return Step.none;
  },
  restart(state) {
    Object.assign(state, { ...initialState(), open: state.open, value: state.value });
  },
  forget(state) {
    Object.assign(state, initialState());
  },
  describe({ rule, unit }, state, _key, iso) {
    const fromNs = state.open === "jump" ? state.jumpsNs[0] : state.sinceNs;
    const sinceNs = fromNs === undefined || Number.isNaN(fromNs) ? state.lastNs : fromNs;
    const { signal, context = null, id } = rule;
    const window = { from: iso(sinceNs), to: iso(state.lastNs) };
    const said = { unit, observed: state.value, limit: null, quality: qualityName(Quality.good) };
    return {
      failureMode: rule.failureMode,
      subject: "",
      severity: rule.severity,
      sinceNs,
      evidence: [
        {
          kind: "signal",
          signal,
          ...said,
          context,
          ...(rule.companion === undefined ? {} : { others: [rule.companion] }),
          says: sayingOf(state, sinceNs),
          ...window,
          rule: id,
        },
      ],
    };
  },
});

const sayingOf = ({ open, lastNs, jumpsNs }: State, sinceNs: number): Saying =>
  open === "jump"
    ? { word: "jump", facts: { count: { is: "count", value: jumpsNs.length } } }
    : {
        word: "stuck",
        facts: { length: { is: "duration", seconds: Math.max(0, (lastNs - sinceNs) / 1e9) } },
      };

function prepared(rule: SensorPlausibilityRule, plan: Plan): Prepared {
  const { signals } = plan.acquisition;
  const rangeOf = (name: string) => {
    const [min = 0, max = 0] = signals[name]?.range ?? [];
    return max - min;
  };
  const { companion = "", stuckSeconds = plausibilityDefaults.stuckSeconds } = rule;
  return {
    rule,
    unit: signals[rule.signal]?.unit ?? "",
    range: rangeOf(rule.signal),
    gapNs: signalGapNs(plan, rule.signal),
    stuckNs: stuckSeconds * 1e9,
    withinNs: plausibilityDefaults.withinSeconds * 1e9,
    companion: Object.keys(signals).indexOf(companion),
    companionMove: rangeOf(companion) * plausibilityDefaults.companionShare,
  };
}

function judge(prepared: Prepared, state: State, moment: Moment): Step {
  const { timeNs, value, contextSinceNs } = moment;
  const isGap = !(timeNs - state.lastNs <= prepared.gapNs);
  if (!isGap) noteJump(prepared, state, moment);
  const hasChanged = value !== state.value;
  if (hasChanged || isGap || Number.isNaN(contextSinceNs)) {
    state.sinceNs = timeNs;
    state.low = Number.NaN;
    state.high = Number.NaN;
  } else if (state.sinceNs < contextSinceNs) state.sinceNs = contextSinceNs;
  state.value = value;
  state.lastNs = timeNs;
  while (timeNs - (state.jumpsNs[0] ?? timeNs) > prepared.withinNs) state.jumpsNs.shift();
  if (state.open === "") return begin(prepared, state);
  const isOver = state.open === "stuck" ? hasChanged : state.jumpsNs.length === 0;
  if (!isOver) return Step.holding;
  state.open = "";
  return Step.cleared;
}

function begin(prepared: Prepared, state: State): Step {
  const { companion, companionMove, stuckNs } = prepared;
  const hasMoved = companion < 0 || state.high - state.low >= companionMove;
  if (state.jumpsNs.length >= plausibilityDefaults.jumps) state.open = "jump";
  else if (hasMoved && state.lastNs - state.sinceNs >= stuckNs) state.open = "stuck";
  return state.open === "" ? Step.none : Step.raised;
}

function noteJump({ range }: Prepared, state: State, { timeNs, value }: Moment): void {
  const move = Math.abs(value - state.value);
  const { jumpShare, rangesPerSecond, jumps } = plausibilityDefaults;
  const possible = (range * rangesPerSecond * (timeNs - state.lastNs)) / 1e9;
  if (!(move > range * jumpShare && move > possible)) return;
  state.jumpsNs.push(timeNs);
  if (state.jumpsNs.length > jumps) state.jumpsNs.shift();
}
