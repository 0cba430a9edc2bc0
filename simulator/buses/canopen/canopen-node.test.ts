import { describe, expect, test } from "vitest";
import type { BusInput } from "../bus-input.ts";
import { CanNetwork } from "../can/can-network.ts";
import { Message } from "../can/message.ts";
import { gapsOf, Listener } from "../heard.fixture.ts";
import { CanopenNode } from "./canopen-node.ts";
import { NmtMaster } from "./nmt-master.ts";

const load = {
  name: "load",
  place: { firstBit: 0, bits: 16, isBig: false },
  coding: { scale: 1, offset: 0, lowest: 0, highest: 65535, reserved: [], isFloat: false },
  selectors: [],
};

function crane(input: Partial<BusInput> = {}) {
  const tpdos = [
    { idBase: 0x18a, isExtended: false, periodMs: 100, message: new Message([load], 2, 0) },
  ];
  const node = new CanopenNode({ node: 10, tpdos, stateSignal: "state", seed: "seed" });
  const network = new CanNetwork({ bus: "can0", nodes: [node, new NmtMaster()] });
  const listener = new Listener(network, { values: { load: 0x1234 }, ...input });
  return { node, listener };
}

describe("a CANopen node (CiA 301)", () => {
  test("boots, is started, beats and sends its process data", () => {
    const { listener } = crane();
    listener.pass(3_000);
    const [boot, start, ...rest] = listener.texts();
    expect([boot, start]).toEqual(["70A#00", "000#0100"]);
    expect(new Set(rest)).toEqual(new Set(["70A#05", "18A#3412"]));
    for (const gap of gapsOf(listener.of("18A"))) expect(gap).toBe(100);
    for (const gap of gapsOf(listener.of("70A#05"))) expect(gap).toBe(500);
  });

  test("is told to stop, and says no more than that it lives", () => {
    const { listener } = crane();
    listener.pass(2_000).say("000#020A").pass(2_000);
    expect(new Set(listener.texts())).toEqual(new Set(["70A#04"]));
    listener.say("000#8000").pass(1_000);
    expect(new Set(listener.texts())).toEqual(new Set(["70A#7F"]));
    listener.say("000#010B").pass(1_000);
    expect(new Set(listener.texts())).toEqual(new Set(["70A#7F"]));
    listener.say("000#010A").pass(1_000);
    expect(listener.texts("18A").length).toBeGreaterThan(5);
  });

  test("reset by the master or by its power it boots again, and is started by itself", () => {
    const { node, listener } = crane();
    listener.pass(2_000).say("000#810A").pass(2_000);
    expect(listener.texts("70A#00", "000", "70A#05").slice(0, 3)).toEqual([
      "70A#00",
      "000#010A",
      "70A#05",
    ]);
    listener.heard.length = 0;
    node.reset();
    listener.pass(2_000);
    expect(listener.texts("70A#00", "000")).toEqual(["70A#00", "000#010A"]);
  });

  test("tells the state that its machine says it is in, and none at all without a word", () => {
    const { listener } = crane();
    listener.pass(2_000).heard.length = 0;
    listener.input = { values: { load: 1, state: 4 } };
    listener.pass(1_600);
    expect(new Set(listener.texts())).toEqual(new Set(["70A#04"]));
    listener.input = { values: { load: 1, state: null } };
    listener.pass(10).heard.length = 0;
    listener.pass(2_000);
    expect(listener.texts("70A")).toEqual([]);
  });

  test("tells an emergency once, and after its end what is left", () => {
    const { listener } = crane();
    listener.pass(2_000).heard.length = 0;
    const [hot, limit] = [
      { node: 10, code: 0x4210, errorRegister: 8 },
      { node: 10, code: 0xff01 },
    ];
    listener.input = { ...listener.input, emergencies: [hot, limit, { node: 11, code: 0x1000 }] };
    listener.pass(3_000);
    expect(listener.texts("08A")).toEqual(["08A#1042090000000000", "08A#01FF090000000000"]);
    listener.heard.length = 0;
    listener.input = { ...listener.input, emergencies: [limit] };
    listener.pass(3_000);
    expect(listener.texts("08A")).toEqual(["08A#0000010000000000", "08A#01FF010000000000"]);
    listener.heard.length = 0;
    listener.input = { ...listener.input, emergencies: [] };
    listener.pass(3_000);
    expect(listener.texts("08A")).toEqual(["08A#0000000000000000"]);
  });

  test("bus-off and without power it is silent", () => {
    const { node, listener } = crane();
    listener.pass(2_000);
    for (const cut of [() => node.busOff(), () => node.silence()]) {
      cut();
      listener.pass(10).heard.length = 0;
      expect(listener.pass(2_000).heard).toEqual([]);
      node.revive();
      listener.pass(2_000);
      expect(listener.texts("18A").length).toBeGreaterThan(5);
    }
  });
});
