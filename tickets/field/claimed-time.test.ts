import fc from "fast-check";
import { expect, test } from "vitest";
import { claimOf } from "./claimed-time.ts";

const serverNowMs = Date.parse("2026-03-02T12:00:00.000Z");
const iso = (minutes: number) => new Date(serverNowMs + minutes * 60_000).toISOString();
const now = { serverNowMs, deviceNow: iso(0) };

test.each([
  { name: "a right clock", phone: { at: iso(-90) }, limits: now, is: iso(-90), isUsable: true },
  {
    name: "a clock 40 min slow",
    phone: { at: iso(-130) },
    limits: { ...now, deviceNow: iso(-40) },
    is: iso(-90),
    isUsable: true,
  },
  {
    name: "a stopwatch that agrees",
    phone: { at: iso(-90), elapsedMs: 5_401_000 },
    limits: now,
    is: new Date(serverNowMs - 5_401_000).toISOString(),
    isUsable: true,
  },
  {
    name: "a clock set back after arriving",
    phone: { at: iso(-180), elapsedMs: 60 * 60_000 },
    limits: now,
    is: iso(-60),
    isUsable: false,
  },
  { name: "the future", phone: { at: iso(30) }, limits: now, is: iso(0), isUsable: false },
  { name: "a clock a minute fast", phone: { at: iso(1) }, limits: now, is: iso(0), isUsable: true },
  {
    name: "the day before yesterday",
    phone: { at: iso(-48 * 60) },
    limits: now,
    is: iso(-48 * 60),
    isUsable: false,
  },
  {
    name: "before the job was given",
    phone: { at: iso(-90) },
    limits: { ...now, notBefore: iso(-60) },
    is: iso(-90),
    isUsable: false,
  },
])("ES-6: $name", ({ phone, limits, is, isUsable }) => {
  expect(claimOf(phone, limits)).toMatchObject({ deviceAt: phone.at, claimedAt: is, isUsable });
});

test("ES-6: whatever a phone says, nothing usable lies ahead of now, a day back or before the job", () => {
  const instant = fc.integer({ min: -5000, max: 5000 }).map(iso);
  fc.assert(
    fc.property(
      fc.record({
        at: instant,
        elapsedMs: fc.option(fc.integer({ min: -1e9, max: 1e9 }), { nil: undefined }),
      }),
      fc.option(instant, { nil: undefined }),
      instant,
      (phone, deviceNow, notBefore) => {
        const { claimedAt, isUsable } = claimOf(phone, { serverNowMs, deviceNow, notBefore });
        expect(Date.parse(claimedAt)).toBeLessThanOrEqual(serverNowMs);
        if (!isUsable) return;
        expect(Date.parse(claimedAt)).toBeGreaterThanOrEqual(serverNowMs - 24 * 3600_000);
        expect(claimedAt >= notBefore || Date.parse(notBefore) > serverNowMs).toBe(true);
      },
    ),
  );
});
