import type { Quality } from "./quality.ts";

/** Lamp states of DM1, flash included (SAE J1939-73, DM1 bytes 1 and 2). */
export const lampStates = [
  "off",
  "on",
  "slow-flash",
  "fast-flash",
  "error",
  "not-available",
] as const;
export type LampState = (typeof lampStates)[number];

export interface Lamps {
  readonly mil: LampState;
  readonly redStop: LampState;
  readonly amberWarning: LampState;
  readonly protect: LampState;
}

/** One diagnostic trouble code: `oc` is the occurrence count (127 = not available), `cm` the conversion method bit. */
export interface Dtc {
  readonly spn: number;
  readonly fmi: number;
  readonly oc: number;
  readonly cm: 0 | 1;
}

/** Everything one source address said is active, in one DM1 message; an empty `dtcs` says "nothing active". */
export interface ActiveDtcs {
  readonly kind: "active-dtcs";
  readonly timeNs: bigint;
  readonly sa: number;
  readonly lamps: Lamps;
  readonly dtcs: readonly Dtc[];
  /** Absent: the machine's main J1939 network; see `networks`. */
  readonly network?: number;
}

/**
 * A machine may have several networks in which the same address means another control unit. 1 to 127 are further J1939
 * networks, from `canopenNetworks` on those of CANopen, where `sa` is the node and a code is that of an emergency.
 */
export const canopenNetworks = 128;

/**
 * Where a trouble code stands. `pending`: seen once by the control unit, not confirmed; `previously-active`: no longer
 * active, still kept; `gone`: not even kept; `unknown`: it was active, and the control unit fell silent.
 */
export const dtcStates = ["pending", "active", "previously-active", "gone", "unknown"] as const;
export type DtcState = (typeof dtcStates)[number];

/** One signal when something happened. */
export interface SnapshotValue {
  /** Index in the dictionary of the batch. */
  readonly signal: number;
  /** NaN unless the quality is good. */
  readonly value: number;
  readonly quality: Quality;
  /** How much older than the event the sample is, ms. */
  readonly ageMs: number;
}

/** One step in the life of one trouble code, told once however often the code is repeated on the bus. */
export interface DtcChange {
  readonly kind: "dtc-change";
  readonly timeNs: bigint;
  readonly network?: number;
  readonly sa: number;
  readonly dtc: Dtc;
  readonly lamps: Lamps;
  readonly state: DtcState;
  /** When it was first and last named in this life. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** Messages that named it in this life. */
  readonly messages: number;
  /** The plan's key signals at the onset; empty for every other step. */
  readonly snapshot: readonly SnapshotValue[];
}

export const diagnosticCommands = [
  "clear-active",
  "clear-previously-active",
  "stop-broadcast",
  "start-broadcast",
] as const;
export type DiagnosticCommand = (typeof diagnosticCommands)[number];

/** A service tool gave control units an order (DM3, DM11, DM13). */
export interface DiagnosticOrder {
  readonly kind: "diagnostic-order";
  readonly timeNs: bigint;
  /** Who gave it, and to whom; 255: to all. */
  readonly sa: number;
  readonly da: number;
  readonly command: DiagnosticCommand;
}

/** `name`: the NAME it claims its address with, 16 hex digits, the most significant first (SAE J1939-81). */
export const identityFacts = ["vin", "component", "software", "ecu", "name"] as const;
export type IdentityFact = (typeof identityFacts)[number];

/** What a control unit says it is; sent when it is first heard and when it changes. A VIN is personal data. */
export interface EcuIdentity {
  readonly kind: "identity";
  readonly timeNs: bigint;
  readonly network?: number;
  readonly sa: number;
  readonly fact: IdentityFact;
  /** At most 16 fields of 200 printable ASCII characters, in the order of the standard. */
  readonly fields: readonly string[];
}

/** What every freeze frame has; the first words of SAE J1939-73, DM4 (SPN 102, 190, 92, 110, 84). */
export const freezeFrameValues = [
  "boostKpa",
  "engineSpeedRpm",
  "engineLoadPercent",
  "coolantTemperatureC",
  "vehicleSpeedKmh",
] as const;
export type FreezeFrameValue = (typeof freezeFrameValues)[number];

/**
 * What a control unit itself kept when a code became active (DM4); sent when it is first heard and when it changes.
 * `timeNs` is when it was heard: the message does not say when it was taken.
 */
export interface DtcFreezeFrame {
  readonly kind: "freeze-frame";
  readonly timeNs: bigint;
  readonly network?: number;
  readonly sa: number;
  readonly dtc: Dtc;
  /** Null: not available. */
  readonly values: Readonly<Record<FreezeFrameValue, number | null>>;
  /** The maker's own, hex; at most 243 bytes. */
  readonly extra: string;
}

export const captureFormats = ["candump", "modbus"] as const;
export type CaptureFormat = (typeof captureFormats)[number];

/** A recording of raw frames that the gateway has stored, for the hub to fetch. Told again at every start. */
export interface CaptureStored {
  readonly kind: "capture";
  /** Of its newest frame. */
  readonly timeNs: bigint;
  /** Source address of the trouble code; 0 without one. */
  readonly sa: number;
  /** At most 120 characters of A-Z, a-z, 0-9, point and hyphen; unique on its gateway and machine. */
  readonly name: string;
  readonly format: CaptureFormat;
  /** The trouble code that caused it; null where only a request did. */
  readonly code: { readonly network: number; readonly spn: number; readonly fmi: number } | null;
  /** The request that it answers; empty where none. */
  readonly requestId: string;
  readonly firstNs: bigint;
  /** Frames, or Modbus requests and replies. */
  readonly records: number;
  /** Of the text, and of its gzip as it is fetched. */
  readonly plainBytes: number;
  readonly storedBytes: number;
  /** Of the gzip, hex. */
  readonly sha256: string;
}

/** Something a machine said that is not a number; travels in order with the samples of its batch. */
export type MachineEvent =
  | ActiveDtcs
  | DtcChange
  | DiagnosticOrder
  | EcuIdentity
  | CaptureStored
  | DtcFreezeFrame;
