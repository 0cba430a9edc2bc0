import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryFolder } from "../ingest.fixture.ts";
import { openHubPresence } from "./hub-presence.ts";
import { heardSilenceMs } from "./silence.ts";

const startMs = Date.parse("2026-11-26T05:00:00Z");
const dayMs = 86_400_000;
const clock = { wallMs: startMs, nowMs: () => clock.wallMs, monotonicMs: () => clock.wallMs };
let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  clock.wallMs = startMs;
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

test("F10: a broker that comes and goes all day does not make the hub forget that it was off for three days", () => {
  const open = () =>
    openHubPresence({ path: join(folder.path, "presence.json"), clock, log: silentLogger });
  open().beat(true);
  const heardMs = clock.wallMs;
  clock.wallMs += 3 * dayMs;
  const presence = open();
  for (let at = 0; at < 300; at++) {
    presence.beat(at % 2 === 0);
    clock.wallMs += 10_000;
  }
  const hub = { nowMs: clock.wallMs, absences: presence.absences, isAway: presence.isAway };
  expect(heardSilenceMs(heardMs, hub)).toBeLessThan(3_600_000);
  expect(presence.absences.length).toBeLessThanOrEqual(100);
  const begins = presence.absences.map(({ fromMs }) => fromMs);
  expect(begins).toEqual([...begins].sort((one, other) => one - other));
});
