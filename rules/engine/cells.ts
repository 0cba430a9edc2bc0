/**
 * Numbers of one rule on one machine: they lie among those of the whole machine, from `at` on, so that judging a batch
 * walks through one piece of memory. The engine fills one object again and again: read it, never keep it.
 */
export interface Cells {
  numbers: Float64Array;
  at: number;
}

/** How many numbers a rule has on a machine, and what they are to begin with. */
export interface Layout {
  readonly initial: Float64Array;
  /**
   * What each is called: the path to it in a state as older releases wrote it, `chatter.recentNs.-1` for the last of a
   * list. New ones come behind those that there are: what is stored is taken by its place.
   */
  readonly names: readonly string[];
}

/** `values`: by name, in the order of the places, what each is to begin with. */
export const layoutOf = (values: Readonly<Record<string, number>>): Layout => ({
  initial: Float64Array.from(Object.values(values)),
  names: Object.keys(values),
});

/** By name, the place of each number. */
export function placesOf<Name extends string>(
  values: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const places: Record<Name, number> = { ...values };
  let place = 0;
  for (const name in places) places[name] = place++;
  return places;
}

/** `count` numbers of one name, as `layoutOf` takes them: `name.0`, `name.1` and so on. */
export const listOf = (name: string, count: number, value: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}.${at}`, value]));

/** Everything as it was to begin with. */
export function beginAfresh({ numbers, at }: Cells, { initial }: Layout): void {
  numbers.set(initial, at);
}

/** As text: bytes of doubles, little endian, as base64. The same numbers are the same text: there is one NaN. */
export function packNumbers(numbers: Float64Array): string {
  const own = numbers.map((value) => (Number.isNaN(value) ? Number.NaN : value));
  return Buffer.from(own.buffer, own.byteOffset, own.byteLength).toString("base64");
}

/** Characters of a text that holds so many numbers. */
export const packedLength = (count: number): number => 4 * Math.ceil((8 * count) / 3);

/** Puts back what was packed, as far as there is room for it; the rest stays as it is. */
export function unpackNumbers(text: string, into: Float64Array): void {
  const bytes = Buffer.from(text, "base64").subarray(0, into.byteLength);
  Buffer.from(into.buffer, into.byteOffset, into.byteLength).set(bytes);
}

/** Puts in what a state of an older release says by name; what it does not say stays as it is. */
export function unpackNamed(stored: object, names: readonly string[], into: Float64Array): void {
  for (const [place, name] of names.entries()) {
    const value = name.split(".").reduce(member, stored as unknown);
    if (typeof value === "number" || typeof value === "boolean") into[place] = Number(value);
  }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value) && key !== "length") return value.at(Number(key));
  return Reflect.get(value, key);
}
