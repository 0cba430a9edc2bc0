/** What can be wrong with an installation; texts in two languages are in `finding-texts.ts`. */
export const findingCodes = [
  "bus-unreachable",
  "bus-silent",
  "bus-only-errors",
  "bus-errors",
  "bus-termination",
  "line-errors",
  "bus-trouble",
  "signal-missing",
  "signal-other-address",
  "signal-implausible",
  "signal-sensor-error",
  "word-order",
  "byte-order",
  "byte-and-word-order",
  "address-shift",
  "registers-refused",
  "device-silent",
  "wrong-speed",
  "line-disturbed",
  "wrong-unit",
  "link-down",
  "spool-short",
  "spool-full",
  "spool-reduced",
  "spool-unreadable",
  "spool-kept-aside",
  "disk-failing",
  "memory-short",
  "samples-lost",
  "time-unknown",
  "time-unconfirmed",
  "time-suspect",
  "time-differs",
  "time-refused",
  "certificate",
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** `fault`: nothing right comes of it until somebody acts; `warning`: look at it; `note`: good to know. */
export type Severity = "fault" | "warning" | "note";

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly machineId?: string;
  /** What it is about: source, device or signal names as in the configuration and the plan. */
  readonly subjects: readonly string[];
  /** Fills the gaps of the text. */
  readonly facts: Readonly<Record<string, string | number>>;
}

export const ranks: Readonly<Record<Severity, number>> = { fault: 0, warning: 1, note: 2 };
