import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LiveMachine } from "@firebreak/ingest/live/live-view.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { type Database, openDatabase } from "@firebreak/kit/database.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import type { PlannerReport } from "@firebreak/tickets/planner/run-planner.ts";
import { prepareTickets } from "@firebreak/tickets/prepare-tickets.ts";
import { createTicketService } from "@firebreak/tickets/ticket-service.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { planDaily } from "./plan-daily.ts";

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-plan-daily-"));
  db = openDatabase({ path: join(folder, "firebreak.sqlite") });
  await prepareTickets(db);
});
afterEach(async () => {
  vi.useRealTimers();
  await db.close();
  rmSync(folder, { recursive: true });
});

/** PUMP-001 by its own meter; the first organisation's file says 3120. */
const shows3490Hours = (machineId: string): LiveMachine | undefined =>
  machineId === "PUMP-001"
    ? {
        machineId,
        gatewayId: machineId,
        isOnline: true,
        staleSince: null,
        lastContact: null,
        activeDtcs: [],
        signals: [
          {
            name: "engineTotalHoursOfOperation",
            unit: "h",
            value: 3490,
            quality: "good",
            t: "2026-01-01T00:00:00.000000000Z",
          },
        ],
      }
    : undefined;

test("planned work is looked at a quarter of an hour after the start, then every six hours, until the stop", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const log = createLogger("silent");
  const info = vi.spyOn(log, "info");
  const plans = new Map(listPlans().map((id) => [id, loadPlan(id)]));
  const tickets = createTicketService({ db, planOf: () => undefined, clock: systemClock });
  const { stop } = planDaily(
    {
      db,
      tickets,
      plans,
      machines: new Map(),
      live: { machine: shows3490Hours },
      clock: systemClock,
    },
    log,
  );
  vi.advanceTimersByTime(14 * 60_000);
  expect(info).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(() => expect(info).toHaveBeenCalledTimes(1), { timeout: 60_000 });
  const report = info.mock.calls[0]?.[0] as unknown as PlannerReport;
  expect(report.machines).toBeGreaterThan(0);
  const { items } = await tickets.page({ machine: "PUMP-001", kind: "inspection", limit: 200 });
  expect(items).toContainEqual(
    expect.objectContaining({ dedupeKey: "PUMP-001:service:service-500h:7:inspection" }),
  );
  vi.advanceTimersByTime(6 * 3_600_000);
  await stop();
  expect(info).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(12 * 3_600_000);
  expect(info).toHaveBeenCalledTimes(2);
});
