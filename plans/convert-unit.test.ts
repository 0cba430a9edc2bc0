import { expect, test } from "vitest";
import { convertUnit } from "./convert-unit.ts";
import { iso15143Units } from "./iso15143-schema.ts";
import { Units } from "./signal-words.ts";

test.each([
  [90, "min", "h", 1.5],
  [3_600, "s", "h", 1],
  [1_234, "m", "km", 1.234],
  [100, "mile", "km", 160.9344],
  [2, "m3", "L", 2_000],
  [1, "US gallon", "L", 3.785411784],
  [10, "m/s", "km/h", 36],
  [1.5, "t", "kg", 1_500],
  [212, "Fahrenheit", "°C", 100],
  [273.15, "Kelvin", "°C", 0],
  [0.624, "ratio", "%", 62.4],
  [5, "Kilometres", "km", 5],
  [7, "rpm", "1/min", 7],
])("%d %s in %s", (value, from, to, expected) => {
  expect(convertUnit(value, from, to)).toBeCloseTo(expected, 9);
});

test("what is not known, or measures something else, is not converted", () => {
  expect(convertUnit(1, "furlong", "km")).toBeUndefined();
  expect(convertUnit(1, "kPa", "km")).toBeUndefined();
  expect(convertUnit(1, "h", "km")).toBeUndefined();
});

test("every unit of ISO 15143-3 is one that plans have", () => {
  for (const unit of Object.values(iso15143Units)) expect(Units).toContain(unit);
});
