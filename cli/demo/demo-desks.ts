import type { Plan } from "@firebreak/plans/plan-schema.ts";
import {
  type CustomerDesk,
  createCustomerDesk,
} from "@firebreak/tickets/customers/customer-desk.ts";
import { createFieldDesk, type FieldDesk } from "@firebreak/tickets/field/field-desk.ts";
import {
  createOrganisationDesk,
  type OrganisationDesk,
} from "@firebreak/tickets/organisation/organisation-desk.ts";
import { createStockDesk, type StockDesk } from "@firebreak/tickets/parts/stock-desk.ts";
import { createTicketService, type TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { HubWorkshop } from "../hub/hub-workshop.ts";
import type { DemoClock } from "./demo-clock.ts";

/** The same commands as the hub's own pages and programs give, by a clock of their own. */
export interface DemoDesks {
  readonly clock: DemoClock;
  readonly tickets: TicketService;
  readonly stock: StockDesk;
  readonly organisation: OrganisationDesk;
  readonly field: FieldDesk;
  readonly customers: CustomerDesk;
  readonly planOf: (machineId: string) => Plan | undefined;
}

export function openDemoDesks(hub: Omit<HubWorkshop, "undisturbed">, clock: DemoClock): DemoDesks {
  const { db, plans, planOf, holidays, follow, listeners, onMachine, files, telemetry } = hub;
  const tickets = createTicketService({ db, planOf, clock, holidays, follow, listeners });
  return {
    clock,
    tickets,
    planOf,
    stock: createStockDesk({ db, begin: tickets.begin }),
    organisation: createOrganisationDesk({ db, clock, onMachine, plans }),
    field: createFieldDesk({
      db,
      clock,
      begin: tickets.begin,
      workOf: tickets.workOf,
      planOf,
      telemetry,
    }),
    customers: createCustomerDesk({
      db,
      clock,
      tickets,
      planOf,
      plans: [...plans.values()],
      files,
    }),
  };
}
