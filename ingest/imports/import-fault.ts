type Facts = Readonly<Record<string, string>>;

/** What can be wrong with a file, and the words for it. */
const words = {
  "no-column": ({ column }: Facts) => `there is no column “${column}” in row 1`,
  "twice-column": () => "this column stands twice",
  "no-zone": () => "this time has no zone: say which one holds for the file",
  "no-time": () => "no time: write 2026-05-01T08:00:00Z or milliseconds since 1970",
  "too-early": () => "this time is before the year 2000",
  "to-come": () => "this time is still to come",
  "no-machine": () => "the hub knows no such machine",
  "no-signal": () => "neither the plan of this machine nor the store has such a signal",
  unit: ({ signal, unit }: Facts) => `the unit of ${signal} is “${unit}”: convert it`,
  quality: ({ qualities }: Facts) => `write one of ${qualities}`,
  "no-number": () => "no number: write digits with a decimal point",
  repeat: ({ signal, before }: Facts) => `row ${before} has ${signal} at the same time already`,
  "too-many": ({ most }: Facts) => `more than ${most} samples up to here: make several files of it`,
} as const;

export type ImportFaultCode = keyof typeof words;
export const importFaultCodes = Object.keys(words) as ImportFaultCode[];

export interface ImportFault {
  /** As the file counts: the header is row 1. */
  readonly row: number;
  /** Header of the column; empty for the whole row. */
  readonly column: string;
  /** What stands there, shortened. */
  readonly value: string;
  readonly code: ImportFaultCode;
  /** What its words speak of, by name, for who says it in another language. */
  readonly facts: Facts;
  readonly message: string;
}

const longestValue = 60;

export function importFault(
  place: Pick<ImportFault, "row" | "column" | "value">,
  code: ImportFaultCode,
  facts: Facts = {},
): ImportFault {
  const value = place.value.slice(0, longestValue);
  return { ...place, value, code, facts, message: words[code](facts) };
}
