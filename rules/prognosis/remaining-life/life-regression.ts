import { binColumns } from "../boosting/binned-columns.ts";
import {
  type BoostedTrees,
  type BoostingSettings,
  boost,
  predict,
} from "../boosting/boosted-trees.ts";
import { cyclesLeft, type History, thinned, thinning } from "./history.ts";
import { type FeaturePlan, featuresOf } from "./life-features.ts";
import { learnConditions, withoutConditions } from "./operating-conditions.ts";
import { learnScaling } from "./signal-scaling.ts";
import { visibleKnee } from "./visible-knee.ts";

/** A regression from features to cycles left; several boostings, which are averaged. */
export interface LifeRegression {
  readonly plan: FeaturePlan;
  /** Cycles before the end from which on wear can be seen; no prediction is much above it. */
  readonly knee: number;
  readonly members: readonly BoostedTrees[];
}

/** Enough for small errors, and small enough not to learn single units by heart. Engineering defaults. */
const settings: BoostingSettings = {
  treeCount: 200,
  rate: 0.05,
  depth: 4,
  fewestRows: 20,
  shrinkage: 1,
  rowShare: 0.5,
  columnShare: 0.2,
};
/** Rows of one unit say nearly the same, so thinning loses little and bounds memory and time. Engineering default. */
export const mostRows = 7_000;
/**
 * Windows of the features, shares of the knee: short against what is to be seen, and long enough to smooth. Engineering
 * default, measured: README.md.
 */
const windowShares = [0.25, 0.5];

export interface FitOptions {
  /** Boostings to average. */
  readonly memberCount: number;
  readonly random: () => number;
  /** Called after each. */
  readonly onMember: () => void;
}

/** Fits histories that ran to failure. */
export function fitLife(histories: readonly History[], options: FitOptions): LifeRegression {
  const { memberCount, random, onMember } = options;
  const conditions = learnConditions(histories);
  const usual = histories.map((history) => withoutConditions(history, conditions));
  const scalings = learnScaling(usual);
  const knee = visibleKnee(usual, scalings);
  const kneeRows = knee / cyclesPerRow(histories);
  const windows = windowShares.map((share) => Math.max(3, Math.round(share * kneeRows)));
  const plan = { conditions, scalings, windows };
  const { columns, target } = trainingRows(histories, plan, knee);
  const data = binColumns(columns);
  const task = { data, target, rows: Int32Array.from(target.keys()), columns: [...columns.keys()] };
  const members = Array.from({ length: memberCount }, () => {
    const member = boost(task, settings, random);
    onMember();
    return member;
  });
  return { plan, knee, members };
}

function trainingRows(histories: readonly History[], plan: FeaturePlan, knee: number) {
  const step = thinning(histories, mostRows);
  const parts = histories.map((history) => {
    const rows = thinned(history, step);
    const target = rows.map((row) => Math.min(knee, cyclesLeft(history, row)));
    return { features: featuresOf(history, plan, rows), target };
  });
  const columnCount = parts[0]?.features.length ?? 0;
  return {
    columns: Array.from({ length: columnCount }, (_, at) =>
      Float64Array.from(parts.flatMap(({ features }) => [...(features[at] ?? [])])),
    ),
    target: Float64Array.from(parts.flatMap(({ target }) => target)),
  };
}

/** Median distance of neighbouring rows. */
function cyclesPerRow(histories: readonly History[]): number {
  const steps = histories
    .flatMap(({ cycles }) =>
      Array.from(cycles.subarray(1), (cycle, at) => cycle - (cycles[at] ?? 0)),
    )
    .sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 1;
}

/** Cycles left at some rows of a history, from what was known then. */
export function predictLeft(
  { plan, members }: LifeRegression,
  history: History,
  rows: readonly number[],
): number[] {
  const features = featuresOf(history, plan, rows);
  return rows.map((_, at) => {
    const sum = members.reduce((total, member) => total + predict(member, features, at), 0);
    return Math.max(0, sum / members.length);
  });
}
