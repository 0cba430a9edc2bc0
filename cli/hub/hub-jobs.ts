import type { FollowingStore } from "@firebreak/ingest/store/store.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { type Ending, endAll } from "@firebreak/kit/end-all.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { StockDesk } from "@firebreak/tickets/parts/stock-desk.ts";
import type { ShelvingDesk } from "@firebreak/tickets/shelving/shelving-desk.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { Verifier } from "@firebreak/tickets/verification/verifier.ts";
import { endProofsInTime } from "./end-proofs.ts";
import { endShelvesOften } from "./end-shelves.ts";
import { hubLearned } from "./hub-learned.ts";
import type { HubOptions } from "./hub-options.ts";
import { hubStandings } from "./hub-standings.ts";
import { judgeBackFillsOften } from "./judge-back-fills.ts";
import { judgeHistoryOften } from "./judge-history-often.ts";
import { planDaily } from "./plan-daily.ts";
import type { PlanSources } from "./plan-setting.ts";
import { tickStockOften } from "./tick-stock.ts";
import { tickTicketsOften } from "./tick-tickets.ts";
import { trimAuditOften } from "./trim-audit-often.ts";

/** What the hub does again and again by the clock, begun. `stop` waits for what is under way. */
export async function startHubJobs(
  options: HubOptions,
  parts: PlanSources & {
    readonly db: Database;
    readonly clock: Clock;
    readonly planOf: (machineId: string) => Plan | undefined;
    readonly tickets: TicketService;
    readonly shelving: ShelvingDesk;
    readonly verifier: Verifier;
    readonly stock: StockDesk;
    readonly store: FollowingStore;
  },
) {
  const { db, clock } = parts;
  const { log } = options;
  const proofs = endProofsInTime(parts, log);
  const ticks = tickTicketsOften(parts.tickets, log);
  const shelves = tickStockOften(parts.stock, log);
  const setAside = endShelvesOften(parts.shelving, log);
  const planner = planDaily(parts, log);
  const standings = hubStandings(parts, log);
  const learned = hubLearned(options, log);
  const history = await judgeHistoryOften({ ...parts, learned }, log);
  const late = judgeBackFillsOften(parts, log);
  const trimming = trimAuditOften({ db, clock, keepDays: options.auditDays }, log);
  const jobs = [proofs, ticks, shelves, setAside, history, late, planner, standings, trimming];
  const endings: Ending[] = jobs.map(({ stop }) => stop);
  // Before them: who judges waits for what is learned.
  endings.push(() => learned.stop());
  return {
    history,
    standings,
    ticks,
    /** What comes due by the clock, in the order in which one follows from another. */
    due: { before: [history, late, planner], after: [setAside, ticks, shelves, proofs] },
    stop: () => endAll(endings),
  };
}
