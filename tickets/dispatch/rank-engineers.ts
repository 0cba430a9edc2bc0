import { type DispatchConfig, dispatchConfig } from "./dispatch-config.ts";
import type { Candidate, DispatchJob } from "./dispatch-job.ts";
import type { DispatchReason } from "./dispatch-reason.ts";
import { type Moment, refusalsOf } from "./hard-filters.ts";
import { type Travel, travelOf } from "./travel.ts";

/** In this order somebody is looked for (§3.12). */
export const fallbackLevels = [
  "own_station",
  "same_region",
  "partner",
  "flying_squad",
  "neighbour_region",
] as const;
export type FallbackLevel = (typeof fallbackLevels)[number];

export interface RankedEngineer {
  readonly engineerId: string;
  readonly level: FallbackLevel;
  /** 0 to 1. */
  readonly score: number;
  readonly etaMinutes: number;
  readonly km?: number;
  /** Hours he has before this job. */
  readonly assignedHours: number;
  /** Before the arrival clock is due, or nothing is promised. */
  readonly isInTime: boolean;
  /** The named specialist of a machine that is served by one. */
  readonly isSpecialist: boolean;
  /** Most telling first. */
  readonly reasons: readonly DispatchReason[];
}

export interface Ranking {
  /** Who should go; absent: nobody can, escalate. */
  readonly chosen?: RankedEngineer;
  readonly runnerUp?: RankedEngineer;
  /** All who could go, best first. */
  readonly ranked: readonly RankedEngineer[];
  readonly rejected: readonly {
    readonly engineerId: string;
    readonly why: readonly DispatchReason[];
  }[];
  readonly fallbackLevel: FallbackLevel | "unassigned";
  /** What the station manager must hear (ES-2, ES-4): nobody fits, or nobody is in time. */
  readonly escalate?: DispatchReason;
}

interface RankOptions {
  readonly moment: Moment;
  readonly config?: DispatchConfig;
}

/**
 * Who goes to a job: the named specialist when he is in time, else the best of the first fallback level that has
 * somebody in time, else, with an escalation, whoever is there first. Pure; the same input gives the same ranking in
 * whatever order the candidates come (AG-4).
 */
export function rankEngineers(
  job: DispatchJob,
  candidates: readonly Candidate[],
  { moment, config = dispatchConfig }: RankOptions,
): Ranking {
  const ranked: RankedEngineer[] = [];
  const rejected: { engineerId: string; why: DispatchReason[] }[] = [];
  for (const candidate of candidates) {
    const level = levelOf(job, candidate);
    const refusals = refusalsOf(job, candidate, { moment, config });
    const why = level === undefined ? refusals.concat({ code: "other_region" }) : refusals;
    if (level === undefined || why.length > 0)
      rejected.push({ engineerId: candidate.engineer.engineerId, why });
    else ranked.push(rank(job, candidate, { level, moment, config }));
  }
  ranked.sort(compareRanked);
  rejected.sort(byId);
  const [chosen, runnerUp] = ranked;
  return {
    ...(chosen ? { chosen } : {}),
    ...(runnerUp ? { runnerUp } : {}),
    ranked,
    rejected,
    fallbackLevel: chosen?.level ?? "unassigned",
    ...(chosen?.isInTime === true
      ? {}
      : { escalate: { code: chosen ? "nobody_in_time" : "nobody_eligible" } }),
  };
}

/**
 * A person names somebody himself: the same entry as the ranking would give, or everything that forbids it. Who did not
 * take the ticket before, or is of another region, may be named all the same.
 */
export function judgeOverride(
  job: DispatchJob,
  candidates: readonly Candidate[],
  { engineerId, moment, config = dispatchConfig }: RankOptions & { readonly engineerId: string },
): { readonly ranked?: RankedEngineer; readonly refusals: readonly DispatchReason[] } {
  const candidate = candidates.find(({ engineer }) => engineer.engineerId === engineerId);
  if (candidate === undefined) return { refusals: [{ code: "unknown_engineer" }] };
  const refusals = refusalsOf(job, candidate, { moment, config }).filter(
    ({ code }) => code !== "excluded" && code !== "squad_reserved",
  );
  if (refusals.length > 0) return { refusals };
  const level = levelOf(job, candidate) ?? "neighbour_region";
  const entry = rank(job, candidate, { level, moment, config });
  return {
    ranked: { ...entry, reasons: [{ code: "manual_override" }, ...entry.reasons] },
    refusals: [],
  };
}

/** Undefined: not to be asked for this job. */
function levelOf(job: DispatchJob, { engineer }: Candidate): FallbackLevel | undefined {
  if (engineer.stationId === job.stationId) return "own_station";
  if (engineer.regionId === job.regionId && engineer.regionId !== undefined)
    return engineer.employment === "own" ? "same_region" : "partner";
  if (engineer.flyingSquad) return "flying_squad";
  if (isNamed(job, engineer)) return "neighbour_region";
  return job.neighbourRegionIds.includes(engineer.regionId ?? "") ? "neighbour_region" : undefined;
}

