import type { QuarantineReader } from "@firebreak/dashboards/server/ports.ts";
import type { LiveView } from "@firebreak/ingest/live/live-view.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { settleSilences } from "@firebreak/tickets/silence/settle-silences.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { HubSilence } from "./hub-silence.ts";
import { type Recurring, recurring } from "./recurring.ts";

const everyMs = 60_000;
const actor = { kind: "system", id: "silence" } as const;

type Alarm = ReturnType<QuarantineReader["alarms"]>[number];

export interface SilenceTickets extends Recurring {
  /** One when machines wait for their ticket, else none. */
  alarms(): Alarm[];
}

/** Machines that are silent for long become inspections, and those end when they are heard again. */
export function askAboutSilence(
  parts: {
    readonly db: Database;
    readonly tickets: Pick<TicketService, "begin">;
    readonly silence: Pick<HubSilence, "list">;
    readonly live: Pick<LiveView, "machines">;
    readonly planOf: (machineId: string) => Plan | undefined;
    readonly clock: Clock;
  },
  log: Logger,
): SilenceTickets {
  const { db, tickets, silence, live, planOf, clock } = parts;
  let waiting = { machines: 0, sinceMs: 0, lastMs: 0 };
  const run = async () => {
    try {
      const contacts = new Map(
        live.machines().map(({ machineId, lastContact }) => [machineId, lastContact]),
      );
      const nowMs = clock.nowMs();
      const report = await settleSilences(
        { db, begin: (tx) => tickets.begin(tx, actor), planOf, nowMs },
        {
          silent: silence.list(),
          contactMs: (machineId) => Date.parse(contacts.get(machineId) ?? "") || 0,
        },
      );
      const sinceMs = waiting.machines > 0 ? waiting.sinceMs : nowMs;
      waiting = { machines: report.waiting, sinceMs, lastMs: nowMs };
      for (const { machineId, error } of report.failed)
        log.error({ err: error, machineId }, "nobody could be asked about a silent machine");
    } catch (error) {
      log.error({ err: error }, "silent machines could not be asked about");
    }
  };
  const alarms = () => (waiting.machines > 0 ? [toAlarm(waiting)] : []);
  return { ...recurring({ everyMs, run }), alarms };
}

const toAlarm = ({
  machines,
  sinceMs,
  lastMs,
}: {
  readonly machines: number;
  readonly sinceMs: number;
  readonly lastMs: number;
}): Alarm => ({
  kind: "silence-tickets-wait",
  gatewayId: null,
  machineId: null,
  site: null,
  machines,
  firstAt: new Date(sinceMs).toISOString(),
  lastAt: new Date(lastMs).toISOString(),
  count: 1,
});
