import type { EngineerLevel } from "../organisation/engineer.ts";
import type { Priority } from "../vocabulary.ts";

/** Figures of dispatch: engineering defaults unless the comment names another source. */
export interface DispatchConfig {
  /** Shares of the score; together 1. */
  readonly weights: {
    readonly skill: number;
    readonly eta: number;
    readonly load: number;
    readonly partsOnBoard: number;
    readonly responsible: number;
    readonly specialist: number;
  };
  /** What a level is worth where its skill is weighed. */
  readonly skillOfLevel: Readonly<Record<EngineerLevel, number>>;
  /** From this travel time on, nearness counts nothing; minutes. */
  readonly etaMaxMinutes: number;
  /** Road kilometres per kilometre as the crow flies. */
  readonly roadFactor: number;
  readonly kmPerHour: number;
  /** Travel between places of which one is not known; minutes. */
  readonly unknownEtaMinutes: number;
  /** Work the flying squad is for, and nothing else (O-20: emergencies, never general tickets). */
  readonly squadPriorities: readonly Priority[];
}

export const dispatchConfig: DispatchConfig = {
  weights: {
    skill: 0.3,
    eta: 0.3,
    load: 0.2,
    partsOnBoard: 0.1,
    responsible: 0.05,
    specialist: 0.05,
  },
  skillOfLevel: { junior: 0.25, intermediate: 0.5, senior: 0.75, expert: 1 },
  etaMaxMinutes: 12 * 60,
  roadFactor: 1.3,
  kmPerHour: 50,
  unknownEtaMinutes: 4 * 60,
  squadPriorities: ["emergency"],
};
