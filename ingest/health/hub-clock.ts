import type { KnownHealth } from "./health-book.ts";

/** The hub's clock against those of its gateways that somebody vouches for. */
export interface HubClock {
  /** Hub minus gateways, the median; null while no gateway can say. */
  readonly offSeconds: number | null;
  /** How many said. */
  readonly gateways: number;
  /** Most of them say that it is off by more than a message may take. */
  readonly isOff: boolean;
}

/** Clocks that are set from outside. */
const vouched = new Set<unknown>(["ntp", "gnss"]);
const toleranceSeconds = 10;

/** Asks those who are online; what a gateway without NTP or satellites says of the hub is worth nothing. Pure. */
export function judgeHubClock(gateways: Iterable<KnownHealth | undefined>): HubClock {
  const said: number[] = [];
  for (const health of gateways) {
    if (!health?.isOnline) continue;
    let trust: unknown;
    let difference: unknown;
    for (const { path, value } of health.values) {
      if (path[0] !== "clock") continue;
      if (path[1] === "trust") trust = value;
      if (path[1] === "hubDifferenceSeconds") difference = value;
    }
    if (vouched.has(trust) && typeof difference === "number") said.push(difference);
  }
  said.sort((one, other) => one - other);
  const offSeconds = said[Math.floor((said.length - 1) / 2)] ?? null;
  const isOff = offSeconds !== null && Math.abs(offSeconds) > toleranceSeconds;
  return { offSeconds, gateways: said.length, isOff };
}
