import { describe, expect, test } from "vitest";
import type { KnownHealth } from "./health-book.ts";
import { judgeHubClock } from "./hub-clock.ts";

const gateway = (trust: string, difference: number | null, isOnline = true): KnownHealth => ({
  gatewayId: "gw",
  isOnline,
  end: null,
  reportedMs: 1,
  values: [
    { path: ["clock", "trust"], value: trust, sinceMs: 0 },
    { path: ["clock", "hubDifferenceSeconds"], value: difference, sinceMs: 0 },
    { path: ["gateway", "celsius"], value: 55, sinceMs: 0 },
  ],
});

describe("the hub's clock", () => {
  test.each([
    {
      name: "E4: all say ten minutes",
      gateways: [gateway("ntp", 600), gateway("gnss", 601)],
      offSeconds: 600,
      isOff: true,
    },
    {
      name: "E4: behind is off too",
      gateways: [gateway("ntp", -600)],
      offSeconds: -600,
      isOff: true,
    },
    {
      name: "one gateway that is wrong accuses nobody",
      gateways: [gateway("ntp", 0), gateway("ntp", 1), gateway("ntp", 9_000)],
      offSeconds: 1,
      isOff: false,
    },
    {
      name: "what nobody vouches for does not count",
      gateways: [gateway("unconfirmed", 600), gateway("suspect", 600)],
      offSeconds: null,
      isOff: false,
    },
    {
      name: "who is away does not count",
      gateways: [gateway("ntp", 600, false)],
      offSeconds: null,
      isOff: false,
    },
    {
      name: "who has not measured does not count",
      gateways: [gateway("ntp", null)],
      offSeconds: null,
      isOff: false,
    },
    {
      name: "within what a message may take it is right",
      gateways: [gateway("ntp", 8)],
      offSeconds: 8,
      isOff: false,
    },
    { name: "nobody", gateways: [undefined], offSeconds: null, isOff: false },
  ])("$name", ({ gateways, offSeconds, isOff }) => {
    expect(judgeHubClock(gateways)).toMatchObject({ offSeconds, isOff });
  });
});
