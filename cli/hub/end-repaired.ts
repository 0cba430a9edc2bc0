import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { JudgeStore } from "@firebreak/tickets/registry/judge-store.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import { endedBySale, takeEnded } from "@firebreak/tickets/verification/proved-repairs.ts";

/** Tells the rules of repairs that were proved and of machines that were sold; with everything else that the judge writes, in its transaction. */
export interface RepairEnds {
  /** Ends what belongs to former owners, before anything newer is judged; `end` stores that it was told. */
  beforehand(): Promise<Finding[]>;
  /**
   * Ends the episodes and stores what comes of it; returns the machines whose rule states are written. `offset`: of the
   * journal, as it is written in this transaction; `upTo`: what the states have seen of it.
   */
  end(
    tx: Transaction,
    at: { readonly offset: number; readonly upTo: number },
  ): Promise<ReadonlySet<string>>;
  /** The transaction is run again, or failed: takes the rules back to before `end`. */
  undo(): void;
  /** It is written. */
  keep(): void;
}

export function createRepairEnds(parts: {
  readonly db: Database;
  readonly engine: RuleEngine;
  readonly store: Pick<JudgeStore, "commit">;
  readonly tickets: Pick<TicketService, "applyFindings">;
}): RepairEnds {
  const { engine, store, tickets } = parts;
  /** Rule states before their episodes were ended, by machine. */
  const before = new Map<string, string>();

  return {
    async beforehand() {
      const sold = await endedBySale(parts.db);
      return sold.flatMap(({ machineId, findingIds, at, cause }) =>
        engine.repaired(machineId, { findingIds, provedMs: Date.parse(at), cause }),
      );
    },
    async end(tx, { offset, upTo }) {
      const findings = (await takeEnded(tx)).flatMap(({ machineId, findingIds, at, cause }) => {
        if (!before.has(machineId)) before.set(machineId, engine.snapshot(machineId));
        return engine.repaired(machineId, { findingIds, provedMs: Date.parse(at), cause });
      });
      // A reset may change a state and have nothing to tell.
      const changed = [...before].filter(([id, text]) => engine.snapshot(id) !== text);
      const machineIds = new Set(changed.map(([machineId]) => machineId));
      if (machineIds.size === 0) return machineIds;
      const states = [...machineIds].map((machineId) => ({
        machineId,
        text: engine.snapshot(machineId),
        upTo,
      }));
      await store.commit(tx, { offset, states, findings });
      await tickets.applyFindings(tx, findings);
      return machineIds;
    },
    undo() {
      for (const [machineId, text] of before) engine.restore(machineId, text);
      before.clear();
    },
    keep: () => before.clear(),
  };
}
