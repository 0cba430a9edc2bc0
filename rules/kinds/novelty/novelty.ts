import { NoveltyRule } from "@firebreak/plans/live-rules-schema.ts";
import { forgetTimes } from "../../detectors/signal-views.ts";
import { type StreamingNoveltyState, streamingNovelty } from "../../detectors/streaming-novelty.ts";
import { detectorKind } from "../detector-kind.ts";

/** Rows that only teach: a working day of minutes (engineering default). */
const learnRows = 500;

/** Finds what a signal has never done before; see `detectors/streaming-novelty.ts`. */
export const novelty = detectorKind<NoveltyRule, StreamingNoveltyState>({
  kind: "novelty",
  schema: NoveltyRule,
  names: ({ signal }) => [signal],
  detector: () => streamingNovelty(learnRows),
  everySeconds: 60,
  settleSeconds: 60,
  minRows: 1,
  clearBelow: 0.25,
  forgetTimes: ({ views }) => forgetTimes(views),
  seen: (_, peak) => [{ place: 0, observed: peak, limit: 1, unit: "ratio", measure: "novelty" }],
});
