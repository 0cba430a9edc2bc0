import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { type Database, openDatabase } from "@firebreak/kit/database.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
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

test("planned work is looked at a quarter of an hour after the start, then every six hours, until the stop", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const log = createLogger("silent");
  const info = vi.spyOn(log, "info");
  const plans = new Map(listPlans().map((id) => [id, loadPlan(id)]));
  const tickets = createTicketService({ db, planOf: () => undefined, clock: systemClock });
  const stop = planDaily({ db, tickets, plans, machines: new Map() }, log);
  vi.advanceTimersByTime(14 * 60_000);
  expect(info).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  await vi.waitFor(() => expect(info).toHaveBeenCalledTimes(1), { timeout: 20_000 });
  // The machines of the first organisation that are in service or stand by.
  expect(info.mock.calls[0]?.[0]).toMatchObject({ machines: 5 });
  vi.advanceTimersByTime(6 * 3_600_000);
  await stop();
  expect(info).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(12 * 3_600_000);
  expect(info).toHaveBeenCalledTimes(2);
});
