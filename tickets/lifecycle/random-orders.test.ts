import fc from "fast-check";
import { Compile } from "typebox/compile";
import { expect, test } from "vitest";
import { isRecomputable } from "../sla/recompute-clock.ts";
import { Ticket } from "../ticket.ts";
import { decide, fold, type TicketOrder } from "../ticket-lifecycle.ts";
import type { TicketState } from "../vocabulary.ts";
import { duesOf } from "./next-due.ts";
import {
  act,
  after,
  command,
  dueWindow,
  opening,
  openingWithout,
  orders,
  terms,
} from "./work.fixture.ts";
import { workPolicy } from "./work-policy.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const runs = isSoak ? 20_000 : 400;
/** It only computes, which takes a busy computer ten times as long. */
const limitMs = isSoak ? 3_600_000 : 120_000;
const validTicket = Compile(Ticket);

const firsts = [
  opening(),
  opening({ priority: "emergency", safetyRelated: true }),
  openingWithout({ trigger: "customer_report", channel: "hotline" }),
  openingWithout({ kind: "inspection", trigger: "calendar", priority: "planned", dueWindow }),
];

const anyOrder: fc.Arbitrary<TicketOrder> = fc.oneof(
  fc.constantFrom<TicketOrder>(...Object.values(orders)),
  fc.constantFrom<TicketOrder>(
    { type: "cancel", reason: "double" },
    { type: "raise-priority", priority: "emergency", reason: "it stopped" },
    { ...orders["follow-up-done"], blockers: ["T-7"] },
    { ...orders["miss-parts"], leavesSite: false },
  ),
);

/** The shortest way on from every state, so that chance gets to the end at times. */
const forward: Partial<Record<TicketState, TicketOrder>> = {
  planned: orders.release,
  new: orders.acknowledge,
  acknowledged: orders.assign,
  assigned: orders.depart,
  en_route: orders.arrive,
  on_site: orders["start-work"],
  in_progress: orders.finish,
  waiting_parts: orders["parts-ready"],
  on_hold: orders.resume,
  work_done: orders["submit-report"],
  verifying: orders["verification-passed"],
  follow_up: orders["follow-up-done"],
};
const stepOf = (ticket: Ticket, order: TicketOrder | "forward"): TicketOrder =>
  order === "forward" ? (forward[ticket.state] ?? orders.note) : order;
const move = fc.oneof(
  { weight: 3, arbitrary: fc.constant("forward" as const) },
  { weight: 2, arbitrary: anyOrder },
);
const refusals: readonly unknown[] = ["TICKET_TRANSITION", "TICKET_GUARD", "TICKET_NOT_ALLOWED"];

test(
  "whatever is ordered: TK-2, TK-3, TK-5, SL-5 and the schema hold, and what is due lies ahead",
  () => {
    let closed = 0;
    const step = fc.tuple(move, fc.integer({ min: 0, max: 3000 }));
    // Long ways: short ones seldom come to the end, and a run that closes nothing shows nothing.
    const way = fc.array(step, { maxLength: 60, size: "max" });
    fc.assert(
      fc.property(fc.constantFrom(...firsts), way, (first, steps) => {
        let ticket = act(undefined, first, after(0));
        let minute = 0;
        for (const [order, pause] of steps) {
          minute += pause;
          const before = ticket;
          try {
            ticket = act(ticket, stepOf(ticket, order), after(minute));
          } catch (error) {
            expect(refusals).toContain((error as { code?: unknown }).code);
          }
          expect([ticket.kind, ticket.machineId]).toEqual([before.kind, before.machineId]);
          if (before.state !== "closed" && ticket.state === "closed") {
            closed += 1;
            const event = ticket.timeline.at(-1);
            if (event?.type === "closed" && event.how !== "dispatcher")
              expect([ticket.reportId, ticket.verification?.status]).toEqual([
                expect.any(String),
                expect.stringMatching(/passed|not_applicable|inconclusive/),
              ]);
          }
        }
        expect(fold(ticket.timeline)).toEqual(ticket);
        expect(validTicket.Errors(ticket)).toEqual([]);
        expect(ticket.timeline.map(({ seq }) => seq)).toEqual(
          ticket.timeline.map((_, at) => at + 1),
        );
        for (const clock of ticket.sla) expect(isRecomputable(clock, terms.calendar)).toBe(true);
        const ids = ticket.sla.map(({ clockId }) => clockId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: runs },
    );
    expect(closed).toBeGreaterThan(0);
  },
  limitMs,
);

test(
  "what is due by itself can be done, and is then not due any more",
  () => {
    const program = { actor: { kind: "system", id: "scheduler" } as const };
    fc.assert(
      fc.property(fc.constantFrom(...firsts), fc.array(move, { maxLength: 15 }), (first, some) => {
        let ticket = act(undefined, first, after(0));
        some.forEach((order, index) => {
          try {
            ticket = act(ticket, stepOf(ticket, order), after(index + 1));
          } catch {
            // Not the time for it.
          }
        });
        for (const due of duesOf(ticket, workPolicy)) {
          const order: TicketOrder | undefined = {
            release: orders.release,
            overdue: {
              type: "raise-priority",
              priority: "general",
              reason: "due window passed",
            } as const,
            "time-out-acceptance": orders["time-out-acceptance"],
            clocks: orders["advance-clocks"],
            "remind-hold": orders["remind-hold"],
            "auto-close": orders["auto-close"],
            assign: orders["note-nobody"],
          }[due.step];
          const events = decide(ticket, { ...command(order, due.at), ...program });
          expect(events.length, due.step).toBeGreaterThan(0);
          const next = duesOf(fold(events, ticket), workPolicy).find(
            ({ step }) => step === due.step,
          );
          expect(next === undefined || next.at > due.at, due.step).toBe(true);
        }
      }),
      { numRuns: runs },
    );
  },
  limitMs,
);
