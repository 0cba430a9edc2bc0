/** What a roll-out of a configuration is, and what is to be done next. Pure: no clock, no database, no link. */
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type {
  ConfigurationOutcome,
  ConfigurationProblem,
  ConfigurationReport,
} from "@firebreak/wire/configuration.ts";

export const rolloutStates = ["running", "paused", "stopped", "cancelled", "done"] as const;
export type RolloutState = (typeof rolloutStates)[number];

export const targetStates = [
  "waiting",
  "sent",
  "trying",
  "confirmed",
  "refused",
  "rolled-back",
  "untouched",
] as const;
export type TargetState = (typeof targetStates)[number];

export interface RolloutSettings {
  /** How many gateways go first. */
  readonly canaryCount: number;
  /** How long a wave is watched once it is confirmed, before the next one, ms. */
  readonly soakMs: number;
  /** Size of the waves after the canaries, percent of all. */
  readonly wavePercent: number;
  /** So many may refuse it or roll it back; at one more everything stops. */
  readonly maxFailures: number;
}

/** One gateway of a roll-out. */
export interface RolloutTarget {
  readonly gatewayId: string;
  /** 0: the canaries. */
  readonly wave: number;
  /** The configuration it is to get, and the one it had before; 0: its own file alone. */
  readonly version: number;
  readonly previousVersion: number;
  readonly state: TargetState;
  readonly reason: string;
  readonly problems: readonly ConfigurationProblem[];
  /** Samples lost on their way when it was sent; null before. */
  readonly lostBefore: number | null;
  readonly updatedAtMs: number;
}

export interface Rollout {
  readonly rolloutId: string;
  readonly version: number;
  readonly title: string;
  readonly state: RolloutState;
  /** Why it stopped, or what it waits for; empty while it goes on. */
  readonly reason: string;
  readonly settings: RolloutSettings;
  readonly wave: number;
  /** Since when every gateway of the wave is settled; null while one is not. */
  readonly settledAtMs: number | null;
  readonly createdBy: string;
  readonly createdAtMs: number;
  /** The roll-out that this one takes back; null for one forward. */
  readonly rollbackOf: string | null;
  readonly targets: readonly RolloutTarget[];
}

/** What is known of gateways now. */
export interface GatewayFacts {
  isOnline(gatewayId: string): boolean;
  /** When a batch of it arrived last, ms since the epoch; null when none has. */
  lastBatchMs(gatewayId: string): number | null;
  /** Samples that were lost on their way. Reads the disk, so it is not asked of everybody all the time. */
  lost(gatewayId: string): number;
}

/** So long ago a batch may have come and the machine still counts as speaking. */
export const freshMs = 600_000;

/** Twice the longest trial there may be: whom the configuration itself had cut off would have gone back and be here. */
const switchedOffMs = 3_600_000;

/** While a wave is watched, each gateway is asked for losses every so many seconds; before the next one all are. */
const lossTurnSeconds = 60;

export const isOpen = ({ state }: Rollout): boolean => state === "running" || state === "paused";
export const isUnderWay = ({ state }: RolloutTarget): boolean =>
  state === "sent" || state === "trying";
const isFailed = ({ state }: RolloutTarget): boolean =>
  state === "refused" || state === "rolled-back";

/** The wave of each gateway, canaries first. */
export function planWaves(
  gatewayIds: readonly string[],
  { canaryCount, wavePercent }: Pick<RolloutSettings, "canaryCount" | "wavePercent">,
): number[] {
  const size = Math.max(1, Math.ceil((gatewayIds.length * wavePercent) / 100));
  return gatewayIds.map((_, at) =>
    at < canaryCount ? 0 : 1 + Math.floor((at - canaryCount) / size),
  );
}

/** One, or 5 % of all, whichever is more. */
export const defaultCanaries = (count: number): number => Math.max(1, Math.ceil(count * 0.05));

/**
 * What is to happen now: waves begin, are watched, and follow each other; the first failure too many stops it. The same
 * object when nothing has changed.
 */
export function nextStep(rollout: Rollout, facts: GatewayFacts, nowMs: number): Rollout {
  if (rollout.state !== "running") return rollout;
  const turn = Math.floor(nowMs / 1_000) % lossTurnSeconds;
  const asked = rollout.targets.filter((_, at) => at % lossTurnSeconds === turn);
  const failure = failureOf(rollout) ?? lossOf(asked, facts);
  if (failure !== undefined) return stop(rollout, failure);
  return nextWave(sendDue(rollout, facts, nowMs), facts, nowMs);
}

/** Who is in a wave that has begun, and within reach, is sent it. */
function sendDue(rollout: Rollout, facts: GatewayFacts, nowMs: number): Rollout {
  const isDue = ({ gatewayId, wave, state }: RolloutTarget) =>
    wave <= rollout.wave && state === "waiting" && facts.isOnline(gatewayId);
  if (!rollout.targets.some(isDue)) return rollout;
  const targets = rollout.targets.map((target) => {
    if (!isDue(target)) return target;
    const lostBefore = facts.lost(target.gatewayId);
    return { ...target, state: "sent" as const, lostBefore, updatedAtMs: nowMs };
  });
  return { ...rollout, targets };
}

