import { createHash } from "node:crypto";
import type { Evidence, Finding } from "../finding.ts";
import { withLife } from "./code-lives.ts";
import type { CompiledRule } from "./compiled-plan.ts";
import { Step } from "./hold.ts";
import { isoOfNs } from "./iso-time.ts";
import type { Episode, MachineMemory } from "./machine-memory.ts";
import type { Claim } from "./rule-kind.ts";
import { stateOf } from "./rule-state.ts";
import type { ReadMs } from "./slow-rules.ts";

/** Where findings of one call of the engine come together. */
export interface Reporting {
  readonly machineId: string;
  readonly memory: MachineMemory;
  /** What is older than this (event time) is history. */
  readonly historyBeforeNs: number;
  readonly findings: Finding[];
  /** Present while rules are timed one by one. */
  readonly timer?: ReadMs | undefined;
}

/** Two rules that see one failure mode within this time see one occurrence. */
const sameOccurrenceNs = 10e9;

const isoOf = ({ originNs }: MachineMemory, timeNs: number): string =>
  isoOfNs(originNs + BigInt(Math.round(timeNs)));

/** Turns one step of a rule's episode into what is to be told: at most one finding. */
export function report(
  reporting: Reporting,
  {
    rule,
    ruleIndex,
    key,
    step,
    timeNs,
  }: {
    readonly rule: CompiledRule;
    readonly ruleIndex: number;
    readonly key: string;
    readonly step: Step;
    readonly timeNs: number;
  },
): void {
  const { memory } = reporting;
  const episodeKey = key === "" ? rule.episodeKey : `${rule.id}|${key}`;
  const episode = memory.episodes.get(episodeKey);
  const isHistory = timeNs < reporting.historyBeforeNs;
  if (step === Step.holding) {
    if (episode) stillTrue(reporting, episode, timeNs, isHistory);
    return;
  }
  const state = stateOf(memory, ruleIndex, rule);
  const said = rule.kind.describe(rule.prepared, state, key, (ns) => isoOf(memory, ns));
  const claim = { ...said, evidence: said.evidence.map((piece) => enriched(memory, piece)) };
  if (step === Step.cleared) {
    if (episode && episode.finding.isLatched !== true)
      returned(reporting, episode, { rule, claim, at: isoOf(memory, timeNs) });
    return;
  }
  if (!episode && rule.kind.doubts) endDoubted(reporting, rule, timeNs);
  const isOnset =
    (step !== Step.updated || (episode?.finding.isHistory === true && !isHistory)) &&
    isNewOccurrence(memory, claim, { episodeKey, timeNs, isHistory });
  const finding: Finding = {
    ...(episode ? raisedOf(episode.finding) : opening(reporting, rule, key, claim)),
    phase: episode ? "updated" : "raised",
    severity: claim.severity,
    at: isoOf(memory, timeNs),
    isOnset,
    isHistory,
    evidence: claim.evidence,
    ...chatterOf(claim),
  };
  const wasLive = rule.isLatching && (!isHistory || (episode !== undefined && isLive(episode)));
  const more = wasLive ? { wasLive } : {};
  memory.episodes.set(episodeKey, { ruleId: rule.id, key, finding, seenNs: timeNs, ...more });
  reporting.findings.push(finding);
}

/** The condition is over: the episode too, unless it has to wait for a person. */
function returned(
  { memory, findings }: Reporting,
  episode: Episode,
  { rule, claim, at }: { readonly rule: CompiledRule; readonly claim: Claim; readonly at: string },
): void {
  const { ruleId, key, finding, isConfirmed } = episode;
  const stays = rule.isLatching && isLive(episode) && isConfirmed !== true;
  const told = { ...finding, at, isOnset: false, evidence: claim.evidence, ...chatterOf(claim) };
  if (stays) {
    episode.finding = { ...told, phase: "updated", isHistory: false, isLatched: true };
    findings.push(episode.finding);
    return;
  }
  memory.episodes.delete(`${ruleId}|${key}`);
  findings.push({ ...told, phase: "cleared" });
}

/** What happened in old data alone waits for nobody; what people were told of does, whatever old data say of it since. */
const isLive = ({ finding, wasLive }: Episode): boolean => wasLive === true || !finding.isHistory;

/** As it was before it returned to normal. */
const raisedOf = ({ isLatched: _isLatched, ...finding }: Finding): Finding => finding;

/** With what the engine knows beside the kind: the life of a code, and what a derived signal is reckoned from. */
function enriched(memory: MachineMemory, piece: Evidence): Evidence {
  if (piece.kind !== "signal") return withLife(memory, piece);
  const behind = memory.compiled.derivation.behind.get(piece.signal);
  if (behind === undefined) return piece;
  return { ...piece, others: [...new Set([...(piece.others ?? []), ...behind])] };
}

/** When the oldest open episode of a rule began, on the time line of the epoch; NaN without one that was seen in it. */
export function openSince({ episodes, originNs }: MachineMemory, ruleId: string): number {
  let oldest = Number.NaN;
  for (const episode of episodes.values()) {
    if (episode.ruleId !== ruleId || Number.isNaN(episode.seenNs)) continue;
    if (episode.finding.isLatched) continue;
    const since = Number(BigInt(Date.parse(episode.finding.since)) * 1_000_000n - originNs);
    if (!(oldest <= since)) oldest = since;
  }
  return oldest;
}

/** Whether a rule rests on a signal that another one has found not to be believed: then it judges nothing. */
export function isDoubted({ episodes }: MachineMemory, { doubters }: CompiledRule): boolean {
  if (episodes.size === 0 || doubters.size === 0) return false;
  for (const { ruleId, finding } of episodes.values())
    if (doubters.has(ruleId) && !finding.isLatched) return true;
  return false;
}

