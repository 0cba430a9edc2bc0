import type { AnyRuleKind } from "../engine/rule-kind.ts";
import type { AnyHistoryKind } from "../history/history-kind.ts";
import { activeDtc } from "./active-dtc/active-dtc.ts";
import { baselineDrift } from "./baseline-drift/baseline-drift.ts";
import { changePointKind } from "./change-point/change-point.ts";
import { cohort } from "./cohort/cohort.ts";
import { composite } from "./composite/composite.ts";
import { modelFile } from "./model-file/model-file.ts";
import { multivariateKind } from "./multivariate/multivariate.ts";
import { novelty } from "./novelty/novelty.ts";
import { rateOfChange } from "./rate-of-change/rate-of-change.ts";
import { remainingLife } from "./remaining-life/remaining-life.ts";
import { sensorError } from "./sensor-error/sensor-error.ts";
import { sensorPlausibility } from "./sensor-plausibility/sensor-plausibility.ts";
import { threshold } from "./threshold/threshold.ts";
import { trendToThreshold } from "./trend-to-threshold/trend-to-threshold.ts";
import { unitLost } from "./unit-lost/unit-lost.ts";
import { watch } from "./watch/watch.ts";
import { windowCount } from "./window-count/window-count.ts";

/** Every rule kind a plan may use that judges the newest data. */
export const ruleKinds: readonly AnyRuleKind[] = [
  activeDtc,
  baselineDrift,
  changePointKind,
  multivariateKind,
  novelty,
  composite,
  rateOfChange,
  sensorError,
  sensorPlausibility,
  threshold,
  unitLost,
  watch,
  windowCount,
];

/** Those that judge completed hours. */
export const historyKinds: readonly AnyHistoryKind[] = [
  cohort,
  modelFile,
  remainingLife,
  trendToThreshold,
];
