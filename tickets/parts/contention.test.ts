import { describe, expect, test } from "vitest";
import { approvalLevel, mayApprove } from "./approval.ts";
import { type Claim, compareClaims, outranks } from "./contention.ts";
import { partsConfig } from "./parts-config.ts";

const claim = (facts: Partial<Claim>): Claim => ({
  tier: "above",
  priority: "general",
  isKeyCustomer: false,
  createdAt: "2026-03-02T00:00:00.000Z",
  ...facts,
});

describe("compareClaims", () => {
  const later = "2026-03-03T00:00:00.000Z";
  // Strongest first; each differs from the next in one criterion more important than all below.
  const inOrder = [
    claim({ priority: "emergency", tier: "meet" }),
    claim({ tier: "exceed", priority: "planned" }),
    claim({ priority: "major" }),
    claim({ isKeyCustomer: true, createdAt: later }),
    claim({ dueAt: "2026-03-02T08:00:00.000Z", createdAt: later }),
    claim({ dueAt: "2026-03-02T09:00:00.000Z", createdAt: later }),
    claim({}),
    claim({ createdAt: later }),
    claim({ tier: "meet" }),
  ];

  test("C-20: emergency, tier, priority, key customer, due, created", () => {
    expect(inOrder.toReversed().sort((a, b) => compareClaims(a, b))).toEqual(inOrder);
  });

  test("the order is configuration", () => {
    const config = { ...partsConfig, contentionOrder: ["priority", "tier"] as const };
    const [one, other] = [claim({ tier: "exceed" }), claim({ priority: "major" })];
    expect(compareClaims(one, other)).toBeLessThan(0);
    expect(compareClaims(one, other, config)).toBeGreaterThan(0);
  });

  test("nobody is pre-empted for being due or made later", () => {
    expect(outranks(claim({ dueAt: "2026-03-02T08:00:00.000Z" }), claim({}))).toBe(false);
    expect(outranks(claim({ isKeyCustomer: true }), claim({}))).toBe(true);
  });
});

describe("approvalLevel", () => {
  const subject = { isEmergency: false, isPreapproved: false, valueFen: 500_000 };
  test.each([
    { name: "an emergency", is: { ...subject, isEmergency: true, valueFen: 9e9 }, level: "auto" },
    { name: "predicted by a plan", is: { ...subject, isPreapproved: true }, level: "auto" },
    { name: "up to the station's limit", is: subject, level: "station" },
    { name: "one fen more", is: { ...subject, valueFen: 500_001 }, level: "region" },
    { name: "up to the region's limit", is: { ...subject, valueFen: 5_000_000 }, level: "region" },
    { name: "above it", is: { ...subject, valueFen: 5_000_001 }, level: "hq" },
  ])("$name: $level", ({ is, level }) => {
    expect(approvalLevel(is)).toBe(level);
  });

  test("a higher level may do what a lower may, never the reverse", () => {
    expect([mayApprove("hq", "station"), mayApprove("station", "hq")]).toEqual([true, false]);
    expect(mayApprove("region", "region")).toBe(true);
  });
});
