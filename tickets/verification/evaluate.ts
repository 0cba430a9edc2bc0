import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import { verificationConfig } from "./verification-config.ts";
import type { VerificationSpec } from "./verification-spec.ts";

const Reading = Type.Object({ atMs: Type.Number(), isInside: Type.Boolean() }, closed);

/** What has been seen of a repaired machine so far; bounded by the signals of its plan. */
export const VerificationState = Type.Object(
  {
    epoch: Type.String(),
    operatingMs: Type.Number({ minimum: 0 }),
    /** Newest machine time that was looked at, by signal. */
    seenMs: Type.Record(Type.String(), Type.Number()),
    /** Last moment at which the machine was seen in operation; absent while it is not, or nobody knows. */
    operatingAtMs: Type.Optional(Type.Number()),
    conditions: Type.Record(Type.String(), Reading),
    /** Since when a signal has been outside its band. */
    outsideSinceMs: Type.Record(Type.String(), Type.Number()),
    /** Last time a signal was seen, in operation, inside or outside. */
    bandAtMs: Type.Record(Type.String(), Type.Number()),
    /** Signals seen inside their band in operation. */
    normalSeen: Type.Array(Type.String()),
  },
  closed,
);
export type VerificationState = Static<typeof VerificationState>;

export const initialState = (): VerificationState => ({
  epoch: "",
  operatingMs: 0,
  seenMs: {},
  conditions: {},
  outsideSinceMs: {},
  bandAtMs: {},
  normalSeen: [],
});

/** A sample of a watched signal; null: it had no good value. */
export interface WatchedSample {
  readonly atMs: number;
  readonly signal: string;
  readonly value: number | null;
}

/** What one step of the rules brought of a machine. */
export interface Observation {
  /** Of the gateway: in another one, nothing is known of what was before. */
  readonly epoch: string;
  /** In the order of their times. */
  readonly samples: readonly WatchedSample[];
  /** Faults that began, or were confirmed anew, with their machine time. */
  readonly onsets: readonly {
    readonly fault: string;
    readonly atMs: number;
    readonly findingId: string;
  }[];
  /** Faults that are open now, whenever they began, with the time they were last seen. */
  readonly open: readonly string[];
  readonly health: number | null;
}

export type Verdict =
  | { readonly is: "pending"; readonly waitsFor: string }
  | { readonly is: "passed"; readonly detail: string }
  | { readonly is: "failed"; readonly detail: string; readonly findingId?: string };

/**
 * Takes an observation in and says what is known then (§3.13). Only machine time after the finish counts; silence, gaps
 * and time seen before do not. Pure.
 */
export function evaluate(
  spec: VerificationSpec,
  before: VerificationState,
  seen: Observation,
): { readonly state: VerificationState; readonly verdict: Verdict } {
  const onset = seen.onsets.find(
    ({ fault, atMs }) => spec.faults.includes(fault) && atMs > spec.finishedMs,
  );
  const state = structuredClone(before);
  if (seen.epoch !== state.epoch) enterEpoch(state, seen.epoch);
  let outside: string | undefined;
  for (const sample of seen.samples) {
    const { signal, atMs } = sample;
    if (atMs <= (state.seenMs[signal] ?? spec.finishedMs)) continue;
    state.seenMs[signal] = atMs;
    stepOperation(spec, state, sample);
    outside ??= stepBand(spec, state, sample);
  }
  if (onset)
    return failed(state, `${onset.fault} came again at ${isoOf(onset.atMs)}`, onset.findingId);
  if (outside) return failed(state, outside);
  return { state, verdict: conclude(spec, state, seen) };
}

const failed = (state: VerificationState, detail: string, findingId?: string) => ({
  state,
  verdict: { is: "failed", detail, ...(findingId === undefined ? {} : { findingId }) } as const,
});

function enterEpoch(state: VerificationState, epoch: string): void {
  state.epoch = epoch;
  state.conditions = {};
  state.outsideSinceMs = {};
  state.bandAtMs = {};
  delete state.operatingAtMs;
}

