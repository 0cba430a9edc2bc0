import type { Transaction } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";

/** What the hub knows of a machine; `firstSeenAt` never changes once written. */
export interface KnownMachine {
  readonly machineId: string;
  /** Id of the plan that judges it. */
  readonly plan: string;
  readonly gatewayId: string;
  readonly dictionaryHash: string;
  readonly firstSeenAt: string;
}

export interface RuleState {
  readonly machineId: string;
  /** As the rule engine wrote it; never looked into. */
  readonly text: string;
}

/** What one step of the judge writes. All of it belongs to the journal up to (not including) `offset`. */
export interface JudgeStep {
  readonly offset: number;
  readonly machines?: readonly KnownMachine[];
  readonly states?: readonly RuleState[];
  readonly findings?: readonly Finding[];
}

/** The memory of the consumer that runs the rules: one transaction holds offset, rule states, findings and tickets. */
export interface JudgeStore {
  /** Null before the first commit. */
  loadOffset(): Promise<number | null>;
  loadStates(): Promise<RuleState[]>;
  commit(tx: Transaction, step: JudgeStep): Promise<void>;
  machines(): Promise<KnownMachine[]>;
  machine(machineId: string): Promise<KnownMachine | undefined>;
  /** Newest first, each in its last known phase. */
  findings(machineId: string, limit: number): Promise<Finding[]>;
}
