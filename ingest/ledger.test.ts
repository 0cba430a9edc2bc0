import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addTally, noTotals } from "./delivery/tally.ts";
import { balance } from "./ledger.ts";

const n = fc.nat(1_000_000);
const tally = fc.record({
  produced: n,
  suppressed: n,
  received: n,
  tombstoned: n,
  quarantined: n,
  cloned: n,
  lost: n,
  lastReceivedMs: n,
});

describe("ledger", () => {
  test("balances whatever gateways state, and never counts below zero", () => {
    fc.assert(
      fc.property(fc.array(tally, { maxLength: 5 }), fc.nat(100), (tallies, percent) => {
        const totals = tallies.reduce(addTally, noTotals);
        const stored = Math.floor((totals.received * percent) / 100);
        const ledger = balance(totals, [], { stored, quarantined: 0, byHour: [] });
        const { produced, journalled, spooled, quarantined, lost } = ledger;
        expect(produced).toBe(stored + journalled + spooled + quarantined + lost);
        expect(Math.min(journalled, spooled)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("leaves out of `produced` what the dead band held back", () => {
    const [one] = [{ ...noTotals, produced: 10, suppressed: 90, received: 10 }];
    expect(balance(one, [], { stored: 4, quarantined: 2, byHour: [] })).toMatchObject({
      produced: 10,
      suppressed: 90,
      stored: 4,
      journalled: 4,
      quarantined: 2,
    });
  });

  test("splits every hour into stored and journalled", () => {
    const lostBy = { "spool-full": 3 };
    const hours = [{ hour: 490_896, received: 10, quarantined: 2, lost: 3, lostBy }];
    const byHour = [{ hour: "2026-01-01T00:00:00.000000000Z", stored: 7 }];
    expect(balance(noTotals, hours, { stored: 7, quarantined: 0, byHour }).byHour).toEqual([
      {
        hour: "2026-01-01T00:00:00.000000000Z",
        produced: 15,
        stored: 7,
        journalled: 3,
        quarantined: 2,
        lost: 3,
        lostBy,
      },
    ]);
  });
});
