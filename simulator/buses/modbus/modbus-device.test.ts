import type { Acquisition, Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import { ModbusDevice } from "./modbus-device.ts";
import { checkSumOf, RtuRequests, rtuFrameOf } from "./rtu-requests.ts";

const signal = (modbus: object, more: Partial<Signal> = {}): Signal =>
  ({
    title: { en: "x", "zh-CN": "x" },
    unit: "kPa",
    scale: 1,
    offset: 0,
    range: [-1e9, 1e9],
    sampling: "every",
    source: "made up",
    modbus: { device: "it", table: "holding", address: 0, type: "uint16", ...modbus },
    ...more,
  }) as Signal;

function deviceOf(
  signals: Record<string, Signal>,
  values: Record<string, number | null> = {},
  manners: object = {},
): ModbusDevice {
  const modbusDevices = { it: { unitId: 7, pollIntervalMs: 1_000, ...manners } };
  const acquisition = { maker: "x", models: ["x"], modbusDevices, signals } as Acquisition;
  const device = new ModbusDevice({ acquisition } as Plan, "it");
  device.update(values);
  return device;
}

const ask = (device: ModbusDevice, hex: string): string =>
  Buffer.from(device.answer(Buffer.from(hex, "hex")) ?? []).toString("hex");

/** The words at 0 and on. */
const words = (device: ModbusDevice, count: number): string =>
  ask(device, `03000000${count.toString(16).padStart(2, "0")}`).slice(4);

describe("values in registers (Modbus application protocol 1.1b3, 4.2)", () => {
  test.each([
    { name: "the high byte first", modbus: {}, value: 0x1234, hex: "1234" },
    { name: "the high word first", modbus: { type: "uint32" }, value: 0x12345678, hex: "12345678" },
    {
      name: "the low word first",
      modbus: { type: "uint32", wordOrder: "little" },
      value: 0x12345678,
      hex: "56781234",
    },
    {
      name: "the low byte first",
      modbus: { type: "uint32", byteOrder: "little" },
      value: 0x12345678,
      hex: "34127856",
    },
    { name: "negative", modbus: { type: "int16" }, value: -2, hex: "fffe" },
    { name: "negative in 32 bits", modbus: { type: "int32" }, value: -2, hex: "fffffffe" },
    { name: "a float", modbus: { type: "float32" }, value: 12.5, hex: "41480000" },
    {
      name: "a double, the low word first",
      modbus: { type: "float64", wordOrder: "little" },
      value: 12.5,
      hex: "0000000000004029",
    },
    { name: "64 bits", modbus: { type: "uint64" }, value: 2 ** 40 + 1, hex: "0000010000000001" },
    { name: "scaled", modbus: {}, more: { scale: 0.1, offset: -40 }, value: 20, hex: "0258" },
    { name: "beyond its type", modbus: {}, value: 1e9, hex: "ffff" },
    {
      name: "beyond its type, with a code for that",
      modbus: { topCodes: ["not-available", "out-of-range"] },
      value: 1e6,
      hex: "fffe",
    },
    {
      name: "at its highest below the codes",
      modbus: { topCodes: ["not-available", "error"] },
      value: 65535,
      hex: "fffd",
    },
    {
      name: "not available, by a listed value",
      modbus: { notAvailable: [32768] },
      value: null,
      hex: "8000",
    },
    {
      name: "not available, by a top code",
      modbus: { type: "int32", topCodes: ["not-available"] },
      value: null,
      hex: "7fffffff",
    },
    {
      name: "not available in 64 bits",
      modbus: { type: "uint64", topCodes: ["not-available"] },
      value: null,
      hex: "ffffffffffffffff",
    },
    {
      name: "an error, by the first code that says so",
      modbus: { topCodes: ["not-available", "error", "error"] },
      value: Number.NaN,
      hex: "fffe",
    },
    {
      name: "an error in a float that has no code",
      modbus: { type: "float32" },
      value: Number.NaN,
      hex: "7fc00000",
    },
    {
      name: "a value that would be a code",
      modbus: { notAvailable: [300] },
      value: 300,
      hex: "012b",
    },
  ])("$name", ({ modbus, more = {}, value, hex }) => {
    const device = deviceOf({ one: signal(modbus, more) }, { one: value });
    expect(words(device, hex.length / 4)).toBe(hex);
  });

  test("fields of one register keep to their bits", () => {
    const signals = {
      low: signal({ bit: 0, bits: 4 }),
      flag: signal({ bit: 7 }),
      top: signal({ bit: 12, bits: 4 }),
    };
    const device = deviceOf(signals, { low: 5, flag: 1, top: 0xa });
    expect(words(device, 1)).toBe("a085");
    device.update({ low: 2, flag: 0, top: 0xa });
    expect(words(device, 1)).toBe("a002");
  });

  test("fields of a long register are found whatever its order", () => {
    const order = { type: "uint32", wordOrder: "little", byteOrder: "little" };
    const device = deviceOf(
      { one: signal({ ...order, bit: 20, bits: 8 }), two: signal({ ...order, bit: 0 }) },
      { one: 0xab, two: 1 },
    );
    // 0x0AB00001 as CDAB with each word turned.
    expect(words(device, 2)).toBe("0100b00a");
  });

  test("a register that scales others holds an exponent with which their range fits", () => {
    const scaled = { scaleRegister: { table: "holding", address: 9, type: "int16" } };
    const device = deviceOf({ one: signal(scaled, { range: [0, 400_000] }) }, { one: 400_000 });
    expect(words(device, 1)).toBe("9c40");
    expect(ask(device, "0300090001")).toBe("03020001");
  });

  test("a register that switches units says the first of them, and values are in it", () => {
    const unitSwitch = {
      table: "holding",
      address: 9,
      cases: { 1: { scale: 6.894757, offset: 0 }, 0: { scale: 100, offset: 0 } },
    };
    const device = deviceOf({ one: signal({ unitSwitch }) }, { one: 700 });
    // Keys that are numbers come in their order: bar before psi.
    expect(words(device, 1)).toBe("0007");
    expect(ask(device, "0300090001")).toBe("03020000");
  });

  test("bits of the two tables of bits, eight in a byte", () => {
    const coils = Array.from({ length: 10 }, (_, address) => [
      `c${address}`,
      signal({ table: "coil", type: "bool", address }),
    ]);
    const values = Object.fromEntries(
      coils.map(([name], at) => [name, at === 0 || at === 9 ? 1 : 0]),
    );
    const device = deviceOf(Object.fromEntries(coils), values);
    expect(ask(device, "010000000a")).toBe("01020102");
  });
});

describe("the manners of a device", () => {
  const run = (count: number, from = 0) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`s${from + at}`, signal({ address: from + at })]),
    );

  test("it refuses what it does not have, and says why (7, exception codes)", () => {
    const device = deviceOf(run(4));
    expect(ask(device, "0300000004")).toHaveLength(4 + 16);
    expect(ask(device, "0300000005")).toBe("8302");
    expect(ask(device, "03FFFF0002")).toBe("8302");
    expect(ask(device, "0300000000")).toBe("8303");
    expect(ask(device, "030000007E")).toBe("8303");
    expect(ask(device, "03000000")).toBe("8303");
    // A table that it does not have, a write, an identification.
    expect(ask(device, "0400000001")).toBe("8401");
    expect(ask(device, "060000FFFF")).toBe("8601");
    expect(ask(device, "2B0E0100")).toBe("ab01");
  });

  test("it gives no more at once than it can", () => {
    const device = deviceOf(run(40), {}, { maxRegisters: 20 });
    expect(ask(device, "0300000014")).toHaveLength(4 + 80);
    expect(ask(device, "0300000015")).toBe("8303");
  });

  test("holes are refused unless they may be read along, and what is forbidden always", () => {
    const signals = { ...run(2), ...run(2, 4) };
    expect(ask(deviceOf(signals), "0300000006")).toBe("8302");
    expect(ask(deviceOf(signals, {}, { maxGap: 2 }), "0300000006")).toHaveLength(4 + 24);
    const forbidden = [{ table: "holding", address: 3, count: 1 }];
    expect(ask(deviceOf(signals, {}, { maxGap: 2, forbidden }), "0300000006")).toBe("8302");
  });

  test("a block only comes as a whole", () => {
    const blocks = [{ table: "holding", address: 100, count: 16 }];
    const device = deviceOf(run(2, 104), {}, { blocks });
    expect(ask(device, "0300640010")).toHaveLength(4 + 64);
    expect(ask(device, "0300680002")).toBe("8302");
  });

  test("a device that may take long does, and one that is slowed down takes longer", () => {
    const device = deviceOf(run(1), {}, { timeoutMs: 1_000 });
    const usualMs = device.answerMs;
    expect(usualMs).toBeGreaterThan(deviceOf(run(1)).answerMs);
    device.slowDown(700);
    expect(device.answerMs).toBe(usualMs + 700);
  });

  test("silent, failing, alive again", () => {
    const device = deviceOf(run(1));
    device.silence();
    expect(device.answer(Buffer.from("0300000001", "hex"))).toBeUndefined();
    device.revive();
    device.refuse(4);
    expect(ask(device, "0300000001")).toBe("8304");
    device.revive();
    expect(ask(device, "0300000001")).toBe("03020000");
  });
});

