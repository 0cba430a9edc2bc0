import { healthEntry, healthPath } from "@firebreak/wire/gateway-health.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import type { NodeSession } from "../host/node-session.ts";
import type { ArrivedHealth } from "./health-book.ts";

const mostMetrics = 2_000;

/** What a birth says of a gateway's health; notes the aliases. */
export function healthOfBirth(
  session: NodeSession,
  payload: Payload,
  receivedMs: number,
): ArrivedHealth {
  session.healthAliases.clear();
  for (const { name = "", alias } of payload.metrics) {
    const path = healthPath(name);
    if (path !== undefined && alias !== undefined && session.healthAliases.size < mostMetrics)
      session.healthAliases.set(alias, path);
  }
  return { ...healthOfData(session, payload, receivedMs), isBirth: true };
}

/** What data say of it. What no birth has named is passed over. */
export function healthOfData(
  { gatewayId, healthAliases }: NodeSession,
  payload: Payload,
  receivedMs: number,
): ArrivedHealth {
  const sentMs = payload.timestampMs ?? receivedMs;
  const entries = payload.metrics.flatMap((metric) => {
    const path = healthAliases.get(metric.alias ?? -1);
    const entry = path && healthEntry(path, metric, sentMs);
    return entry ? [entry] : [];
  });
  const isHistorical = payload.metrics.some((metric) => metric.isHistorical === true);
  return { gatewayId, isBirth: false, isHistorical, entries, receivedMs, sentMs };
}
