import type { Units } from "./signal-words.ts";

type UnitName = (typeof Units)[number];

/**
 * Exponents of what a unit measures. A turn is no bare number: torque is work per turn, so torque times speed of rotation
 * is power with its factor of 2π, and speed of rotation is no frequency of strokes.
 */
interface Exponents {
  readonly m?: number;
  readonly kg?: number;
  readonly s?: number;
  readonly A?: number;
  readonly K?: number;
  readonly deg?: number;
  readonly turn?: number;
}

export interface UnitFacts {
  /** So many of the base unit are one of it. */
  readonly factor: number;
  /** Of the seven bases, in their order. */
  readonly dimension: readonly number[];
  /** `code`: no amount at all; `point`: an amount only as a difference (°C). */
  readonly is: "amount" | "point" | "code";
}

const bases = ["m", "kg", "s", "A", "K", "deg", "turn"] as const;
const pressure: Exponents = { kg: 1, m: -1, s: -2 };
const energy: Exponents = { kg: 1, m: 2, s: -2 };
const power: Exponents = { kg: 1, m: 2, s: -3 };

/** Factors are exact by definition of the units. @see The International System of Units, 9th edition, tables 4, 7 and 8 */
const table: Readonly<Record<UnitName, readonly [number, Exponents] | "code">> = {
  rpm: [1 / 60, { turn: 1, s: -1 }],
  "%": [0.01, {}],
  "°C": [1, { K: 1 }],
  kPa: [1e3, pressure],
  bar: [1e5, pressure],
  MPa: [1e6, pressure],
  V: [1, { ...power, A: -1 }],
  A: [1, { A: 1 }],
  L: [1e-3, { m: 3 }],
  "L/h": [1e-3 / 3600, { m: 3, s: -1 }],
  h: [3600, { s: 1 }],
  s: [1, { s: 1 }],
  ms: [1e-3, { s: 1 }],
  km: [1e3, { m: 1 }],
  "km/h": [1 / 3.6, { m: 1, s: -1 }],
  m: [1, { m: 1 }],
  "m/s": [1, { m: 1, s: -1 }],
  m3: [1, { m: 3 }],
  "m3/h": [1 / 3600, { m: 3, s: -1 }],
  kg: [1, { kg: 1 }],
  t: [1e3, { kg: 1 }],
  kN: [1e3, { kg: 1, m: 1, s: -2 }],
  Nm: [2 * Math.PI, { ...energy, turn: -1 }],
  deg: [1, { deg: 1 }],
  ppm: [1e-6, {}],
  Hz: [1, { s: -1 }],
  mm: [1e-3, { m: 1 }],
  "1/min": [1 / 60, { s: -1 }],
  count: [1, {}],
  r: [1, { turn: 1 }],
  gear: "code",
  state: "code",
  "km/L": [1e6, { m: -2 }],
  "kg/h": [1 / 3600, { kg: 1, s: -1 }],
  ratio: [1, {}],
  SA: "code",
  W: [1, power],
  kW: [1e3, power],
  VA: [1, power],
  kVA: [1e3, power],
  var: [1, power],
  kvar: [1e3, power],
  kWh: [3.6e6, energy],
  kvarh: [3.6e6, energy],
  min: [60, { s: 1 }],
  "L/min": [1e-3 / 60, { m: 3, s: -1 }],
  "deg/s": [1, { deg: 1, s: -1 }],
  K: [1, { K: 1 }],
  "K/min": [1 / 60, { K: 1, s: -1 }],
  "K/h": [1 / 3600, { K: 1, s: -1 }],
  "bar/s": [1e5, { ...pressure, s: -3 }],
  "bar/min": [1e5 / 60, { ...pressure, s: -3 }],
  "%/h": [0.01 / 3600, { s: -1 }],
  "L/r": [1e-3, { m: 3, turn: -1 }],
};

const isUnit = (name: string): name is UnitName => Object.hasOwn(table, name);

/** What a unit measures; undefined for one that plans do not know. */
export function unitFacts(name: string): UnitFacts | undefined {
  if (!isUnit(name)) return undefined;
  const row = table[name];
  if (row === "code") return { factor: Number.NaN, dimension: [], is: "code" };
  const [factor, exponents] = row;
  const dimension = bases.map((base) => exponents[base] ?? 0);
  return { factor, dimension, is: name === "°C" ? "point" : "amount" };
}

export const secondsDimension: readonly number[] = bases.map((base) => (base === "s" ? 1 : 0));

/** Of a product (`sign` 1) or a ratio (-1). */
export const combined = (
  one: readonly number[],
  other: readonly number[],
  sign: 1 | -1,
): readonly number[] => one.map((exponent, at) => exponent + sign * (other[at] ?? 0));

export const isSameDimension = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((exponent, at) => exponent === other[at]);

/** Units of amounts that have this dimension, in the order of the table. */
export const unitsOfDimension = (dimension: readonly number[]): string[] =>
  Object.keys(table).filter((name) => {
    const facts = unitFacts(name);
    return facts?.is === "amount" && isSameDimension(facts.dimension, dimension);
  });

/** `kg m2/s3`; `1` for a bare number. */
export function dimensionText(dimension: readonly number[]): string {
  const powers = (sign: 1 | -1) =>
    bases.flatMap((base, at) => {
      const exponent = sign * (dimension[at] ?? 0);
      return exponent > 0 ? `${base}${exponent === 1 ? "" : exponent}` : [];
    });
  const [above, below] = [powers(1), powers(-1)];
  const top = above.length === 0 ? "1" : above.join(" ");
  return below.length === 0 ? top : `${top}/${below.join(" ")}`;
}