/** Named for this machine, or for its type where somebody has to be there by a certain time. */
const isNamed = (job: DispatchJob, engineer: Candidate["engineer"]): boolean =>
  job.stationedEngineerId === engineer.engineerId ||
  job.responsibleEngineerId === engineer.engineerId ||
  (job.arrivalDueAt !== undefined && isTypeSpecialist(job, engineer));

const isTypeSpecialist = (job: DispatchJob, { specialistFor }: Candidate["engineer"]): boolean =>
  job.wantsSpecialist && specialistFor.includes(job.productType);

function rank(
  job: DispatchJob,
  candidate: Candidate,
  {
    level,
    moment,
    config,
  }: {
    readonly level: FallbackLevel;
    readonly moment: Moment;
    readonly config: DispatchConfig;
  },
): RankedEngineer {
  const { engineer, assignedHours } = candidate;
  const travel = travelOf(candidate, job.place, { nowMs: moment.nowMs, config });
  const isSpecialist =
    job.stationedEngineerId === engineer.engineerId || isTypeSpecialist(job, engineer);
  const lateMinutes = lateness(job, travel, moment.nowMs);
  return {
    engineerId: engineer.engineerId,
    level,
    score: scoreOf(job, candidate, { travel, isSpecialist, config }),
    etaMinutes: Math.round(travel.etaMinutes),
    ...(travel.km === undefined ? {} : { km: round(travel.km, 1) }),
    assignedHours,
    isInTime: lateMinutes <= 0,
    isSpecialist,
    reasons: reasonsOf(job, candidate, { level, travel, isSpecialist, lateMinutes }),
  };
}

function lateness({ arrivalDueAt }: DispatchJob, { etaMinutes }: Travel, nowMs: number): number {
  if (arrivalDueAt === undefined) return 0;
  return etaMinutes - (Date.parse(arrivalDueAt) - nowMs) / 60_000;
}

function scoreOf(
  job: DispatchJob,
  { engineer, assignedHours, partsOnBoardShare }: Candidate,
  {
    travel,
    isSpecialist,
    config,
  }: { readonly travel: Travel; readonly isSpecialist: boolean; readonly config: DispatchConfig },
): number {
  const { weights, skillOfLevel, etaMaxMinutes } = config;
  const isResponsible = job.responsibleEngineerId === engineer.engineerId;
  const score =
    weights.skill * skillOfLevel[engineer.level] +
    weights.eta * Math.max(0, 1 - travel.etaMinutes / etaMaxMinutes) +
    weights.load * Math.max(0, 1 - assignedHours / engineer.optimalLoadHours) +
    weights.partsOnBoard * Math.min(1, Math.max(0, partsOnBoardShare)) +
    weights.responsible * Number(isResponsible) +
    weights.specialist * Number(isSpecialist);
  return round(score, 4);
}

function reasonsOf(
  job: DispatchJob,
  { engineer, assignedHours, partsOnBoardShare }: Candidate,
  {
    level,
    travel,
    isSpecialist,
    lateMinutes,
  }: {
    readonly level: FallbackLevel;
    readonly travel: Travel;
    readonly isSpecialist: boolean;
    readonly lateMinutes: number;
  },
): DispatchReason[] {
  const minutes = Math.round(travel.etaMinutes);
  return [
    ...(lateMinutes > 0
      ? [{ code: "late" as const, params: { minutes: Math.ceil(lateMinutes) } }]
      : []),
    ...(isSpecialist ? [{ code: "specialist" as const }] : []),
    { code: level },
    travel.km === undefined
      ? { code: "eta_assumed", params: { minutes } }
      : { code: "eta", params: { minutes, km: round(travel.km, 1) } },
    { code: "level", params: { level: engineer.level } },
    {
      code: "load",
      params: { hours: round(assignedHours, 1), optimal: engineer.optimalLoadHours },
    },
    ...(partsOnBoardShare > 0
      ? [
          {
            code: "parts_on_board" as const,
            params: { percent: Math.round(partsOnBoardShare * 100) },
          },
        ]
      : []),
    ...(job.responsibleEngineerId === engineer.engineerId
      ? [{ code: "responsible" as const }]
      : []),
  ];
}

/** In time before late; of those in time the specialist, then by level and score; of the late the earliest. */
function compareRanked(a: RankedEngineer, b: RankedEngineer): number {
  const byTime = Number(b.isInTime) - Number(a.isInTime);
  const byPlace = fallbackLevels.indexOf(a.level) - fallbackLevels.indexOf(b.level);
  const byRank = a.isInTime
    ? Number(b.isSpecialist) - Number(a.isSpecialist) || byPlace || b.score - a.score
    : a.etaMinutes - b.etaMinutes || byPlace || b.score - a.score;
  return byTime || byRank || byTie(a, b);
}

/** AG-4. */
const byTie = (a: RankedEngineer, b: RankedEngineer): number =>
  a.assignedHours - b.assignedHours ||
  (a.km ?? Number.POSITIVE_INFINITY) - (b.km ?? Number.POSITIVE_INFINITY) ||
  byId(a, b);

const byId = (a: { engineerId: string }, b: { engineerId: string }): number =>
  a.engineerId < b.engineerId ? -1 : a.engineerId > b.engineerId ? 1 : 0;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
