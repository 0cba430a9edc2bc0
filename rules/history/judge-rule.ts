import type { DayVerdict } from "./history-kind.ts";

/** So many days in a row open an episode, and end it. @see domain.md §3.10: 3 consecutive evaluations */
export const consecutive = 3;
/** Days of work looked at again each time: late data of before change nothing. Engineering default. */
export const daysJudged = 14;
/** And no further back than so many days of the calendar, whatever of them was work. Engineering default. */
export const idleDays = 28;

/** A time in which a rule spoke. */
export interface HistoryEpisode {
  /** The first day that spoke. */
  readonly since: DayVerdict;
  /** The newest day that was judged, or the one with which it ended. */
  readonly newest: DayVerdict;
  readonly isOpen: boolean;
}

/**
 * Episodes in verdicts, oldest first: begun by three days in a row that speak, ended by three in a row that do not.
 * `wasOpen`: an episode was told and not ended, so that it goes on until three days say otherwise.
 */
export function episodesOf(verdicts: readonly DayVerdict[], wasOpen: boolean): HistoryEpisode[] {
  const [first] = verdicts;
  const episodes: HistoryEpisode[] = [];
  let since = wasOpen ? first : undefined;
  let run: DayVerdict[] = [];
  for (const verdict of verdicts) {
    if (run.at(-1)?.speaks !== verdict.speaks) run = [];
    run.push(verdict);
    if (run.length < consecutive) continue;
    if (verdict.speaks) since ??= run[0];
    else if (since) {
      episodes.push({ since, newest: verdict, isOpen: false });
      since = undefined;
    }
  }
  const newest = verdicts.at(-1);
  if (since && newest) episodes.push({ since, newest, isOpen: true });
  return episodes;
}
