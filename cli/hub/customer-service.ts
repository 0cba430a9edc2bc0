import { staffOf } from "@firebreak/dashboards/server/auth/user-tables.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { channelDefaults } from "@firebreak/tickets/channels/channels-defaults.ts";
import { ChannelsService } from "@firebreak/tickets/channels/channels-service.ts";
import { loadChannels, noChannels } from "@firebreak/tickets/channels/load-channels.ts";
import { createPeopleDirectory } from "@firebreak/tickets/channels/people-directory.ts";
import { startChannels } from "@firebreak/tickets/channels/start-channels.ts";
import { createCustomerDesk } from "@firebreak/tickets/customers/customer-desk.ts";
import { invitesToRate } from "@firebreak/tickets/customers/invite-to-rate.ts";
import { reportersOf } from "@firebreak/tickets/customers/report-store.ts";
import type { MediaFiles } from "@firebreak/tickets/field/media-files.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import { recurring } from "./recurring.ts";

export interface CustomerServiceParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tickets: TicketService;
  readonly files: MediaFiles;
  readonly plans: ReadonlyMap<string, Plan>;
  /** The plan that serves a machine. */
  readonly planOf: (machineId: string) => Plan | undefined;
  /** File of the targets; absent: nobody is told anything. */
  readonly channelsFile?: string | undefined;
}

const TICK_MS = 60_000;

/**
 * What customers and channels need, running: notices go out, follow-ups come up. `stop` waits for what is being sent.
 * @throws CodedError BAD_CONFIGURATION with every mistake of the targets' file
 */
export function startCustomerService(parts: CustomerServiceParts) {
  const { db, clock, tickets, files, plans, planOf, channelsFile } = parts;
  const log = parts.log.child({ component: "channels" });
  const channels = new ChannelsService({
    db,
    clock,
    log,
    directory: createPeopleDirectory({ staffOf, reportersOf }),
    load: () => (channelsFile === undefined ? noChannels : loadChannels(channelsFile)),
    prepare: invitesToRate(clock.nowMs),
  });
  const running = startChannels(channels, { log, pollMs: channelDefaults.pollMs });
  const customers = createCustomerDesk({
    db,
    clock,
    tickets,
    files,
    plans: [...plans.values()],
    planOf,
  });
  const run = () =>
    customers
      .tick()
      .then(() => undefined)
      .catch((error: unknown) =>
        log.error({ err: error }, "customers' affairs were not looked at"),
      );
  const affairs = recurring({ firstMs: 0, everyMs: TICK_MS, run });
  return {
    channels,
    customers,
    /** What has come due for customers. */
    now: affairs.now,
    async stop() {
      await affairs.stop();
      await running.stop();
    },
  };
}
