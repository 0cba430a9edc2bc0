/** Another signal of the message must hold one of these values, raw and unsigned. */
export interface DbcCondition {
  readonly signal: string;
  readonly values: readonly (readonly [from: number, to: number])[];
}

export interface DbcSignal {
  readonly name: string;
  readonly line: number;
  /** As printed: of a little-endian signal the lowest bit, of a big-endian one the highest. */
  readonly startBit: number;
  readonly bits: number;
  readonly byteOrder: "little" | "big";
  readonly isSigned: boolean;
  isFloat: boolean;
  readonly scale: number;
  readonly offset: number;
  /** Both 0 where the file says nothing. */
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** `M`: others depend on it. */
  readonly isMultiplexor: boolean;
  /** The number behind `m`; undefined for a signal that is always there. */
  readonly multiplexValue: number | undefined;
  /** What `SG_MUL_VAL_` says; it goes before `multiplexValue`. */
  condition: DbcCondition | undefined;
  comment: string;
  /** 0: none. */
  spn: number;
  /** Raw value before the first real one, of `GenSigStartValue`. */
  startValue: number | undefined;
  hasValueNames: boolean;
}

export interface DbcMessage {
  /** Identifier without the flag for 29 bits. */
  readonly id: number;
  readonly isExtended: boolean;
  readonly name: string;
  readonly line: number;
  /** Bytes. */
  readonly length: number;
  readonly signals: DbcSignal[];
  comment: string;
  /** Whether it is a parameter group of J1939, whoever sends it. */
  isJ1939: boolean;
}

export interface Dbc {
  readonly messages: readonly DbcMessage[];
}
