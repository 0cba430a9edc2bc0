import { fewestSignals, signalsOfUnit } from "@firebreak/plans/control-unit.ts";
import { UnitLostRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { beginAfresh, type Cells, type Layout, layoutOf, listOf } from "../../engine/cells.ts";
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
  readonly layout: Layout;
}

/** By place among the unit's signals; one that said nothing conclusive yet has NaN in both of the first two. */
const layoutFor = (count: number): Layout =>
  layoutOf({
    isOpen: 0,
    /** Since when all are bad together. */
    sinceNs: Number.NaN,
    lastNs: Number.NaN,
    ...listOf("badSinceNs", count, Number.NaN),
    ...listOf("goodSinceNs", count, Number.NaN),
    ...listOf("quality", count, Quality.good),
  });
const openAt = 0;
const sinceAt = 1;
const lastAt = 2;
const badAt = 3;

/** Pieces of evidence that are kept of one episode. */
const mostEvidence = 8;

/**
 * Finds a control unit whose signals are all bad together for `holdSeconds`: `error`, `out-of-range` or `stale`, three
 * of them at least and none of those it ever sent good. Then its supply, ground or bus is at fault, not its sensors
 * (MR-5). One signal that is good for as long clears it. `not-available` and `reserved` say nothing.
 */
export const unitLost = defineRuleKind<UnitLostRule, Prepared>({
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
      layout: layoutFor(names.length),
    };
  },
  layout: ({ layout }) => layout,
  sample(prepared, state, moment) {
    const { quality, timeNs } = moment;
    const isBad =
      quality === Quality.error || quality === Quality.outOfRange || quality === Quality.stale;
    if (!isBad && quality !== Quality.good) return Step.none;
    const place = prepared.placeOfSlot.get(moment.slot);
    if (place === undefined) return Step.none;
    const { numbers, at } = state;
    if (timeNs - (numbers[at + lastAt] as number) > prepared.gapNs) restart(prepared, state);
    const goodSinceNs = note(prepared, state, { place, isBad, moment });
    numbers[at + lastAt] = timeNs;
    if (numbers[at + openAt] === 0) return isBad ? begin(prepared, state) : Step.none;
    if (isBad) return Step.holding;
    if (timeNs - goodSinceNs < prepared.holdNs) return Step.none;
    numbers[at + openAt] = 0;
    return Step.cleared;
  },
  restart,
  forget: ({ layout }, state) => beginAfresh(state, layout),
  describe({ rule, names, units }, { numbers, at }, _key, iso) {
    const toNs = numbers[at + lastAt] as number;
    const since = numbers[at + sinceAt] as number;
    const sinceNs = Number.isNaN(since) ? toNs : since;
    const qualityAt = at + badAt + 2 * names.length;
    const bad = names.flatMap((signal, place) => {
      const from = numbers[at + badAt + place] as number;
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
        quality: qualityName(numbers[qualityAt + place] ?? Quality.error),
        says: { word: "unit-lost", facts: {} },
        ...{ from: iso(from), to: iso(toNs) },
      })),
    };
  },
});

/** What was seen before means nothing any more; an open episode stays until a good value ends it. */
function restart({ layout }: Prepared, state: Cells): void {
  const { numbers, at } = state;
  const isOpen = numbers[at + openAt] as number;
  beginAfresh(state, layout);
  numbers[at + openAt] = isOpen;
}

/** Takes a signal in; returns since when it has been good, NaN while it is bad. */
function note(
  { names }: Prepared,
  { numbers, at }: Cells,
  {
    place,
    isBad,
    moment,
  }: { readonly place: number; readonly isBad: boolean; readonly moment: Moment },
): number {
  const bad = at + badAt + place;
  const good = bad + names.length;
  const since = isBad ? bad : good;
  if (Number.isNaN(numbers[since])) numbers[since] = moment.timeNs;
  numbers[isBad ? good : bad] = Number.NaN;
  numbers[good + names.length] = moment.quality;
  return numbers[good] as number;
}

function begin({ holdNs, names }: Prepared, { numbers, at }: Cells): Step {
  let bad = 0;
  let sinceNs = Number.NEGATIVE_INFINITY;
  for (let place = at + badAt; place < at + badAt + names.length; place++) {
    if (!Number.isNaN(numbers[place + names.length])) return Step.none;
    const from = numbers[place] as number;
    if (Number.isNaN(from)) continue;
    bad++;
    if (from > sinceNs) sinceNs = from;
  }
  if (bad < fewestSignals || (numbers[at + lastAt] as number) - sinceNs < holdNs) return Step.none;
  numbers[at + openAt] = 1;
  numbers[at + sinceAt] = sinceNs;
  return Step.raised;
}