describe("RTU frames (Modbus over serial line 1.02)", () => {
  test("the check sum is that of the standard's example", () => {
    // 6.2.2: unit 2, function 7 gives 1241 on the line 41 12.
    expect(Buffer.from(rtuFrameOf(2, Uint8Array.of(7))).toString("hex")).toBe("02074112");
    expect(checkSumOf(Uint8Array.of(2, 7))).toBe(0x1241);
  });

  test("requests are found whole, in pieces, behind noise, and next to each other", () => {
    const request = rtuFrameOf(7, Buffer.from("0300000001", "hex"));
    const requests = new RtuRequests();
    expect(requests.push(request.subarray(0, 3), 0)).toEqual([]);
    expect(requests.push(request.subarray(3), 1)).toHaveLength(1);
    const noisy = Buffer.concat([Uint8Array.of(0xff, 0x00, 0x07), request, request]);
    expect(requests.push(noisy, 2).map(({ unitId }) => unitId)).toEqual([7, 7]);
  });

  test("a damaged request is none, and half of one is forgotten after a silence", () => {
    const request = rtuFrameOf(7, Buffer.from("0300000001", "hex"));
    const damaged = request.map((byte, at) => (at === 3 ? byte ^ 1 : byte));
    const requests = new RtuRequests();
    expect(requests.push(damaged, 0)).toEqual([]);
    expect(requests.push(request, 100)).toHaveLength(1);
    expect(requests.push(request.subarray(0, 5), 200)).toEqual([]);
    expect(requests.push(request, 300)).toHaveLength(1);
  });
});