/** MR-6, MR-5: what was found of a signal that cannot be believed was the fault of its sensor or unit. */
function endDoubted({ memory, findings }: Reporting, rule: CompiledRule, timeNs: number): void {
  const { episodes, compiled } = memory;
  for (const [episodeKey, { ruleId, key, finding }] of episodes) {
    const index = compiled.rules.findIndex(({ id }) => id === ruleId);
    const other = compiled.rules[index];
    if (!other?.doubters.has(rule.id) || finding.isLatched) continue;
    episodes.delete(episodeKey);
    other.kind.forget(other.prepared, stateOf(memory, index, other), key);
    const end = { phase: "cleared", at: isoOf(memory, timeNs), isOnset: false } as const;
    findings.push({ ...finding, ...end, cause: "sensor_fault" });
  }
}

const chatterOf = ({ chatter }: Claim): Pick<Finding, "chatter"> => (chatter ? { chatter } : {});

/** An episode that began in old data and is true in fresh data is history no longer. */
function stillTrue(
  reporting: Reporting,
  episode: Episode,
  timeNs: number,
  isHistory: boolean,
): void {
  episode.seenNs = timeNs;
  if (isHistory || !episode.finding.isHistory) return;
  promote(reporting, episode, timeNs);
}

/** Makes a history episode a live one: a new onset, as far as anybody who acts is concerned. */
export function promote(reporting: Reporting, episode: Episode, timeNs: number): void {
  const { memory } = reporting;
  const episodeKey = `${episode.ruleId}|${episode.key}`;
  episode.finding = {
    ...episode.finding,
    phase: "updated",
    at: isoOf(memory, timeNs),
    isOnset: isNewOccurrence(memory, episode.finding, { episodeKey, timeNs, isHistory: false }),
    isHistory: false,
  };
  reporting.findings.push(episode.finding);
}

/** Ends an episode whose rule is no longer there to end it. */
export function abandon(reporting: Reporting, episodeKey: string): void {
  const { memory, findings } = reporting;
  const episode = memory.episodes.get(episodeKey);
  if (episode === undefined) return;
  memory.episodes.delete(episodeKey);
  findings.push({ ...episode.finding, phase: "cleared", isOnset: false, cause: "rule_changed" });
}

/** Findings that end for a reason outside the machine. */
export interface Ended {
  readonly findingIds: readonly string[];
  /** When it was proved that they are over, ms since the Unix epoch. */
  readonly provedMs: number;
  /** Default: repaired. */
  readonly cause?: NonNullable<Finding["cause"]>;
}

/**
 * Ends the episodes of `findingIds` that nobody has seen to be true after `provedMs`, those of a former owner in any
 * case: what comes later is a new episode, and a new onset. A reset ends those that wait for it, and lets those that are
 * true still end by themselves.
 */
export function endRepaired(
  reporting: Reporting,
  { findingIds, provedMs, cause = "repaired" }: Ended,
): void {
  const { memory, findings } = reporting;
  const { rules } = memory.compiled;
  const provedNs = Number(BigInt(Math.floor(provedMs)) * 1_000_000n - memory.originNs);
  for (const [episodeKey, episode] of memory.episodes) {
    const { finding, ruleId, key, seenNs } = episode;
    if (!findingIds.includes(finding.findingId)) continue;
    if (cause === "reset" && !finding.isLatched) {
      confirm(episode, provedMs);
      continue;
    }
    if (cause !== "machine_moved" && seenNs > provedNs) continue;
    memory.episodes.delete(episodeKey);
    const index = rules.findIndex(({ id }) => id === ruleId);
    const rule = rules[index];
    if (rule) rule.kind.forget(rule.prepared, stateOf(memory, index, rule), key);
    const newest = Number.isNaN(memory.newestNs) ? finding.at : isoOf(memory, memory.newestNs);
    findings.push({
      ...finding,
      phase: "cleared",
      at: Date.parse(newest) > Date.parse(finding.at) ? newest : finding.at,
      isOnset: false,
      cause,
    });
  }
}

/** A person has looked while it was true, and nothing was told of it since. */
function confirm(episode: Episode, atMs: number): void {
  if (Date.parse(episode.finding.at) <= atMs) episode.isConfirmed = true;
}

/** False when another rule sees the same problem at the same time: one occurrence, not two. */
function isNewOccurrence(
  memory: MachineMemory,
  { failureMode, subject }: Pick<Claim, "failureMode" | "subject">,
  own: { readonly episodeKey: string; readonly timeNs: number; readonly isHistory: boolean },
): boolean {
  for (const [key, { finding, seenNs }] of memory.episodes)
    if (
      key !== own.episodeKey &&
      finding.mode !== "shadow" &&
      finding.failureMode === failureMode &&
      finding.subject === subject &&
      (own.isHistory || !finding.isHistory) &&
      Math.abs(own.timeNs - seenNs) <= sameOccurrenceNs
    )
      return false;
  return true;
}

/** What stays the same for the whole episode. */
function opening(
  { machineId, memory }: Reporting,
  rule: CompiledRule,
  key: string,
  claim: Claim,
): Omit<Finding, "phase" | "severity" | "at" | "isOnset" | "isHistory" | "evidence"> {
  const since = isoOf(memory, claim.sinceNs);
  const identity = JSON.stringify([machineId, memory.epoch, rule.id, key, since]);
  return {
    findingId: createHash("sha256").update(identity).digest("hex").slice(0, 24),
    machineId,
    ruleId: rule.id,
    planRef: memory.compiled.ref,
    failureMode: claim.failureMode,
    subject: claim.subject,
    ...(rule.isShadow ? { mode: "shadow" as const } : {}),
    since,
  };
}
