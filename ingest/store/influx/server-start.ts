import type { InfluxTarget } from "../telemetry-url.ts";
import type { InfluxClient } from "./influx-client.ts";

/**
 * When the server's process began, ms since 1970 by its own clock; undefined where it does not say. 1.x: `started` of
 * `/debug/vars`; 2.x: `influxdb_uptime_seconds` of `/metrics`.
 */
export async function serverStart(
  client: Pick<InfluxClient, "call">,
  { version }: Pick<InfluxTarget, "version">,
  nowMs: () => number,
): Promise<number | undefined> {
  try {
    const startMs = version === 1 ? startOf1(await client.call("GET", "/debug/vars")) : undefined;
    if (version !== 2) return startMs;
    const text = String(await client.call("GET", "/metrics"));
    const uptime = /^influxdb_uptime_seconds\S* ([\d.e+]+)$/m.exec(text)?.[1];
    return uptime === undefined ? undefined : nowMs() - Number(uptime) * 1_000;
  } catch {
    return undefined;
  }
}

function startOf1(answer: unknown): number | undefined {
  const { system } = (answer ?? {}) as { system?: { started?: unknown } };
  const startMs = Date.parse(String(system?.started));
  return Number.isFinite(startMs) ? startMs : undefined;
}

/** An uptime is told in steps and takes a while to arrive; `started` is exact. */
const sameWithinMs = { 1: 0, 2: 1_000, 3: 1_000 } as const;

/** Whether it may be another process than the one known; so it is where nobody knows. */
export const mayBeAnother = (
  known: number | undefined,
  found: number | undefined,
  { version }: Pick<InfluxTarget, "version">,
): boolean =>
  known === undefined || found === undefined || Math.abs(known - found) > sameWithinMs[version];