type Band = VerificationSpec["normal"][number];

const isInside = ({ above, below }: Band, value: number): boolean =>
  (above === undefined || value > above) && (below === undefined || value < below);

/** Time between two moments of operation is operation, unless one of its signals was silent for too long in between. */
function stepOperation(
  spec: VerificationSpec,
  state: VerificationState,
  { atMs, signal, value }: WatchedSample,
): void {
  const own = spec.operation.filter((condition) => condition.signal === signal);
  if (own.length === 0) return;
  const held = state.operatingAtMs !== undefined && isOperating(spec, state, atMs);
  if (held && state.operatingAtMs !== undefined && atMs > state.operatingAtMs)
    state.operatingMs += atMs - state.operatingAtMs;
  if (value === null) delete state.conditions[signal];
  else state.conditions[signal] = { atMs, isInside: own.every((one) => isInside(one, value)) };
  if (isOperating(spec, state, atMs))
    state.operatingAtMs = Math.max(atMs, state.operatingAtMs ?? 0);
  else delete state.operatingAtMs;
}

const isOperating = (spec: VerificationSpec, { conditions }: VerificationState, atMs: number) =>
  spec.operation.every(({ signal }) => {
    const reading = conditions[signal];
    const gapMs = spec.gapMs[signal] ?? verificationConfig.gapMs;
    return reading?.isInside === true && atMs - reading.atMs <= gapMs;
  });

/** A sentence when a signal has been outside its band for too long; outside operation nothing is normal or not. */
function stepBand(
  spec: VerificationSpec,
  state: VerificationState,
  { atMs, signal, value }: WatchedSample,
): string | undefined {
  const band = spec.normal.find((one) => one.signal === signal);
  if (!band) return undefined;
  const gapMs = spec.gapMs[signal] ?? verificationConfig.gapMs;
  const isKnown = atMs - (state.bandAtMs[signal] ?? Number.NEGATIVE_INFINITY) <= gapMs;
  if (value === null || !isOperating(spec, state, atMs) || !isKnown)
    delete state.outsideSinceMs[signal];
  if (value === null || !isOperating(spec, state, atMs)) return undefined;
  state.bandAtMs[signal] = atMs;
  if (isInside(band, value)) {
    delete state.outsideSinceMs[signal];
    if (!state.normalSeen.includes(signal)) state.normalSeen.push(signal);
    return undefined;
  }
  const sinceMs = state.outsideSinceMs[signal] ?? atMs;
  state.outsideSinceMs[signal] = sinceMs;
  if (atMs - sinceMs < spec.holdMs) return undefined;
  return `${signal} was ${value} and so outside its normal band since ${isoOf(sinceMs)}`;
}

function conclude(spec: VerificationSpec, state: VerificationState, seen: Observation): Verdict {
  const { operatingMs } = state;
  const isEnough = operatingMs >= spec.minOperatingMs;
  const lasting = spec.faults.find((fault) => seen.open.includes(fault));
  if (lasting !== undefined && (isEnough || operatingMs >= verificationConfig.settleMs))
    return { is: "failed", detail: `${lasting} never went away` };
  const seconds = Math.round(operatingMs / 1000);
  if (!isEnough)
    return {
      is: "pending",
      waitsFor: `${seconds} of ${Math.round(spec.minOperatingMs / 1000)} s of operation`,
    };
  const unseen = spec.normal.filter(({ signal }) => !state.normalSeen.includes(signal));
  if (unseen.length > 0)
    return {
      is: "pending",
      waitsFor: `a normal value of ${unseen.map(({ signal }) => signal).join(", ")}`,
    };
  if (Object.keys(state.outsideSinceMs).length > 0)
    return { is: "pending", waitsFor: "signals inside their normal bands" };
  if (seen.health === null || seen.health < spec.minHealth)
    return {
      is: "pending",
      waitsFor: `health of ${spec.minHealth}; it is ${seen.health ?? "unknown"}`,
    };
  const detail = `${seconds} s of operation without the fault, signals normal, health ${seen.health}`;
  return { is: "passed", detail };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
