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
}

/** Something a machine said that is not a number; travels in order with the samples of its batch. */
export type MachineEvent = ActiveDtcs;
