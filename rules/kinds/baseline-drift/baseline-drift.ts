import { BaselineDriftRule } from "@firebreak/plans/live-rules-schema.ts";
import {
  type ContextDriftState,
  contextDrift,
  driftedLevel,
} from "../../detectors/context-drift.ts";
import { detectorKind } from "../detector-kind.ts";

/** Finds that a signal drifts from the machine's own past under the same conditions; see `detectors/context-drift.ts`. */
export const baselineDrift = detectorKind<BaselineDriftRule, ContextDriftState>({
  kind: "baseline-drift",
  schema: BaselineDriftRule,
  names: ({ signal, against }) => [signal, ...against],
  detector: ({ against, direction = "both" }) => contextDrift(against.length, { sides: direction }),
  everySeconds: 600,
  settleSeconds: 300,
  minRows: 1,
  clearBelow: 0.3,
  forgetTimes(inner) {
    inner.newestNs = null;
  },
  seen(inner) {
    const { level = null, expected = null } = driftedLevel(inner) ?? {};
    return [{ place: 0, observed: level, limit: expected, measure: "shift", word: "drifted" }];
  },
});
