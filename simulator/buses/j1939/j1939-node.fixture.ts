import type { BusInput } from "../bus-input.ts";
import { CanNetwork } from "../can/can-network.ts";
import { Message } from "../can/message.ts";
import { Listener } from "../heard.fixture.ts";
import { J1939Node } from "./j1939-node.ts";
import type { NameFields } from "./name.ts";
import type { UnitGroup } from "./unit-plan.ts";

const byteAt = (name: string, at: number) => ({
  name,
  place: { firstBit: at * 8, bits: 8, isBig: false },
  coding: {
    scale: 1,
    offset: 0,
    lowest: 0,
    highest: 250,
    notAvailable: 255,
    error: 254,
    reserved: [],
    isFloat: false,
  },
  selectors: [],
});

/** ET1 once a second, HOURS on request, EC1 of 39 bytes every five seconds; the first byte of each is a signal. */
const groups = (): readonly UnitGroup[] => [
  {
    pgn: 65262,
    priority: 6,
    periodMs: 1_000,
    isOnRequest: false,
    message: messageOf("coolant", 8),
  },
  { pgn: 65253, priority: 6, periodMs: 1_000, isOnRequest: true, message: messageOf("hours", 8) },
  { pgn: 65251, priority: 6, periodMs: 5_000, isOnRequest: false, message: messageOf("ec1", 39) },
];

function messageOf(name: string, bytes: number): Message {
  return new Message([byteAt(name, 0)], bytes, 0xff);
}

export interface UnitOptions {
  readonly sa?: number;
  readonly identity?: number;
  readonly canClaimAnother?: boolean;
}

export const usual: BusInput = { values: { coolant: 0x50, hours: 0x11, ec1: 0x22 } };

export function unitAt({ sa = 0, identity = 1, canClaimAnother = false }: UnitOptions = {}) {
  const name: NameFields = { identity, manufacturer: 0, function: 0, canClaimAnother };
  const texts = {
    component: ["MAKER", "MODEL", "SERIAL", "0"],
    software: ["1.0"],
    ecu: ["PART", "1", "", ""],
    vin: "FBSIM1",
  };
  return new J1939Node({ unit: { sa, groups: groups() }, name, texts, seed: "seed" });
}

/** A network of units with these options, its listener, and the units. */
export function networkOf(units: readonly UnitOptions[], input: BusInput = usual) {
  const nodes = units.map(unitAt);
  const network = new CanNetwork({ bus: "can0", nodes });
  return { nodes, listener: new Listener(network, input) };
}
