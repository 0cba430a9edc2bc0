import type { Clock } from "@firebreak/kit/clock.ts";
import type { SparkplugHost } from "../host/sparkplug-host.ts";
import { fleetOf, type LinksStatus } from "../ingest-status.ts";
import type { HealthReader } from "./health-book.ts";
import { judgeHubClock } from "./hub-clock.ts";

const judgedForMs = 10_000;

/** The state of the lines to all gateways; asked by every page, so the clock is judged now and then only. */
export function createLinks({
  host,
  health,
  clock,
}: {
  readonly host: Pick<SparkplugHost, "nodes">;
  readonly health: Pick<HealthReader, "of">;
  readonly clock: Clock;
}): () => LinksStatus {
  let judgedMs = Number.NEGATIVE_INFINITY;
  let hubClock = judgeHubClock([]);
  return () => {
    const now = clock.monotonicMs();
    if (now - judgedMs >= judgedForMs) {
      judgedMs = now;
      hubClock = judgeHubClock(host.nodes.map(({ gatewayId }) => health.of(gatewayId)));
    }
    return { ...fleetOf(host, clock.nowMs()), hubClock };
  };
}
