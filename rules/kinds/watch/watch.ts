import { WatchRule } from "@firebreak/plans/live-rules-schema.ts";
import { longestSilenceSeconds } from "@firebreak/plans/sampling.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { beginAfresh, type Cells } from "../../engine/cells.ts";
import { Step } from "../../engine/hold.ts";
import { type Claim, defineRuleKind, type Iso } from "../../engine/rule-kind.ts";
import { type Seen, sayAmounts, signalClaim } from "../../engine/signal-claim.ts";
import { cell, watchLayout } from "./cells.ts";
import { stepDrift } from "./watch-drift.ts";
import { stepNovelty } from "./watch-novelty.ts";

interface Prepared {
  readonly rule: WatchRule;
  readonly unit: string;
  readonly everyNs: number;
}

/** A row, s (engineering default): short enough for a working day to have 480, long enough to cost nothing. */
const rowSeconds = 60;
/** Below 0 once it is over: what it was. */
const Open = { novelty: 1, drift: 2 } as const;
/** A novelty is spoken of until it has faded to this share of what is told. */
const fadedShare = 1 / 3;

/**
 * Watches one signal without being told anything: what it has never done before, and days that are not like its days
 * before. Cheap and small, because hubs run it on every signal that has no rule, in shadow mode.
 */
export const watch = defineRuleKind<WatchRule, Prepared>({
  kind: "watch",
  judges: "live",
  schema: WatchRule,
  signalOf: ({ signal }) => signal,
  prepare(rule, plan) {
    const signal = plan.acquisition.signals[rule.signal];
    const seconds = Math.max(rowSeconds, longestSilenceSeconds(signal?.sampling) ?? 0);
    return { rule, unit: signal?.unit ?? "", everyNs: seconds * 1e9 };
  },
  layout: () => watchLayout,
  sample({ everyNs }, state, { quality, timeNs, value, contextSinceNs }) {
    if (quality !== Quality.good || Number.isNaN(contextSinceNs)) return Step.none;
    const { numbers, at } = state;
    if (timeNs - (numbers[at + cell.rowNs] as number) < everyNs) {
      numbers[at + cell.sum] =
        (numbers[at + cell.sum] as number) + (value - (numbers[at + cell.first] as number));
      numbers[at + cell.count] = (numbers[at + cell.count] as number) + 1;
      return Step.none;
    }
    const nextNs = (numbers[at + cell.rowNs] as number) + everyNs;
    const step = (numbers[at + cell.count] as number) > 0 ? takeRow(state) : Step.none;
    const isNext = timeNs - nextNs < everyNs;
    numbers[at + cell.rowNs] = isNext ? nextNs : timeNs;
    if (!isNext) numbers[at + cell.before] = Number.NaN;
    numbers[at + cell.first] = value;
    numbers[at + cell.sum] = 0;
    numbers[at + cell.count] = 1;
    return step;
  },
  restart(_, { numbers, at }) {
    numbers[at + cell.rowNs] = Number.NaN;
    numbers[at + cell.count] = 0;
    numbers[at + cell.before] = Number.NaN;
    numbers[at + cell.sinceNs] = Number.NaN;
  },
  forget: (_, state) => beginAfresh(state, watchLayout),
  describe: claimOf,
});

/** Judges the row that ends. */
function takeRow(state: Cells): Step {
  const { numbers, at } = state;
  const mean =
    (numbers[at + cell.first] as number) +
    (numbers[at + cell.sum] as number) / (numbers[at + cell.count] as number);
  const isNext =
    !Number.isNaN(numbers[at + cell.before] as number) && (numbers[at + cell.rows] as number) > 0;
  const novelty = stepNovelty(state, mean, isNext);
  const hasDrifted = stepDrift(state, mean);
  const open = numbers[at + cell.open] as number;
  if (open <= 0) {
    if (novelty < 1 && !hasDrifted) return Step.none;
    numbers[at + cell.open] = hasDrifted ? Open.drift : Open.novelty;
    numbers[at + cell.sinceNs] = numbers[at + cell.rowNs] as number;
    return Step.raised;
  }
  const isOver =
    open === Open.drift
      ? numbers[at + cell.over] === 0
      : (numbers[at + cell.held] as number) < fadedShare;
  if (!isOver) return Step.holding;
  numbers[at + cell.open] = -open;
  return Step.cleared;
}

/** Of the newest row: an episode is described right after its step. */
function claimOf({ rule, unit }: Prepared, state: Cells, _key: string, iso: Iso): Claim {
  const at = (place: number) => state.numbers[state.at + place] as number;
  const span = { sinceNs: at(cell.sinceNs), toNs: at(cell.rowNs) };
  const hasDrifted = Math.abs(at(cell.open)) === Open.drift;
  const usual = at(cell.baseMean);
  const says = sayAmounts("changed", unit, { usual });
  const seen: Seen = hasDrifted
    ? {
        unit,
        observed: at(cell.lastBlock),
        limit: usual,
        measure: "shift",
        ...(says ? { says } : {}),
        ...span,
      }
    : { unit: "ratio", observed: at(cell.held), limit: 1, measure: "novelty", ...span };
  return { ...signalClaim(rule, seen, iso), subject: rule.signal };
}
