import type { Severity } from "@firebreak/rules/finding.ts";

/** One batch that came behind newer data of its machine, or too old to alarm anybody. Times in ms since the epoch. */
export interface LatePiece {
  readonly machineId: string;
  /** Of its record in the journal. */
  readonly position: number;
  readonly receivedMs: number;
  /** Of its oldest and newest sample or event, the machine's own time. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** What one rule found in it. */
export interface BackFillRule {
  readonly ruleId: string;
  readonly failureMode: string;
  readonly severity: Severity;
  readonly about: { readonly en: string; readonly "zh-CN": string };
  /** What its evidence speaks of; none of a trouble code. */
  readonly signals: readonly string[];
  readonly count: number;
  /** When the first and the last of them began, ISO 8601 UTC. */
  readonly first: string;
  readonly last: string;
}

export interface BackFillSummary {
  readonly events: number;
  /** The most frequent first. */
  readonly rules: readonly BackFillRule[];
  /** Begin of what was judged: later than that of the data where these reach back too far. */
  readonly judgedFrom: string;
}

/** Late data of one machine that came together, and what is in them once they were judged. */
export interface BackFill extends LatePieceSpan {
  /** Of its first record: what it is called, the same at every replay. */
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly firstReceivedMs: number;
  /** Undefined: not judged yet; else up to which record, and when. */
  readonly judged: { readonly position: number; readonly atMs: number } | undefined;
  readonly summary: BackFillSummary | undefined;
}

type LatePieceSpan = Omit<LatePiece, "position">;

/** Late data after a longer pause, by the hub's clock, are another back-fill. Engineering default. */
export const togetherMs = 3_600_000;

/**
 * The back-fill that a piece belongs to, as it is with it; undefined where the piece is in it already, as at a replay.
 * `known`: of its machine, by first position. Depends on the journal alone. Pure.
 */
export function withPiece(known: readonly BackFill[], piece: LatePiece): BackFill | undefined {
  const own = known.findLast(({ firstPosition }) => firstPosition <= piece.position);
  const { position, ...span } = piece;
  if (own && position <= own.lastPosition) return undefined;
  if (own === undefined || piece.receivedMs - own.receivedMs > togetherMs)
    return {
      ...span,
      ...{ firstPosition: position, lastPosition: position, firstReceivedMs: piece.receivedMs },
      ...{ judged: undefined, summary: undefined },
    };
  return {
    ...own,
    lastPosition: position,
    receivedMs: Math.max(own.receivedMs, piece.receivedMs),
    fromMs: Math.min(own.fromMs, piece.fromMs),
    toMs: Math.max(own.toMs, piece.toMs),
  };
}
