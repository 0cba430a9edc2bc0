import { type Counts, countNames } from "./kpi-counts.ts";
import type { KpiFacts } from "./kpi-facts.ts";

/** A small generator of numbers from 0 to 1, always the same ones (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const HOUR_MS = 3600 * 1000;
const startMs = Date.parse("2026-01-01T00:00:00.000Z");

export const generatedRegions = ["north", "beijing", "south", "hunan"] as const;
const products = ["pump_truck", "paver", "road_roller"] as const;

/** Facts of a year of tickets. They need not hang together: sums and quantiles must come out equal whatever they are. */
export function generatedTickets(count: number, seed = 1): KpiFacts[] {
  const random = seeded(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const oneOf = <Item>(items: readonly Item[]): Item => items[upTo(items.length - 1)] as Item;
  const maybe = (most: number) => (random() < 0.7 ? upTo(most) : null);
  return Array.from({ length: count }, (_, index) => {
    const createdAt = new Date(startMs + upTo(364 * 24) * HOUR_MS).toISOString();
    const counts = Object.fromEntries(
      countNames.map((name) => [name, name.endsWith("_ms") ? upTo(90 * 24 * HOUR_MS) : upTo(1)]),
    ) as Counts;
    return {
      ticketId: `T-${index}`,
      kind: oneOf(["inspection", "repair", "parts"]),
      priority: oneOf(["emergency", "major", "general", "planned"]),
      trigger: oneOf(["anomaly", "customer_report"]),
      state: oneOf(["closed", "assigned"]),
      machineId: `M-${upTo(200)}`,
      product: oneOf(products),
      model: oneOf(["X1", "X2"]),
      regionId: oneOf(generatedRegions),
      stationId: oneOf(["st-1", "st-2", "st-3"]),
      engineerId: oneOf(["", "E-1", "E-2", "E-3"]),
      faultCode: oneOf(["", "pump", "plug", "bearing"]),
      faultClass: oneOf(["electrical", "hydraulic"]),
      createdAt,
      dueAt: random() < 0.2 ? new Date(startMs + upTo(364 * 24) * HOUR_MS).toISOString() : null,
      day: createdAt.slice(0, 10),
      week: createdAt.slice(0, 10),
      month: createdAt.slice(0, 7),
      responseMs: maybe(90 * 24 * HOUR_MS),
      arrivalMs: maybe(1000),
      partsCycleMs: maybe(3),
      counts,
    };
  });
}
