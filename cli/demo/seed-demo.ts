import type { Logger } from "@firebreak/kit/logger.ts";
import type { HubWorkshop } from "../hub/hub-workshop.ts";
import { createDemoClock } from "./demo-clock.ts";
import { type DemoDesks, openDemoDesks } from "./demo-desks.ts";
import type { DemoBook, DemoPart } from "./demo-record.ts";
import { demoTickets } from "./demo-tickets.ts";
import { organisationSteps, type SeedStep } from "./seed-organisation.ts";
import { ticketSteps } from "./seed-tickets.ts";
import type { SeedingView } from "./show-seeding.ts";

export interface SeedDemo {
  readonly workshop: HubWorkshop;
  readonly book: DemoBook;
  readonly view: SeedingView;
  readonly log: Logger;
  /** Ends between two steps; the next start goes on. */
  readonly signal: AbortSignal;
}

/** What the machines need before they speak: whose they are and where. */
export const seedOrganisation = (seed: SeedDemo): Promise<void> =>
  seedPart(seed, "organisation", "customers, sites, stock", (desks) =>
    organisationSteps(desks, seed.workshop.plans, seed.book.startedMs),
  );

/** Half a year of work, up to this minute. */
export const seedTickets = (seed: SeedDemo): Promise<void> =>
  seedPart(seed, "tickets", "tickets", (desks) =>
    ticketSteps(
      {
        desks,
        startedMs: seed.book.startedMs,
        onRefused: (ticket, error) =>
          seed.log.warn({ err: error, ticket }, "a ticket of the demonstration stopped on its way"),
      },
      demoTickets,
    ),
  );

/** Every command has an id of its own, so that a part that was cut off is done again and changes nothing twice. */
async function seedPart(
  { workshop, book, view, signal }: SeedDemo,
  part: DemoPart,
  name: string,
  stepsOf: (desks: DemoDesks) => readonly SeedStep[],
): Promise<void> {
  if (book.isDone(part) || signal.aborted) return;
  const steps = stepsOf(openDemoDesks(workshop, createDemoClock(book.startedMs)));
  view.part(name, steps.length);
  try {
    for (const [at, step] of steps.entries()) {
      if (signal.aborted) return;
      await workshop.undisturbed(step);
      view.step(at + 1);
    }
  } finally {
    view.end();
  }
  book.done(part);
}
