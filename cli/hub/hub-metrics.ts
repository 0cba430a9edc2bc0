import { healthProblemCodes } from "@firebreak/ingest/health/health-problems.ts";
import type { HealthView } from "@firebreak/ingest/health/health-view.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { HubSilence } from "./hub-silence.ts";

/** Everything countable of a hub, read when it is asked for. */
export function createHubMetrics(
  ingest: Ingest,
  tickets: TicketService,
  {
    health,
    silence,
  }: {
    readonly health: Pick<HealthView, "ofGateway">;
    readonly silence: Pick<HubSilence, "counts" | "alarms" | "reconnecting">;
  },
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name: `firebreak_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  const labelled = (
    name: string,
    help: string,
    label: string,
    read: () => Readonly<Record<string, number>>,
  ) =>
    new Gauge({
      name: `firebreak_${name}`,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.set({ [label]: value }, count);
      },
    });
  gauge("journal_bytes", "bytes of the journal on disk", () => ingest.journal.bytes);
  gauge("journal_end", "position behind the last journal record", () => ingest.journal.end);
  gauge(
    "gateways_online",
    "gateways with an open session",
    () => ingest.status().gateways.filter(({ isOnline }) => isOnline).length,
  );
  gauge(
    "tickets_open",
    "tickets before closed, cancelled or merged",
    async () => (await tickets.counts()).open,
  );
  gauge(
    "store_sealed_bytes",
    "bytes of sealed blocks and rollups",
    async () => (await ingest.store.stats()).file?.sealedBytes ?? 0,
  );
  labelled("consumer_lag_bytes", "journal bytes a consumer has still to read", "consumer", () =>
    Object.fromEntries(ingest.journal.consumers().map(({ name, lagBytes }) => [name, lagBytes])),
  );
  labelled("alarms", "gateways that somebody has to look at", "kind", () => {
    const counts: Record<string, number> = {};
    for (const { kind } of [...ingest.alarms(), ...silence.alarms()])
      counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  });
  gauge(
    "gateways_reconnecting",
    "gateways lost within the last ten minutes and not back yet",
    () => ingest.links().reconnecting,
  );
  gauge(
    "hub_clock_off_seconds",
    "this clock minus that of gateways with NTP or satellites, the median; NaN: none can say",
    () => ingest.links().hubClock.offSeconds ?? Number.NaN,
  );
  labelled(
    "refused",
    "connections and messages refused by the broker",
    "why",
    () => ingest.status().refusals,
  );
  labelled("quarantined", "records in quarantine", "reason", () =>
    ingest.intake.quarantineCounts(),
  );
  labelled("gateway_problems", "gateways with this problem, by what they say", "problem", () =>
    problemCounts(ingest, health),
  );
  labelled("machines_silent", "silent machines by cause", "cause", silence.counts);
  gauge(
    "machines_reconnecting",
    "machines that may still be on their way back behind an absence of the hub",
    () => silence.reconnecting,
  );
  return registry;
}

/** A problem that nobody has is told as 0, so that an alarm on it ends. */
function problemCounts(
  ingest: Pick<Ingest, "status">,
  health: Pick<HealthView, "ofGateway">,
): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(
    healthProblemCodes.map((code) => [code, 0]),
  );
  for (const { gatewayId } of ingest.status().gateways) {
    const problems = health.ofGateway(gatewayId)?.problems ?? [];
    for (const code of new Set(problems.map((one) => one.code)))
      counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}
