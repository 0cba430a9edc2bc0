import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Claim, encodeClaim, parseClaim } from "./claim.ts";

const claim: Claim = {
  urls: ["mqtts://hub.example:8883", "mqtts://[2001:db8::1]:8883"],
  gatewayId: "Pumpe 7 网关",
  claimId: "0011223344556677",
  secret: "c2VjcmV0LXNlY3JldC1zZWNyZXQ",
  fingerprint: "ab".repeat(32),
  expiresMs: 1_800_000_000_000,
  machines: ["PUMP-7"],
};

const mustRefuse = (text: string) => {
  try {
    return parseClaim(text);
  } catch (error) {
    expect(error).toMatchObject({ code: "BAD_CLAIM" });
    // A message ends in logs and on screens; the secret must not.
    expect((error as Error).message).not.toContain("c2VjcmV0");
    return undefined;
  }
};

describe("parseClaim", () => {
  test("reads what encodeClaim wrote, with the white space of a file around it", () => {
    expect(parseClaim(` ${encodeClaim(claim)}\r\n`)).toEqual(claim);
    expect(encodeClaim(claim)).toMatch(/^[A-Za-z0-9:_-]+$/);
  });

  test("a claim that was cut off anywhere is refused", () => {
    const text = encodeClaim(claim);
    for (let length = 0; length < text.length - 1; length++)
      expect(mustRefuse(text.slice(0, length))).toBeUndefined();
  });

  test("whatever text it is given, it throws its own error or gives a whole claim", () => {
    const near = fc
      .json()
      .map((json) => `firebreak-claim:1:${Buffer.from(json).toString("base64url")}`);
    const changed = fc
      .tuple(fc.nat(encodeClaim(claim).length - 1), fc.string({ minLength: 1, maxLength: 1 }))
      .map(
        ([at, by]) => `${encodeClaim(claim).slice(0, at)}${by}${encodeClaim(claim).slice(at + 1)}`,
      );
    fc.assert(
      fc.property(fc.oneof(fc.string(), near, changed), (text) => {
        const read = mustRefuse(text);
        if (read) expect(parseClaim(encodeClaim(read))).toEqual(read);
      }),
    );
  });

  test("only mqtts:// addresses are taken", () => {
    expect(mustRefuse(encodeClaim({ ...claim, urls: ["mqtt://hub.example"] }))).toBeUndefined();
    expect(mustRefuse(encodeClaim({ ...claim, urls: [] }))).toBeUndefined();
  });
});
