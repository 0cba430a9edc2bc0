import type { Dtc, DtcState, Lamps } from "@firebreak/wire/machine-event.ts";
import type { QualityName } from "@firebreak/wire/quality.ts";

export { canopenNetworks } from "@firebreak/wire/machine-event.ts";

export type Severity = "info" | "warning" | "critical";

/** One key signal as a trouble code began. */
export interface OnsetValue {
  readonly signal: string;
  readonly unit: string;
  /** Null unless the quality is good. */
  readonly value: number | null;
  readonly quality: QualityName;
  /** How old the value was, seconds. */
  readonly ageSeconds: number;
}

/** What of a signal: its rate, how often or long, how far from its past, how new, how far from another signal. */
export type Measure = "rate" | "count" | "duration" | "shift" | "novelty" | "difference";

/** What fills one place of a sentence about evidence; the page writes it as its reader is used to. */
export type Fact =
  | { readonly is: "amount"; readonly value: number; readonly unit: string }
  | { readonly is: "count"; readonly value: number }
  /** 0 to 1. */
  | { readonly is: "share"; readonly value: number }
  | { readonly is: "duration"; readonly seconds: number }
  /** ISO 8601 UTC. */
  | { readonly is: "time"; readonly at: string }
  | { readonly is: "signals"; readonly signals: string[] };

/**
 * What a kind has to say that "this signal was there and should have been here" does not tell. `word` names a sentence of
 * the catalogue in `dashboards/web/evidence`, the facts fill its places.
 */
export interface Saying {
  readonly word: string;
  readonly facts: Readonly<Record<string, Fact>>;
}

/** The window and the facts a finding rests on; enough to draw it and to say it in one sentence. */
export type Evidence =
  | {
      readonly kind: "dtc";
      readonly spn: number;
      readonly fmi: number;
      /** Occurrence count as sent; null when not available (127). */
      readonly oc: number | null;
      readonly sa: number;
      /** Absent: the machine's main J1939 network; from 128 on `sa` is a CANopen node. */
      readonly network?: number;
      readonly lamps: Lamps;
      /** True where the maker may mean another SPN: an old layout that the plan says nothing of. */
      readonly isUncertain?: true;
      /** When the gateway first and last heard it named, and how often. */
      readonly life?: { readonly first: string; readonly last: string; readonly messages: number };
      /** The plan's key signals as it began. */
      readonly onset?: OnsetValue[];
      readonly from: string;
      readonly to: string;
      readonly rule: string;
    }
  | {
      readonly kind: "signal";
      readonly signal: string;
      readonly unit: string;
      readonly observed: number | null;
      readonly limit: number | null;
      /** What was measured of the signal, where `observed` and `limit` are not its values: no line in its chart. */
      readonly measure?: Measure;
      readonly quality: string;
      readonly context: string | null;
      /** What was expected instead, in the unit; null where that side is open. Absent: `limit` says it. */
      readonly expected?: { readonly low: number | null; readonly high: number | null };
      /** Other signals it rests on. */
      readonly others?: string[];
      /** How sure the kind is, 0 to 1; absent: it compares and does not estimate. */
      readonly confidence?: number;
      readonly says?: Saying;
      readonly from: string;
      readonly to: string;
      readonly rule: string;
    };

/** A signal that goes over its limit again and again. */
export interface Chatter {
  /** Crossings since the first of them. */
  readonly count: number;
  readonly perMinute: number;
}

/**
 * What a rule concluded about one machine and one failure mode. Life cycle: `raised` once per episode, `updated`
 * while it lasts, `cleared` at its end. Times are ISO 8601 UTC of the machine's own clock.
 */
export interface Finding {
  /** Same input gives the same id, so a replay of the journal changes nothing. */
  readonly findingId: string;
  readonly phase: "raised" | "updated" | "cleared";
  readonly machineId: string;
  readonly ruleId: string;
  /** `<plan>@<version>` that judged. */
  readonly planRef: string;
  /** A failure mode of the plan, or `uncatalogued` for a trouble code the plan does not know. */
  readonly failureMode: string;
  /** What distinguishes two problems of one failure mode on one machine; empty when nothing does. */
  readonly subject: string;
  readonly severity: Severity;
  readonly since: string;
  readonly at: string;
  /** True when this is a new onset that counts as an occurrence. */
  readonly isOnset: boolean;
  /** True when the episode began and ended in the past: shown and counted, never a live alarm. */
  readonly isHistory: boolean;
  /** `shadow`: shown and counted, and opens no ticket. Absent: the rule is active. */
  readonly mode?: "shadow";
  /**
   * Why it was cleared, if not by what the machine sends: its repair was proved, a person reset it, the machine has a new
   * owner, the plan no longer has the rule as it was, or the sensor it rests on cannot be believed.
   */
  readonly cause?: "repaired" | "reset" | "machine_moved" | "rule_changed" | "sensor_fault";
  readonly evidence: readonly Evidence[];
  /** The condition has returned to normal and the episode stays until a person resets it (IEC 62682, latched). */
  readonly isLatched?: true;
  /** Present when the episode is a chatter of at least three crossings a minute. */
  readonly chatter?: Chatter;
}

/** When a failure is expected, in days after the end of the day that was judged. */
export interface LifeForecast {
  readonly p10Days: number;
  readonly p50Days: number;
  readonly p90Days: number;
  /** 0 to 1: of a failure within the horizon. */
  readonly confidence: number;
}

/** How a part's life was judged by a rule on the last days of work, oldest first; believed when there are three. */
export interface PartForecast {
  /** Of a rule of the plan; `wear:<position>` where it is the part's own counter. */
  readonly ruleId: string;
  readonly part: string;
  readonly method: "trend" | "usage_counter" | "model";
  readonly days: readonly { readonly at: string; readonly forecast: LifeForecast }[];
}

/** Sentences of kinds that say when a part will fail, not that something has. */
const lifeWords: ReadonlySet<string> = new Set(["trend", "usage", "remaining-life"]);

/** Whether it tells of a failure to come. */
export const isPrediction = ({ evidence }: Pick<Finding, "evidence">): boolean =>
  evidence.some((piece) => piece.kind === "signal" && lifeWords.has(piece.says?.word ?? ""));

/** One step in the life of a trouble code, as its gateway told it: rules judge the past by these. */
export interface ToldCode {
  /** The machine's own time, ms since the epoch. */
  readonly atMs: number;
  /** 0: the machine's main network. */
  readonly network: number;
  readonly sa: number;
  readonly dtc: Dtc;
  readonly lamps: Lamps;
  readonly state: DtcState;
}

/** What ids of findings over completed hours begin with. */
export const historyIds = "h-";

export const isOfHistory = ({ findingId }: Pick<Finding, "findingId">): boolean =>
  findingId.startsWith(historyIds);