function nextWave(rollout: Rollout, facts: GatewayFacts, nowMs: number): Rollout {
  const begun = rollout.targets.filter(({ wave }) => wave <= rollout.wave);
  const away = begun.find(({ state }) => state === "waiting");
  const isLast = begun.length === rollout.targets.length;
  // Of the canaries every one counts; later a gateway that is switched off must not hold up the others.
  const open = begun.find(
    (one) => isUnderWay(one) && (isLast || !isSwitchedOff(one, facts, nowMs)),
  );
  if (open !== undefined) return withNews(rollout, { settledAtMs: null, reason: "" });
  if (away !== undefined && rollout.wave === 0)
    return withNews(rollout, {
      settledAtMs: null,
      reason: `waits for ${away.gatewayId}: not online`,
    });
  if (isLast && away !== undefined) return withNews(rollout, { settledAtMs: null, reason: "" });
  const settledAtMs = rollout.settledAtMs ?? nowMs;
  if (!isLast) {
    const isWatched = nowMs - settledAtMs < rollout.settings.soakMs;
    if (isWatched) return withNews(rollout, { settledAtMs, reason: "" });
    const silent = begun.find(
      (one) =>
        one.wave === rollout.wave &&
        isSilent(one, facts, nowMs) &&
        !isSwitchedOff(one, facts, nowMs),
    );
    if (silent !== undefined)
      return withNews(rollout, {
        settledAtMs,
        reason: `waits for ${silent.gatewayId}: it is silent`,
      });
  }
  const loss = lossOf(begun, facts);
  if (loss !== undefined) return stop(rollout, loss);
  return isLast
    ? { ...rollout, settledAtMs, state: "done", reason: "" }
    : { ...rollout, wave: rollout.wave + 1, settledAtMs: null, reason: "" };
}

/** Gone for so long, before it could answer or since: no canary, of which every one counts. */
function isSwitchedOff(
  { gatewayId, wave, state, updatedAtMs }: RolloutTarget,
  facts: GatewayFacts,
  nowMs: number,
): boolean {
  if (wave === 0 || facts.isOnline(gatewayId)) return false;
  const lastBatchMs = state === "confirmed" ? facts.lastBatchMs(gatewayId) : null;
  return nowMs - Math.max(updatedAtMs, lastBatchMs ?? 0) >= switchedOffMs;
}

function isSilent({ gatewayId, state }: RolloutTarget, facts: GatewayFacts, nowMs: number) {
  if (state !== "confirmed") return false;
  const lastBatchMs = facts.lastBatchMs(gatewayId);
  const isFresh = lastBatchMs !== null && nowMs - lastBatchMs < freshMs;
  return !isFresh || !facts.isOnline(gatewayId);
}

function failureOf({ targets, settings }: Rollout): string | undefined {
  const failed = targets.filter(isFailed);
  const [first] = failed;
  if (first === undefined || failed.length <= settings.maxFailures) return undefined;
  return `${first.gatewayId} ${first.state === "refused" ? "refused it" : "rolled it back"}: ${first.reason}`;
}

function lossOf(targets: readonly RolloutTarget[], facts: GatewayFacts): string | undefined {
  const losing = targets.find(
    ({ gatewayId, state, lostBefore }) =>
      state === "confirmed" && lostBefore !== null && facts.lost(gatewayId) > lostBefore,
  );
  return losing && `${losing.gatewayId} has lost samples since`;
}

const withNews = (
  rollout: Rollout,
  { settledAtMs, reason }: Pick<Rollout, "settledAtMs" | "reason">,
): Rollout =>
  rollout.settledAtMs === settledAtMs && rollout.reason === reason
    ? rollout
    : { ...rollout, settledAtMs, reason };

const stop = (rollout: Rollout, reason: string): Rollout => ({
  ...rollout,
  state: "stopped",
  reason,
});

/** Ends it for good; who has not been sent anything stays as it is. */
export const cancel = (rollout: Rollout, nowMs: number): Rollout => ({
  ...rollout,
  state: "cancelled",
  reason: "",
  targets: rollout.targets.map((target) =>
    target.state === "waiting"
      ? { ...target, state: "untouched" as const, updatedAtMs: nowMs }
      : target,
  ),
});

export type RolloutOrder = "pause" | "resume" | "cancel";

const takenBy: Record<RolloutOrder, readonly RolloutState[]> = {
  pause: ["running"],
  resume: ["paused"],
  cancel: ["running", "paused", "stopped"],
};

/** A roll-out after an order of the operator. @throws CodedError ROLLOUT_STATE */
export function ordered(rollout: Rollout, order: RolloutOrder, nowMs: number): Rollout {
  const { state } = rollout;
  if (!takenBy[order].includes(state))
    throw new CodedError("ROLLOUT_STATE", `a roll-out that is ${state} takes no ${order}`);
  if (order === "cancel") return cancel(rollout, nowMs);
  return { ...rollout, state: order === "pause" ? "paused" : "running" };
}

/** A target after its gateway has spoken; the same object when that was no news. */
export function heard(
  target: RolloutTarget,
  { newest }: Pick<ConfigurationReport, "newest">,
  { hash, nowMs }: { readonly hash: string; readonly nowMs: number },
): RolloutTarget {
  if (newest === null || target.state === "waiting" || target.state === "untouched") return target;
  if (newest.version < target.version) return target;
  const next = newest.version === target.version && newest.hash === hash ? newest : undefined;
  if (next === undefined)
    return isUnderWay(target)
      ? changed(target, { state: "rolled-back", reason: overtaken, problems: [] }, nowMs)
      : target;
  // A version is tried once: this word was said before the one that is known.
  if (next.state === "trying" && !isUnderWay(target)) return target;
  return changed(target, next, nowMs);
}

const overtaken = "another configuration has taken its place";

function changed(
  target: RolloutTarget,
  { state, reason, problems }: Pick<ConfigurationOutcome, "state" | "reason" | "problems">,
  nowMs: number,
): RolloutTarget {
  const isSame = target.state === state && target.reason === reason;
  return isSame ? target : { ...target, state, reason, problems, updatedAtMs: nowMs };
}
