import { MultivariateRule } from "@firebreak/plans/live-rules-schema.ts";
import { type MultivariateState, multivariate, partsOf } from "../../detectors/multivariate.ts";
import { detectorKind } from "../detector-kind.ts";

/** A signal is part of it from this share of the alarm limit on (engineering default). */
const partShare = 0.5;
const mostParts = 4;

/** Finds that signals leave their own slow past, or one another; see `detectors/multivariate.ts`. */
export const multivariateKind = detectorKind<MultivariateRule, MultivariateState>({
  kind: "multivariate",
  schema: MultivariateRule,
  names: ({ signals }) => signals,
  detector: ({ signals }) => multivariate(signals.length),
  everySeconds: 60,
  settleSeconds: 300,
  minRows: 5,
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
