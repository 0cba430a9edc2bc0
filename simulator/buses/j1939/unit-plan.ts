import type { Message } from "../can/message.ts";

/** One parameter group as a control unit sends it. */
export interface UnitGroup {
  readonly pgn: number;
  readonly priority: number;
  readonly periodMs: number;
  /** Only to whom asks. */
  readonly isOnRequest: boolean;
  readonly message: Message;
}

/** What one control unit of a plan sends. */
export interface UnitPlan {
  /** Its address as the plan has it. */
  readonly sa: number;
  readonly groups: readonly UnitGroup[];
}

/** What a unit says of itself when asked. Fields end with an asterisk on the bus. */
export interface UnitTexts {
  /** Make, model, serial number, unit number. */
  readonly component: readonly string[];
  readonly software: readonly string[];
  /** Part number, serial number, location, type. */
  readonly ecu: readonly string[];
  /** Only one unit of a machine has it. */
  readonly vin?: string;
}

/** @see SAE J1939-71: CI, VI, SOFT, ECUID */
export const textPgns = { component: 65259, vin: 65260, software: 65242, ecu: 64965 } as const;

const ascii = (fields: readonly string[]): Buffer =>
  Buffer.from(fields.map((field) => `${field}*`).join(""), "latin1");

/** The bytes of a text group; undefined if the unit has none. @see SAE J1939-71 */
export function textOfUnit(pgn: number, texts: UnitTexts): Uint8Array | undefined {
  switch (pgn) {
    case textPgns.component:
      return ascii(texts.component);
    case textPgns.vin:
      return texts.vin === undefined ? undefined : ascii([texts.vin]);
    case textPgns.software:
      return Buffer.concat([Uint8Array.of(texts.software.length), ascii(texts.software)]);
    case textPgns.ecu:
      return ascii(texts.ecu);
    default:
      return undefined;
  }
}
