import fc from "fast-check";
import { expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { isOpen } from "../vocabulary.ts";
import { expectConsistent } from "../world.fixture.ts";
import type { PersonOrder } from "./order-bodies.ts";
import {
  finish,
  fixed,
  leaking,
  type OrdersWorld,
  openOrdersWorld,
  report,
} from "./orders.fixture.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const machines = ["PUMP-001", "PUMP-002"];
const modes = ["accumulator-precharge-loss", "accumulator-pressure-sensor", "piston-wear"];
const inspection = { isAnswered: true, isSurveyed: true, failedSteps: ["hose"] };

const some: readonly PersonOrder[] = [
  { type: "acknowledge" },
  { type: "assign" },
  { type: "accept" },
  { type: "reject", reason: "ill" },
  { type: "depart" },
  { type: "arrive", reason: "not measured" },
  { type: "start-work", isSafetyChecked: true },
  { type: "miss-parts", lines: [{ partNo: "FB-CP-FV-01", quantity: 1 }], leavesSite: true },
  { type: "parts-ready" },
  { ...finish, inspection },
  {
    type: "not-fixed",
    attempts: [{ ...fixed, result: "not_fixed" }],
    consult: { mode: "expert", question: "?" },
  },
  report("R"),
  { type: "verification-confirmed", detail: "by telephone" },
  { type: "verification-failed", detail: "still leaks" },
  { type: "follow-up-done", note: "fine" },
  { type: "hold", reason: "site_closed" },
  { type: "resume" },
  { type: "close", outcome: "no_fault_found", note: "nothing" },
  { type: "reopen", reason: "not solved" },
  { type: "cancel", reason: "double" },
  { type: "raise-priority", priority: "emergency", reason: "it stopped" },
];

type Step =
  | {
      readonly kind: "finding";
      readonly machine: number;
      readonly mode: number;
      readonly isCleared: boolean;
    }
  | { readonly kind: "order"; readonly ticket: number; readonly order: number }
  | { readonly kind: "time"; readonly hours: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("finding" as const),
      machine: fc.nat(machines.length - 1),
      mode: fc.nat(modes.length - 1),
      isCleared: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("order" as const),
      ticket: fc.nat(5),
      order: fc.nat(some.length - 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("time" as const),
      hours: fc.integer({ min: 1, max: 60 }),
    }),
  },
);
/** EN-3: nobody works on tickets of two visits. */
async function expectOneVisitEach({ service }: OrdersWorld): Promise<void> {
  const { items } = await service.page({ kind: "work", state: "in_progress", limit: 200 });
  const visits = Map.groupBy(items, ({ assignment }) => assignment?.engineerId);
  for (const [engineerId, tickets] of visits)
    if (engineerId !== undefined)
      expect(new Set(tickets.map(({ visitId, ticketId }) => visitId ?? ticketId)).size).toBe(1);
}

const refusals = [
  "TICKET_TRANSITION",
  "TICKET_GUARD",
  "TICKET_PARTS",
  "TICKET_NOT_ALLOWED",
  "ENGINEER_BUSY",
];

describeEachDatabase("random orders", (open, { kind }) => {
  const runs = isSoak ? 50 : kind === "sqlite" ? 3 : 1;
  test(
    "TK-1, TK-2, EN-3, SK-1, SK-2: whatever happens, one open ticket per problem, one visit per engineer, and all is stored as it folds",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
          const world = await openOrdersWorld(await open());
          let count = 0;
          for (const one of steps) {
            count += 1;
            world.clock.advance(60_000);
            if (one.kind === "time") await world.pass(one.hours * 3_600_000);
            else if (one.kind === "finding") {
              const raised = { phase: "raised", isOnset: true } as const;
              const cleared = { phase: "cleared", isOnset: false } as const;
              const told = leaking({
                findingId: `f-${count}`,
                machineId: machines[one.machine] ?? "",
                failureMode: modes[one.mode] ?? "",
                at: new Date(world.clock.nowMs()).toISOString(),
                ...(one.isCleared ? cleared : raised),
              });
              await world.db.transaction((tx) => world.service.applyFindings(tx, [told]));
            } else {
              const { items } = await world.service.page({ kind: "work", limit: 6 });
              const ticket = items[one.ticket % Math.max(1, items.length)];
              const order = some[one.order];
              if (!ticket || !order) continue;
              try {
                await world.give(ticket.ticketId, order);
                await expectOneVisitEach(world);
              } catch (error) {
                expect(refusals).toContain((error as { code?: unknown }).code);
              }
            }
          }
          await expectConsistent(world.db);
          for (const { items } of [await world.service.page({ kind: "work", limit: 200 })])
            for (const ticket of items)
              if (
                !isOpen(ticket.state) &&
                ticket.state === "closed" &&
                ticket.reportId !== undefined
              )
                for (const childId of ticket.childIds) {
                  const child = await world.service.get(childId);
                  if (child.kind === "parts") expect(isOpen(child.state)).toBe(false);
                }
        }),
        { numRuns: runs },
      );
    },
    isSoak ? 1_800_000 : 120_000,
  );
});
