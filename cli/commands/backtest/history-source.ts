import type { RawSeries } from "@firebreak/ingest/store/store.ts";
import type { CodeHistory } from "@firebreak/tickets/history/code-steps.ts";
import type { KnownTicket } from "./known-tickets.ts";

export interface SampleSpan {
  readonly machineId: string;
  readonly signal: string;
  /** ms since the Unix epoch, inclusive. */
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
}

/** Where stored history comes from: a hub's folder, or a hub's interface. Only read. */
export interface HistorySource {
  /** Machines that a plan of that id judges, by id. */
  machinesOf(planId: string): Promise<readonly string[]>;
  /** Every stored sample of one signal in a span, oldest first. */
  samples(span: SampleSpan): Promise<RawSeries>;
  /** How trouble codes of a machine came and went before `toMs`; what an older release kept of them is nothing. */
  codes(machineId: string, toMs: number): Promise<CodeHistory>;
  /** All tickets there are. */
  tickets(): Promise<readonly KnownTicket[]>;
  close(): Promise<void>;
}

export const noCodes: CodeHistory = { knownFromMs: null, steps: [] };
