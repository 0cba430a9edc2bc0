import { MultivariateRule } from "@firebreak/plans/live-rules-schema.ts";
import {
  type MultivariateState,
  multivariate,
  multivariateLearnRows,
  partsOf,
} from "../../detectors/multivariate.ts";
import { detectorKind } from "../detector-kind.ts";

/** Rows that only teach: five days of eight hours, so that several starts are among them (engineering default). */
export const learnRowsOf = (everySeconds: number): number =>
  Math.max(multivariateLearnRows, Math.ceil((40 * 3600) / everySeconds));

const everySeconds = 60;
/** A signal is part of it from this share of the alarm limit on (engineering default). */
const partShare = 0.5;
const mostParts = 4;

/** Finds that signals leave their own slow past, or one another; see `detectors/multivariate.ts`. */
export const multivariateKind = detectorKind<MultivariateRule, MultivariateState>({
  kind: "multivariate",
  schema: MultivariateRule,
  names: ({ signals }) => signals,
  detector: (rule) =>
    multivariate(rule.signals.length, learnRowsOf(rule.everySeconds ?? everySeconds)),
  everySeconds,
  settleSeconds: 1_800,
  minRows: 10,
  clearBelow: 0.4,
  seen(inner) {
    const parts = partsOf(inner).toSorted((a, b) => b.share - a.share);
    const [worst] = parts;
    return parts
      .filter((part) => part === worst || part.share >= partShare)
      .slice(0, mostParts)
      .map(({ signal, level, usual }) => ({
        place: signal,
        observed: level,
        limit: usual,
        measure: "shift",
        word: "parted",
      }));
  },
});
