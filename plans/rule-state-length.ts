import { membersOf } from "./composite-schema.ts";
import { signalsOfUnit } from "./control-unit.ts";
import type { Plan, Rule } from "./plan-schema.ts";

/**
 * What a plan's rules and derived signals may keep of one machine, in characters as a hub writes it. Engineering default:
 * of 10,000 machines 3 GB, and one is written in some milliseconds.
 */
export const mostRuleStateLength = 300_000;

/** Characters of so many numbers written as doubles in base64. */
const numbers = (count: number): number => 4 * Math.ceil((8 * count) / 3);
/** Characters of so many numbers written out: 17 digits, a sign, an exponent, a comma. */
const writtenOut = (count: number): number => 25 * count;

/** Beside its state: id twice (of the rule and of an open episode), versions, brackets. */
const frameLength = 150;
/** An open episode, and each piece of evidence in it; signals are named in it. */
const episodeLength = 700;
const evidenceLength = 500;
const nameLength = 70;

/** The state of a derived signal: 24 of them with the widest windows were measured to take less. */
export const derivedLength = 3_000;

/** Of a signal that is watched, without an episode: hardly any of them speaks at a time. */
export const watchLength = frameLength + nameLength + numbers(32);

/** What a rule of a detector keeps beside its numbers, by what it learns from. */
const noveltyLength = writtenOut(48 + 288 + 60) + 600;
const changeLength = writtenOut(300 + 20) + 500;
const driftLength = (signals: number): number =>
  writtenOut(4 * signals ** 2 + 10 * signals + 40) + 600;
const parts = { most: 4, rows: 400 } as const;
const multivariateLength = (signals: number): number =>
  writtenOut(Math.max(parts.rows * signals, signals ** 2 + 30 * signals) + 20) + 600 * signals;

/**
 * The most that a rule that judges the newest data keeps of one machine, characters as a hub writes it, with its open
 * episode; 0 for one that judges completed hours. Trouble codes are not counted: a bus decides how many there are, and
 * they are bounded for all of them together.
 */
export function ruleLength(plan: Plan, rule: Rule): number {
  const { length, signals, pieces } = kept(plan, rule);
  if (length === 0) return 0;
  const episode = episodeLength + pieces * (evidenceLength + signals * nameLength);
  return frameLength + 3 * rule.id.length + length + episode;
}

interface Kept {
  readonly length: number;
  /** Signals that an open episode names in each of so many pieces of evidence. */
  readonly signals: number;
  readonly pieces: number;
}

/** Numbers are those of the kind's `layout`; a test of the rules holds them together. */
function kept(plan: Plan, rule: Rule): Kept {
  const one = (count: number, signals = 1): Kept => ({
    length: numbers(count),
    signals,
    pieces: 1,
  });
  const rows = (signals: number): number => numbers(6 + 5 * signals);
  switch (rule.kind) {
    case "threshold":
      return one(20);
    case "sensor-error":
      return one(6);
    case "rate-of-change":
      return one(33);
    case "window-count":
      return one(101);
    case "watch":
      return one(32);
    case "sensor-plausibility":
      return { ...one(14, 2), pieces: 2 };
    case "composite":
      return one(5 + membersOf(rule).length, 4 * membersOf(rule).length);
    case "unit-lost": {
      const count = signalsOfUnit(plan.acquisition, rule.unit).length;
      return { ...one(3 + 3 * count), pieces: 8 };
    }
    case "novelty":
      return { ...one(0), length: rows(1) + noveltyLength };
    case "change-point":
      return { ...one(0), length: rows(1) + changeLength };
    case "baseline-drift": {
      const signals = 1 + rule.against.length;
      return { ...one(0, signals), length: rows(signals) + driftLength(signals) };
    }
    case "multivariate": {
      const { length: signals } = rule.signals;
      const length = rows(signals) + multivariateLength(signals);
      return { length, signals, pieces: parts.most };
    }
    default:
      return { length: 0, signals: 0, pieces: 0 };
  }
}
