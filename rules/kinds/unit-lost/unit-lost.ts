import { fewestSignals, signalsOfUnit } from "@firebreak/plans/control-unit.ts";
import { UnitLostRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { Step } from "../../engine/hold.ts";
import { defineRuleKind, type Moment } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";

interface Prepared {
  readonly rule: UnitLostRule;
  readonly names: readonly string[];
  readonly units: readonly string[];
  /** Place among the names, by slot. */
  readonly placeOfSlot: ReadonlyMap<number, number>;
  readonly holdNs: number;
  /** A longer silence of the whole unit begins afresh: it may have been switched off meanwhile. */
  readonly gapNs: number;
}

/** Arrays go by place among the unit's signals; a signal that said nothing conclusive yet has NaN in both. */
interface State {
  isOpen: boolean;
  /** Since when all are bad together. */
  sinceNs: number;
  lastNs: number;
  badSinceNs: number[];
  goodSinceNs: number[];
  quality: Quality[];
}

const initialState = (): State => ({
  ...{ isOpen: false, sinceNs: Number.NaN, lastNs: Number.NaN },
  ...{ badSinceNs: [], goodSinceNs: [], quality: [] },
});

/** Pieces of evidence that are kept of one episode. */
const mostEvidence = 8;

/**
 * Finds a control unit whose signals are all bad together for `holdSeconds`: `error`, `out-of-range` or `stale`, three
 * of them at least and none of those it ever sent good. Then its supply, ground or bus is at fault, not its sensors
 * (MR-5). One signal that is good for as long clears it. `not-available` and `reserved` say nothing.
 */
export const unitLost = defineRuleKind<UnitLostRule, Prepared, State>({
  kind: "unit-lost",
  judges: "live",
  doubts: "unit",
  schema: UnitLostRule,
  signalsOf: ({ unit }, { acquisition }) => signalsOfUnit(acquisition, unit),
  prepare(rule, plan) {
    const { acquisition } = plan;
    const names = signalsOfUnit(acquisition, rule.unit);
    const slots = Object.keys(acquisition.signals);
    return {
      rule,
      names,
      units: names.map((name) => acquisition.signals[name]?.unit ?? ""),
      placeOfSlot: new Map(names.map((name, place) => [slots.indexOf(name), place])),
      holdNs: rule.holdSeconds * 1e9,
      gapNs: Math.max(...names.map((name) => signalGapNs(plan, name))),
    };
  },
  initialState,
  sample(prepared, state, moment) {
    const { quality, timeNs } = moment;
    const isBad =
      quality === Quality.error || quality === Quality.outOfRange || quality === Quality.stale;
    if (!isBad && quality !== Quality.good) return Step.none;
    const place = prepared.placeOfSlot.get(moment.slot);
    if (place === undefined) return Step.none;
    if (timeNs - state.lastNs > prepared.gapNs) beginAfresh(state);
    note(prepared, state, { place, isBad, moment });
    state.lastNs = timeNs;
    if (!state.isOpen) return isBad ? begin(prepared, state) : Step.none;
    if (isBad) return Step.holding;
    if (timeNs - (state.goodSinceNs[place] ?? timeNs) < prepared.holdNs) return Step.none;
    state.isOpen = false;
    return Step.cleared;
  },
  restart: beginAfresh,
  forget(state) {
    Object.assign(state, initialState());
  },
  describe({ rule, names, units }, state, _key, iso) {
    const toNs = state.lastNs;
    const sinceNs = Number.isNaN(state.sinceNs) ? toNs : state.sinceNs;
    const bad = names.flatMap((signal, place) => {
      const from = state.badSinceNs[place] ?? Number.NaN;
      return Number.isNaN(from) ? [] : [{ signal, place, from }];
    });
    const shown = bad.length > 0 ? bad : [{ signal: names[0] ?? "", place: 0, from: toNs }];
    return {
      failureMode: rule.failureMode,
      subject: "",
      severity: rule.severity,
      sinceNs,
      evidence: shown.slice(0, mostEvidence).map(({ signal, place, from }) => ({
        kind: "signal",
        signal,
        ...{ unit: units[place] ?? "", observed: null, limit: null, context: null, rule: rule.id },
        quality: qualityName(state.quality[place] ?? Quality.error),
        says: { word: "unit-lost", facts: {} },
        ...{ from: iso(from), to: iso(toNs) },
      })),
    };
  },
});

/** What was seen before means nothing any more; an open episode stays until a good value ends it. */
function beginAfresh(state: State): void {
  Object.assign(state, { ...initialState(), isOpen: state.isOpen });
}

function note(
  { names }: Prepared,
  state: State,
  {
    place,
    isBad,
    moment,
  }: { readonly place: number; readonly isBad: boolean; readonly moment: Moment },
): void {
  while (state.badSinceNs.length < names.length) {
    state.badSinceNs.push(Number.NaN);
    state.goodSinceNs.push(Number.NaN);
    state.quality.push(Quality.good);
  }
  const [since, other] = isBad
    ? [state.badSinceNs, state.goodSinceNs]
    : [state.goodSinceNs, state.badSinceNs];
  if (Number.isNaN(since[place])) since[place] = moment.timeNs;
  other[place] = Number.NaN;
  state.quality[place] = moment.quality;
}

function begin({ holdNs }: Prepared, state: State): Step {
  let bad = 0;
  let sinceNs = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < state.badSinceNs.length; place++) {
    if (!Number.isNaN(state.goodSinceNs[place])) return Step.none;
    const from = state.badSinceNs[place] ?? Number.NaN;
    if (Number.isNaN(from)) continue;
    bad++;
    if (from > sinceNs) sinceNs = from;
  }
  if (bad < fewestSignals || state.lastNs - sinceNs < holdNs) return Step.none;
  state.isOpen = true;
  state.sinceNs = sinceNs;
  return Step.raised;
}
