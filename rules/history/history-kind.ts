import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import type { TSchema } from "typebox";
import type { Evidence, LifeForecast, PartForecast, Severity } from "../finding.ts";
import type { LifeModel } from "../prognosis/remaining-life/train-life-model.ts";
import type { MachineHours } from "./hours.ts";

/** What a rule says of one day. */
export interface DayVerdict {
  /** UTC day since the epoch. */
  readonly day: number;
  /** Whether what the rule looks for is there. */
  readonly speaks: boolean;
  readonly forecast?: LifeForecast;
}

/** What a rule has to say about an episode. */
export interface HistoryClaim {
  readonly failureMode: string;
  readonly severity: Severity;
  readonly evidence: readonly Evidence[];
}

/** What one machine shows to be compared with others. */
export interface PeerSummary {
  /** By the hour meter of the plan; null where there is none. */
  readonly ageHours: number | null;
  /** Hours that counted, a day of the calendar. */
  readonly dutyHours: number;
  /** UTC days since the epoch on which hours counted, oldest first. */
  readonly workedOn: readonly number[];
  /** What it showed, by UTC day. */
  readonly levels: ReadonlyMap<number, number>;
}

/** What was made for a rule beforehand, outside of it: training and models of others take their time. */
export interface LearnedForRule {
  /** Of a kind that learns from lives. Absent: nothing is learned (yet), and nothing is said. */
  readonly lifeModel?: LifeModel | undefined;
  /** Of a kind that asks a model: what it answered, by UTC day. Absent: nobody could be asked, and nothing is said. */
  readonly answers?: ReadonlyMap<number, readonly number[]> | undefined;
}

/** What a model is asked about one day. */
export interface ModelQuestion {
  readonly day: number;
  /** Rows of the model's input one after the other, the oldest first. */
  readonly values: readonly number[];
}

/** Which days are judged. */
export interface JudgedDays {
  readonly most: number;
  readonly fromDay: number;
}

/** What is told to a rule beside the hours. */
export interface HistorySetting extends LearnedForRule {
  /** Days ahead at which a failure is to be told: 30, or as long as the part takes. */
  readonly horizonDays: number;
  /** Hours before are of another part, and not looked at. */
  readonly fromHour: number;
  /** The last UTC day that is complete. */
  readonly lastDay: number;
  /** Of a kind that compares: the other machines of the plan, in an order that is the same for all of them. */
  readonly peers: readonly PeerSummary[];
}

/**
 * One way of judging completed hours. Pure: no clock and no state of its own, so that the same hours give the same
 * verdicts whenever and in whatever order they came.
 */
export interface HistoryKind<OneRule extends Rule, Prepared> {
  readonly kind: OneRule["kind"];
  /** `history` rules judge completed hours, again when late data amend them; nothing live waits for them. */
  readonly judges: "history";
  readonly schema: TSchema;
  /** Signals whose hours it looks at. */
  signalsOf(rule: OneRule, plan: Plan): readonly string[];
  /** Position of the part whose life it judges, if any. */
  partOf?(rule: OneRule): string | undefined;
  /** Whether it says when that life ends: the planner opens its tickets then. Default: yes. */
  foretells?(rule: OneRule): boolean;
  /** How it judges that life. */
  readonly method?: PartForecast["method"];
  /** Everything that does not change from machine to machine; once per plan. */
  prepare(rule: OneRule, plan: Plan): Prepared;
  /** Of a kind that compares machines: what this one shows on the days to `lastDay`. */
  summarise?(prepared: Prepared, hours: MachineHours, lastDay: number): PeerSummary;
  /** Of a kind that asks a model: what it wants to know before it judges the same days, oldest first. */
  ask?(
    prepared: Prepared,
    hours: MachineHours,
    setting: HistorySetting & JudgedDays,
  ): readonly ModelQuestion[];
  /**
   * The newest `most` days from `fromDay` on that it can judge, oldest first: days on which the machine did not work as
   * the rule wants it are left out. Yields between pieces of work, so that whoever drives it may let others have a turn.
   */
  judge(
    prepared: Prepared,
    hours: MachineHours,
    setting: HistorySetting & JudgedDays,
  ): Generator<undefined, readonly DayVerdict[]>;
  /** Asked of the days from the first that spoke to the newest. */
  describe(
    prepared: Prepared,
    hours: MachineHours,
    about: HistorySetting & { readonly since: DayVerdict; readonly newest: DayVerdict },
  ): HistoryClaim;
}

/** A kind whose types are forgotten, as the registry and the engine hold it. */
export type AnyHistoryKind = HistoryKind<Rule, unknown>;

/** Types a kind where it is written, and forgets these types for the registry. */
export const defineHistoryKind = <OneRule extends Rule, Prepared>(
  kind: HistoryKind<OneRule, Prepared>,
): HistoryKind<OneRule, Prepared> => kind;
