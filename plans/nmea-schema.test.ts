import { describe, expect, test } from "vitest";
import { checkNmea } from "./nmea-schema.ts";

const messages = (signal: Parameters<typeof checkNmea>[0]) =>
  checkNmea(signal, ["signals", "x"]).map(({ message }) => message);

describe("a signal of a satellite receiver", () => {
  test("is in the receiver's own unit, unscaled", () => {
    const nmea = { field: "speed" } as const;
    expect(messages({ unit: "km/h", scale: 1, offset: 0, nmea })).toEqual([]);
    expect(messages({ unit: "m/s", scale: 3.6, offset: 1, nmea })).toEqual([
      "speed of a receiver is in km/h, not in m/s",
      "a receiver's value is not scaled; use 1",
      "a receiver's value has no offset; use 0",
    ]);
  });
});
