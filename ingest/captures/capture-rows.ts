import type { CaptureFormat } from "@firebreak/wire/machine-event.ts";

export const captureStates = [
  /** Told of; nothing of it is here. */
  "waiting",
  "arriving",
  "there",
  /** The gateway has it no longer, or it was lost here; it is fetched again when it is told of again. */
  "gone",
  /** Too large, or damaged each time it came. */
  "refused",
  /** Was here, and had to make room or became too old. */
  "removed",
] as const;
export type CaptureState = (typeof captureStates)[number];

/** Why it does not go on; empty while it does. */
export const captureDetails = [
  "",
  "over-budget",
  "hub-full",
  "too-large",
  "damaged",
  "quota",
  "too-old",
  /** Its file is not where it was. */
  "lost",
] as const;
export type CaptureDetail = (typeof captureDetails)[number];

export interface CaptureRow {
  readonly id: number;
  readonly gatewayId: string;
  readonly machineId: string;
  readonly name: string;
  readonly sha256: string;
  readonly format: CaptureFormat;
  readonly code: {
    readonly network: number;
    readonly sa: number;
    readonly spn: number;
    readonly fmi: number;
  } | null;
  /** Empty where nobody asked. */
  readonly requestId: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly records: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
  readonly state: CaptureState;
  readonly detail: CaptureDetail;
  readonly damaged: number;
}

export const requestStates = ["asked", "recording", "stored", "failed"] as const;
export type RequestState = (typeof requestStates)[number];

export const requestDetails = [
  "",
  "nothing-heard",
  "too-often",
  "unknown-machine",
  "expired",
] as const;
export type RequestDetail = (typeof requestDetails)[number];

export interface RequestRow {
  readonly id: string;
  readonly machineId: string;
  readonly gatewayId: string;
  readonly askedBy: string;
  readonly askedMs: number;
  readonly state: RequestState;
  readonly detail: RequestDetail;
}
