import { ChangePointRule } from "@firebreak/plans/live-rules-schema.ts";
import { type ChangePointState, changedLevel, changePoint } from "../../detectors/change-point.ts";
import { detectorKind } from "../detector-kind.ts";

/** Finds that the level of a signal has changed for good (two-sided CUSUM); see `detectors/change-point.ts`. */
export const changePointKind = detectorKind<ChangePointRule, ChangePointState>({
  kind: "change-point",
  schema: ChangePointRule,
  names: ({ signal }) => [signal],
  detector: ({ direction = "both" }) => changePoint(direction),
  everySeconds: 60,
  settleSeconds: 60,
  minRows: 1,
  forgetTimes(inner) {
    inner.newestNs = null;
  },
  clearBelow: 0.5,
  seen(inner) {
    const { level = null, before = null } = changedLevel(inner) ?? {};
    return [{ place: 0, observed: level, limit: before, measure: "shift", word: "changed" }];
  },
});
