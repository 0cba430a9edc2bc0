import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, openDatabase } from "@firebreak/kit/database.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { createMediaFiles } from "@firebreak/tickets/field/media-files.ts";
import { prepareTickets } from "@firebreak/tickets/prepare-tickets.ts";
import { readHolidays } from "@firebreak/tickets/sla/load-holidays.ts";
import { afterAll, expect, test } from "vitest";
import { createDemoClock } from "./demo-clock.ts";
import { type DemoDesks, openDemoDesks } from "./demo-desks.ts";
import { demoTickets } from "./demo-tickets.ts";
import { organisationSteps } from "./seed-organisation.ts";
import { ticketSteps } from "./seed-tickets.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-demo-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startedMs = Date.parse("2026-11-26T02:00:00Z");
const plans = new Map(listPlans().map((id) => [id, loadPlan(id)]));

function openDesks(db: Database): DemoDesks {
  const planIds = new Map([
    ["PUMP-001", "concrete-pump-truck"],
    ["LOADER-001", "loader-tractor"],
  ]);
  return openDemoDesks(
    {
      db,
      plans,
      planOf: (machineId) => plans.get(planIds.get(machineId) ?? ""),
      holidays: readHolidays(),
      follow: async () => {},
      listeners: new Set(),
      onMachine: ({ machineId, planId = "" }) => void planIds.set(machineId, planId),
      files: createMediaFiles(join(folder, "media")),
      telemetry: { buckets: () => Promise.reject(new Error("no series is asked for here")) },
    },
    createDemoClock(startedMs),
  );
}

async function seed(desks: DemoDesks): Promise<readonly string[]> {
  const refused: string[] = [];
  const onRefused = (key: string, { message }: Error) => void refused.push(`${key}: ${message}`);
  for (const step of organisationSteps(desks, plans, startedMs)) await step();
  for (const step of ticketSteps({ desks, startedMs, onRefused }, demoTickets)) await step();
  return refused;
}

test("tickets of every usual state, through their commands; a second time changes nothing", async () => {
  const db = openDatabase({ path: join(folder, "demo.sqlite") });
  await prepareTickets(db, { clock: createDemoClock(startedMs) });
  const desks = openDesks(db);
  expect(await seed(desks)).toEqual([]);
  const { items } = await desks.tickets.page({ limit: 200 });
  const work = items.filter(({ kind }) => kind !== "parts");
  expect(work).toHaveLength(demoTickets.length);
  expect(new Set(work.map(({ state }) => state))).toEqual(
    new Set([
      ...["new", "acknowledged", "remote_support", "assigned", "en_route", "in_progress"],
      ...["waiting_parts", "on_hold", "verifying", "follow_up", "closed", "cancelled"],
    ]),
  );
  expect(work.every(({ createdAt }) => Date.parse(createdAt) < startedMs)).toBe(true);
  const { items: transfers } = await desks.stock.transfers({ limit: 200 });
  expect(transfers.map(({ state }) => state)).toContain("in_transit");
  const { items: stock } = await desks.stock.stock({ limit: 200 });
  expect(stock.some(({ onHand, min }) => onHand < min)).toBe(true);
  expect(await desks.customers.feedbackSummary({}, true)).toMatchObject({
    answers: demoTickets.filter(({ rating }) => rating).length,
  });

  expect(await seed(desks)).toEqual([]);
  const again = await desks.tickets.page({ limit: 200 });
  expect(again.items).toEqual(items);
  expect((await desks.stock.transfers({ limit: 200 })).items).toEqual(transfers);
  await db.close();
});
