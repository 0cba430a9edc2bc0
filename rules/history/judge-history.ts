import { createHash } from "node:crypto";
import { planRef } from "@firebreak/plans/load-plans.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { type Finding, historyIds, type PartForecast } from "../finding.ts";
import { historyKinds } from "../kinds/registry.ts";
import { countedForecast, countedParts } from "./counted-use.ts";
import type {
  AnyHistoryKind,
  DayVerdict,
  HistorySetting,
  LearnedForRule,
  ModelQuestion,
  PeerSummary,
} from "./history-kind.ts";
import {
  endOfDay,
  hoursPerDay,
  type MachineHours,
  msPerDay,
  msPerHour,
  startOfDay,
  windowDays,
} from "./hours.ts";
import {
  consecutive,
  daysJudged,
  episodesOf,
  type HistoryEpisode,
  idleDays,
} from "./judge-rule.ts";

/** One machine and what is known of it. */
export interface MachineHistory {
  readonly machineId: string;
  readonly plan: Plan;
  /** Of at least the signals of `historySignals`. */
  readonly hours: MachineHours;
  /** The last UTC day since the epoch that is complete. */
  readonly lastDay: number;
  /** Of a rule that compares: what the other machines of the plan show. */
  readonly peersOf?: (ruleId: string) => readonly PeerSummary[];
  /** Of a rule that learned, or asks a model: what there is. */
  readonly learnedOf?: (ruleId: string) => LearnedForRule;
  /** By the position of the part whose life is judged; undefined for rules that judge none. */
  settingOf(part: string | undefined): Pick<HistorySetting, "horizonDays" | "fromHour">;
  /** Findings of history rules of this machine as they were last told, ended ones too. */
  readonly told: readonly Finding[];
}

export interface HistoryJudgement {
  /** Steps that were not told yet. */
  readonly findings: readonly Finding[];
  readonly forecasts: readonly PartForecast[];
}

export interface RuleQuestions {
  readonly rule: Rule;
  readonly questions: readonly ModelQuestion[];
}

/** Rules of a plan that judge completed hours. */
export const historyRules = (plan: Plan): { rule: Rule; kind: AnyHistoryKind }[] =>
  plan.rules.rules.flatMap((rule) => {
    const kind = historyKinds.find((one) => one.kind === rule.kind);
    return kind ? [{ rule, kind }] : [];
  });

/** Hours that the rules of a plan look at, counted back from the last complete day. */
export const historyHours = (windowDays + idleDays + 1) * hoursPerDay;

/** Of the rules of a plan that compare machines: what one of them shows, by rule. */
export function summariesOf(
  plan: Plan,
  hours: MachineHours,
  lastDay: number,
): ReadonlyMap<string, PeerSummary> {
  return new Map(
    historyRules(plan).flatMap(({ rule, kind }): [string, PeerSummary][] => {
      const summary = kind.summarise?.(kind.prepare(rule, plan), hours, lastDay);
      return summary ? [[rule.id, summary]] : [];
    }),
  );
}

/** Signals whose hours are wanted to compare machines, each once; none where no rule does. */
export const comparedSignals = (plan: Plan): readonly string[] => [
  ...new Set(
    historyRules(plan).flatMap(({ rule, kind }) =>
      kind.summarise ? kind.signalsOf(rule, plan) : [],
    ),
  ),
];

/** Hours that comparing looks at. */
export const comparedHours = (2 * idleDays + 1) * hoursPerDay;

/** Counters of parts, whose hours are wanted from when the part was put in. Each once. */
export const historyCounters = (plan: Plan): readonly string[] => [
  ...new Set(countedParts(plan).map(({ signal }) => signal)),
];

/** Signals whose hours the rules of a plan want, each once. */
export const historySignals = (plan: Plan): readonly string[] => [
  ...new Set(historyRules(plan).flatMap(({ rule, kind }) => kind.signalsOf(rule, plan))),
];

/**
 * Judges the completed hours of one machine anew. A function of the hours and of what was told: judged again it tells
 * nothing, and after late data it tells what they change. An episode that began and ended unseen is told as history, the
 * newest of a rule only. Yields between pieces of work of some milliseconds.
 */
