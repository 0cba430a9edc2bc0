/** Amounts of one dimension: value in the base = value * factor + offset. */
interface UnitMeaning {
  readonly dimension: string;
  readonly factor: number;
  readonly offset?: number;
}

const table: Readonly<
  Record<string, readonly (readonly [names: string, factor: number, offset?: number])[]>
> = {
  time: [
    ["h hour hours hr hrs", 1],
    ["min minute minutes", 1 / 60],
    ["s second seconds", 1 / 3600],
  ],
  volume: [
    ["L litre litres liter liters ltr", 1],
    ["m3 cubicmetre cubicmeter", 1000],
    ["gallon gallons gal usgallon us_gallon", 3.785411784],
    ["imperialgallon imperialgallons ukgallon imp_gallon", 4.54609],
  ],
  length: [
    ["m metre metres meter meters", 1],
    ["km kilometre kilometres kilometer kilometers", 1000],
    ["mm millimetre millimeter", 0.001],
    ["ft foot feet", 0.3048],
    ["mi mile miles", 1609.344],
  ],
  speed: [
    [
      "km/h km/hr kph kmh kmph kilometreperhour kilometresperhour kilometerperhour kilometersperhour",
      1,
    ],
    ["m/s metrepersecond meterpersecond", 3.6],
    ["mph mi/h mile/hr milesperhour mileperhour", 1.609344],
  ],
  mass: [
    ["kg kilogram kilograms kilogramme", 1],
    ["t tonne tonnes metricton metrictons metric_ton", 1000],
    ["lb lbs pound pounds", 0.45359237],
    ["shortton shorttons uston", 907.18474],
  ],
  temperature: [
    ["°C c celsius degreecelsius degreescelsius degc", 1],
    ["f °F fahrenheit degreefahrenheit degreesfahrenheit degf", 5 / 9, -160 / 9],
    ["k kelvin", 1, -273.15],
  ],
  share: [
    ["% percent", 1],
    ["ratio", 100],
  ],
  angle: [["deg degree degrees", 1]],
  number: [["count state gear r", 1]],
  rotation: [["rpm 1/min", 1]],
};

const plain = (unit: string): string =>
  unit
    .trim()
    .toLowerCase()
    .replace(/[\s.]+/g, "");

const meanings: ReadonlyMap<string, UnitMeaning> = new Map(
  Object.entries(table).flatMap(([dimension, units]) =>
    units.flatMap(([names, factor, offset = 0]) =>
      names.split(" ").map((name) => [plain(name), { dimension, factor, offset }] as const),
    ),
  ),
);

/**
 * A value in another unit; units as plans write them or as makers do (`kilometre`, `US gallon`). Undefined where one of
 * the two is not known or they measure different things.
 */
export function convertUnit(value: number, from: string, to: string): number | undefined {
  if (from === to) return value;
  const source = meanings.get(plain(from));
  const target = meanings.get(plain(to));
  if (!source || source.dimension !== target?.dimension) return undefined;
  if (source.factor === target.factor && source.offset === target.offset) return value;
  return (value * source.factor + (source.offset ?? 0) - (target.offset ?? 0)) / target.factor;
}

/** Whether values in one unit can be told in the other. */
export const isConvertible = (from: string, to: string): boolean =>
  convertUnit(0, from, to) !== undefined;
