import { healthProblemCodes } from "@firebreak/ingest/health/health-problems.ts";
import type { HealthView } from "@firebreak/ingest/health/health-view.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { HubDisk } from "./hub-disk.ts";
import type { HubSilence } from "./hub-silence.ts";
import { seldom } from "./seldom.ts";

/** It reads the whole telemetry file, beside which questions wait. */
const countStoreEveryMs = 600_000;

/** Everything countable of a hub, read when it is asked for. */
export function createHubMetrics(
  ingest: Ingest,
  tickets: TicketService,
  {
    health,
    silence,
    disks,
  }: {
    readonly health: Pick<HealthView, "ofGateway">;
    readonly silence: Pick<HubSilence, "counts" | "alarms" | "reconnecting">;
    readonly disks: readonly HubDisk[];
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
    "bytes of sealed blocks and rollups, up to ten minutes old; NaN: not counted yet",
    seldom(async () => (await ingest.store.stats()).file?.sealedBytes ?? 0, Number.NaN, {
      everyMs: countStoreEveryMs,
    }),
  );
  labelled("consumer_lag_bytes", "journal bytes a consumer has still to read", "consumer", () =>
    Object.fromEntries(ingest.journal.consumers().map(({ name, lagBytes }) => [name, lagBytes])),
  );
  labelled("consumer_lag_seconds", "how long the oldest unread record has waited", "consumer", () =>
    Object.fromEntries(
      ingest.journal.consumers().map(({ name, lagSeconds }) => [name, lagSeconds]),
    ),
  );
  countIntake(ingest, registry);
  measureStore(ingest.store, registry);
  for (const [name, help, key] of diskFigures)
    labelled(name, help, "folder", () =>
      Object.fromEntries(disks.map(({ folder, guard }) => [folder, guard.status()[key] ?? 0])),
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

const diskFigures = [
  ["disk_size_bytes", "size of a disk the hub writes to", "total"],
  ["disk_free_bytes", "free on it", "free"],
  ["disk_reserve_bytes", "below so many free bytes nothing more is taken in", "reserve"],
] as const;

/** A counter of ours is set to what the part that counts says. */
function follow(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name: `firebreak_${name}`,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

/** With 10,000 gateways the status is not made for each of its figures anew. */
function onceAScrape<Value>(read: () => Value): () => Value {
  let known: { readonly value: Value; readonly atMs: number } | undefined;
  return () => {
    const atMs = performance.now();
    if (known === undefined || atMs - known.atMs > 200) known = { value: read(), atMs };
    return known.value;
  };
}

/** What gateways may free is acknowledged once it is on disk: `rate(firebreak_samples_acknowledged_total[1m])`. */
function countIntake(ingest: Pick<Ingest, "status">, registry: Registry): void {
  const status = onceAScrape(() => ingest.status());
  follow(registry, "messages_received_total", "MQTT messages", () => status().feed.received);
  follow(
    registry,
    "messages_deferred_total",
    "messages not taken because the journal could not; gateways send them again",
    () => status().feed.deferred,
  );
  follow(
    registry,
    "batches_acknowledged_total",
    "new batches that are on disk",
    () => status().taken.batches,
  );
  follow(
    registry,
    "samples_acknowledged_total",
    "samples in these batches",
    () => status().taken.samples,
  );
}

/** How long samples take from the journal into the store, and a question to the store. */
function measureStore(store: Ingest["store"], registry: Registry): void {
  const help = "time from the journal's disk into the telemetry store, a chunk at a time";
  follow(registry, "store_delay_seconds_sum", help, () => store.delay.seconds);
  follow(registry, "store_delay_seconds_count", "chunks stored", () => store.delay.chunks);
  new Gauge({
    name: "firebreak_store_answer_seconds",
    help: "how long the store took to answer a small question just now",
    registers: [registry],
    async collect() {
      const beganMs = performance.now();
      const isAnswered = await store.offset().then(
        () => true,
        () => false,
      );
      this.set(isAnswered ? (performance.now() - beganMs) / 1_000 : Number.POSITIVE_INFINITY);
    },
  });
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