export function* judgeHistory(machine: MachineHistory): Generator<undefined, HistoryJudgement> {
  const findings: Finding[] = [];
  const forecasts: PartForecast[] = [];
  const rules = historyRules(machine.plan);
  for (const { rule, kind } of rules) {
    const part = kind.partOf?.(rule);
    const setting = settingOf(machine, { rule, kind });
    const prepared = kind.prepare(rule, machine.plan);
    const verdicts = yield* kind.judge(prepared, machine.hours, setting);
    const tell = (episode: HistoryEpisode) =>
      kind.describe(prepared, machine.hours, { ...setting, ...episode });
    findings.push(...steps(machine, rule, { verdicts, tell, fromHour: setting.fromHour }));
    if (part !== undefined && !isShadow(rule) && (kind.foretells?.(rule) ?? true))
      forecasts.push({
        ruleId: rule.id,
        part,
        method: kind.method ?? "trend",
        days: lastForecasts(verdicts),
      });
  }
  for (const part of countedParts(machine.plan)) {
    const { fromHour } = machine.settingOf(part.position);
    const counted = countedForecast(machine.hours, part, { fromHour, lastDay: machine.lastDay });
    if (counted) forecasts.push(counted);
    yield;
  }
  const ids = new Set(rules.map(({ rule }) => rule.id));
  for (const finding of machine.told)
    if (finding.phase !== "cleared" && !ids.has(finding.ruleId))
      findings.push({ ...finding, phase: "cleared", isOnset: false, cause: "rule_changed" });
  return { findings, forecasts };
}

/** What a rule would ask a model of before it judges this machine; to be answered in `learnedOf`. */
export const questionsOf = (machine: MachineHistory): RuleQuestions[] =>
  historyRules(machine.plan).flatMap(({ rule, kind }) => {
    if (!kind.ask) return [];
    const setting = settingOf(machine, { rule, kind });
    return [
      { rule, questions: kind.ask(kind.prepare(rule, machine.plan), machine.hours, setting) },
    ];
  });

const settingOf = (
  machine: MachineHistory,
  { rule, kind }: { readonly rule: Rule; readonly kind: AnyHistoryKind },
) => ({
  ...machine.settingOf(kind.partOf?.(rule)),
  ...machine.learnedOf?.(rule.id),
  lastDay: machine.lastDay,
  peers: machine.peersOf?.(rule.id) ?? [],
  most: daysJudged,
  fromDay: machine.lastDay - idleDays,
});

const isShadow = ({ mode }: Rule): boolean => mode === "shadow";

interface Judged {
  readonly verdicts: readonly DayVerdict[];
  readonly tell: (
    episode: HistoryEpisode,
  ) => Pick<Finding, "failureMode" | "severity" | "evidence">;
  readonly fromHour: number;
}

function steps(machine: MachineHistory, rule: Rule, judged: Judged): Finding[] {
  const told = machine.told.filter(({ ruleId }) => ruleId === rule.id);
  const open = told.find(({ phase }) => phase !== "cleared");
  // Hours of the part that it spoke of are not looked at any more: there is another one in its place.
  if (open && Date.parse(open.at) <= judged.fromHour * msPerHour)
    return [{ ...open, phase: "cleared", isOnset: false, cause: "repaired" }];
  // What is told goes on from where it began, and days of what ended are told of already.
  const fromMs = open
    ? Date.parse(open.since)
    : Math.max(Number.NEGATIVE_INFINITY, ...told.map(({ at }) => Date.parse(at)));
  const verdicts = judged.verdicts.filter(({ day }) => day * msPerDay >= fromMs);
  const episodes = episodesOf(verdicts, open !== undefined);
  const [goingOn] = open ? episodes : [];
  const later = open ? episodes.slice(1) : episodes;
  return [
    ...(open && goingOn ? nextOf(open, goingOn, judged) : []),
    ...later.slice(-1).flatMap((episode) => begun(machine, rule, { episode, judged })),
  ];
}

/** What is new of an episode that was told. */
function nextOf(open: Finding, episode: HistoryEpisode, { tell }: Judged): Finding[] {
  const at = endOfDay(episode.newest.day);
  if (episode.isOpen && at <= open.at) return [];
  const phase = episode.isOpen ? "updated" : "cleared";
  return [{ ...open, ...tell(episode), phase, at, isOnset: false }];
}

function begun(
  { machineId, plan }: MachineHistory,
  rule: Rule,
  { episode, judged }: { readonly episode: HistoryEpisode; readonly judged: Judged },
): Finding[] {
  const since = startOfDay(episode.since.day);
  const raised: Finding = {
    findingId: idOf([machineId, rule.id, since]),
    phase: "raised",
    machineId,
    ruleId: rule.id,
    planRef: planRef(plan),
    subject: "",
    ...judged.tell(episode),
    since,
    at: endOfDay(episode.newest.day),
    isOnset: episode.isOpen,
    isHistory: !episode.isOpen,
    ...(isShadow(rule) ? { mode: "shadow" as const } : {}),
  };
  return episode.isOpen ? [raised] : [raised, { ...raised, phase: "cleared" }];
}

const idOf = (identity: readonly string[]): string =>
  historyIds + createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 22);

/** None before a day without one: beliefs in a row are what counts. */
function lastForecasts(verdicts: readonly DayVerdict[]): PartForecast["days"] {
  const last = verdicts.slice(-consecutive);
  const from = last.findLastIndex(({ forecast }) => forecast === undefined) + 1;
  return last
    .slice(from)
    .flatMap(({ day, forecast }) => (forecast ? [{ at: endOfDay(day), forecast }] : []));
}
