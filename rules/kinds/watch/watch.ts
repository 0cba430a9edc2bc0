import { WatchRule } from "@firebreak/plans/live-rules-schema.ts";
import { longestSilenceSeconds } from "@firebreak/plans/sampling.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { Step } from "../../engine/hold.ts";
import { type Claim, defineRuleKind, type Iso } from "../../engine/rule-kind.ts";
import { type Seen, sayAmounts, signalClaim } from "../../engine/signal-claim.ts";
import { cell, emptyCells, packCells, unpackCells } from "./cells.ts";
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
export const watch = defineRuleKind<WatchRule, Prepared, Float64Array>({
  kind: "watch",
  judges: "live",
  schema: WatchRule,
  signalOf: ({ signal }) => signal,
  prepare(rule, plan) {
    const signal = plan.acquisition.signals[rule.signal];
    const seconds = Math.max(rowSeconds, longestSilenceSeconds(signal?.sampling) ?? 0);
    return { rule, unit: signal?.unit ?? "", everyNs: seconds * 1e9 };
  },
  initialState: emptyCells,
  pack: packCells,
  unpack: unpackCells,
  sample({ everyNs }, cells, { quality, timeNs, value, contextSinceNs }) {
    if (quality !== Quality.good || Number.isNaN(contextSinceNs)) return Step.none;
    if (timeNs - (cells[cell.rowNs] as number) < everyNs) {
      cells[cell.sum] = (cells[cell.sum] as number) + (value - (cells[cell.first] as number));
      cells[cell.count] = (cells[cell.count] as number) + 1;
      return Step.none;
    }
    const nextNs = (cells[cell.rowNs] as number) + everyNs;
    const step = (cells[cell.count] as number) > 0 ? takeRow(cells) : Step.none;
    const isNext = timeNs - nextNs < everyNs;
    cells[cell.rowNs] = isNext ? nextNs : timeNs;
    if (!isNext) cells[cell.before] = Number.NaN;
    cells[cell.first] = value;
    cells[cell.sum] = 0;
    cells[cell.count] = 1;
    return step;
  },
  restart(cells) {
    cells[cell.rowNs] = Number.NaN;
    cells[cell.count] = 0;
    cells[cell.before] = Number.NaN;
    cells[cell.sinceNs] = Number.NaN;
  },
  forget(cells) {
    cells.set(emptyCells());
  },
  describe: claimOf,
});

/** Judges the row that ends. */
function takeRow(cells: Float64Array): Step {
  const mean =
    (cells[cell.first] as number) + (cells[cell.sum] as number) / (cells[cell.count] as number);
  const isNext = !Number.isNaN(cells[cell.before] as number) && (cells[cell.rows] as number) > 0;
  const novelty = stepNovelty(cells, mean, isNext);
  const hasDrifted = stepDrift(cells, mean);
  const open = cells[cell.open] as number;
  if (open <= 0) {
    if (novelty < 1 && !hasDrifted) return Step.none;
    cells[cell.open] = hasDrifted ? Open.drift : Open.novelty;
    cells[cell.sinceNs] = cells[cell.rowNs] as number;
    return Step.raised;
  }
  const isOver =
    open === Open.drift ? cells[cell.over] === 0 : (cells[cell.held] as number) < fadedShare;
  if (!isOver) return Step.holding;
  cells[cell.open] = -open;
  return Step.cleared;
}

/** Of the newest row: an episode is described right after its step. */
function claimOf({ rule, unit }: Prepared, cells: Float64Array, _key: string, iso: Iso): Claim {
  const at = (place: number) => cells[place] as number;
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
