import { systemClock } from "@firebreak/kit/clock.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAttemptLimit } from "./attempt-limit.ts";
import { createAudit } from "./audit.ts";
import { createPacketMeter } from "./packet-guard.ts";
import { canPublish, canSubscribe } from "./topic-rights.ts";

describe("topic rights", () => {
  test.each([
    { topic: "spBv1.0/firebreak/NBIRTH/gw", allowed: true },
    { topic: "spBv1.0/firebreak/DDATA/gw/m-1", allowed: true },
    { topic: "spBv1.0/firebreak/DDATA/gw/m-2", allowed: false },
    { topic: "spBv1.0/firebreak/DDATA/other/m-1", allowed: false },
    { topic: "spBv1.0/firebreak/NCMD/gw", allowed: false },
    { topic: "spBv1.0/other/NBIRTH/gw", allowed: false },
    { topic: "spBv1.0/STATE/firebreak-hub", allowed: false },
    { topic: "$SYS/broker/load", allowed: false },
  ])("publish on $topic: $allowed", ({ topic, allowed }) => {
    expect(canPublish("gw", ["m-1"], topic)).toBe(allowed);
  });

  test.each([
    { filter: "spBv1.0/firebreak/NCMD/gw", allowed: true },
    { filter: "spBv1.0/firebreak/DCMD/gw/+", allowed: true },
    { filter: "spBv1.0/STATE/firebreak-hub", allowed: true },
    { filter: "spBv1.0/firebreak/NCMD/+", allowed: false },
    { filter: "spBv1.0/firebreak/NCMD/other", allowed: false },
    { filter: "#", allowed: false },
    { filter: "$SYS/#", allowed: false },
    { filter: "spBv1.0/firebreak/DDATA/gw/m-1", allowed: false },
  ])("subscribe to $filter: $allowed", ({ filter, allowed }) => {
    expect(canSubscribe("gw", filter)).toBe(allowed);
  });
});

describe("packet meter", () => {
  const packet = (length: number) => {
    const bytes = [0x30];
    let rest = length;
    do {
      bytes.push((rest % 128) | (rest > 127 ? 128 : 0));
      rest = Math.floor(rest / 128);
    } while (rest > 0);
    return Buffer.concat([Buffer.from(bytes), Buffer.alloc(length)]);
  };

  test("lets packets up to the limit pass, however the stream is cut", () => {
    const lengths = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 50 }), (sizes, step) => {
        const stream = Buffer.concat(sizes.map(packet));
        const meter = createPacketMeter(1_000);
        for (let at = 0; at < stream.length; at += step)
          expect(meter.take(stream.subarray(at, at + step))).toBe(0);
      }),
    );
  });

  test("stops at the header of one that is too long", () => {
    const meter = createPacketMeter(1_000);
    expect(meter.take(packet(10))).toBe(0);
    expect(meter.take(packet(1_001).subarray(0, 3))).toBe(1_001);
  });

  test("refuses a length of five bytes", () => {
    expect(createPacketMeter(1_000).take(Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe("audit", () => {
  test("counts repetitions in one entry and stays bounded", () => {
    const audit = createAudit(systemClock, 3);
    for (let at = 0; at < 10; at++) audit.refuse("publish-topic", "gw", "10.0.0.1:5", "t");
    expect(audit.list()).toMatchObject([{ who: "gw", remote: "10.0.0.1", count: 10 }]);
    for (let at = 0; at < 10; at++) audit.refuse("bad-credentials", `gw-${at}`, "10.0.0.1:5");
    expect(audit.list().map(({ who }) => who)).toEqual(["gw-9", "gw-8", "gw-7"]);
    expect(audit.counts()["bad-credentials"]).toBe(10);
  });
});

describe("attempt limit", () => {
  test("closes after the last failure allowed and opens when the window is over", () => {
    let now = 0;
    const limit = createAttemptLimit(
      { nowMs: () => now, monotonicMs: () => now },
      { failures: 2, windowMs: 1_000 },
    );
    expect(limit.take("a")).toBe(true);
    expect(limit.take("a")).toBe(true);
    expect(limit.take("a")).toBe(false);
    expect(limit.take("b")).toBe(true);
    now = 1_001;
    expect(limit.take("a")).toBe(true);
  });

  test("an attempt that turned out well counts for nothing", () => {
    const clock = { nowMs: () => 0, monotonicMs: () => 0 };
    const limit = createAttemptLimit(clock, { failures: 1, windowMs: 1_000 });
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(limit.take("a")).toBe(true);
      limit.giveBack("a");
    }
  });
});
