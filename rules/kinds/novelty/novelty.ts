import { NoveltyRule } from "@firebreak/plans/live-rules-schema.ts";
import { forgetTimes } from "../../detectors/signal-views.ts";
import {
  noveltyLearnRows,
  type StreamingNoveltyState,
  streamingNovelty,
} from "../../detectors/streaming-novelty.ts";
import { detectorKind } from "../detector-kind.ts";

/** Rows that only teach: three days of eight hours, but as many as the detector itself asks for (engineering default). */
export const learnRowsOf = (everySeconds: number): number =>
  Math.max(noveltyLearnRows, Math.ceil((24 * 3600) / everySeconds));

const everySeconds = 60;

/** Finds what a signal has never done before; see `detectors/streaming-novelty.ts`. */
export const novelty = detectorKind<NoveltyRule, StreamingNoveltyState>({
  kind: "novelty",
  schema: NoveltyRule,
  names: ({ signal }) => [signal],
  detector: (rule) => streamingNovelty(learnRowsOf(rule.everySeconds ?? everySeconds)),
  everySeconds,
  settleSeconds: 60,
  minRows: 1,
  clearBelow: 0.25,
  forgetTimes: ({ views }) => forgetTimes(views),
  seen: (_, peak) => [{ place: 0, observed: peak, limit: 1, unit: "ratio", measure: "novelty" }],
});
