import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { healthEntry, healthMetric, healthName, healthPath } from "./gateway-health.ts";
import { decodePayload, encodePayload } from "./sparkplug-payload.ts";

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ maxLength: 50 }).filter((text) => text.isWellFormed()),
  fc.boolean(),
  fc.constant(null),
);
const path = fc.array(
  fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => text.isWellFormed()),
  { minLength: 1, maxLength: 5 },
);

describe("a gateway's health on the wire", () => {
  test("whatever an id holds, path and value come back as they were", () => {
    fc.assert(
      fc.property(path, value, fc.boolean(), (path, value, isNamed) => {
        const entry = { path, value, atMs: 1_790_000_000_000 };
        const bytes = encodePayload({ metrics: [healthMetric(entry, { alias: 3, isNamed })] });
        const [metric = {}] = decodePayload(bytes).metrics;
        if (isNamed) expect(healthPath(metric.name ?? "")).toEqual(path);
        else expect(metric.name).toBeUndefined();
        expect(healthEntry(path, metric, 0)).toEqual(entry);
      }),
    );
  });

  test("what others call their metrics is none of it, and nothing throws", () => {
    expect(healthPath("Node Control/Rebirth")).toBeUndefined();
    expect(healthPath(`${healthName(["a"])}%`)).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        healthPath(`Firebreak/Health/${text}`);
      }),
    );
    expect(healthEntry(["a"], { value: Number.NaN }, 0)).toBeUndefined();
    expect(healthEntry(["a"], { value: new Uint8Array(3) }, 0)).toBeUndefined();
  });
});
