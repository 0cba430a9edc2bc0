import { seeded } from "@firebreak/test/seeded.fixture.ts";
import { describe, expect, test } from "vitest";
import { busesOf, canSignal } from "./can-buses.fixture.ts";

const speed = { spn: 190, pgn: 61444, startByte: 4, startBit: 1, bits: 16, coding: "analog" };
const byte = { startBit: 0, bits: 8, byteOrder: "little" };

describe("CanBuses", () => {
  test("reads J1939, whole identifiers and maker's messages from one bus at once", () => {
    const { take, said, buses } = busesOf({
      engineSpeed: canSignal({ j1939: { ...speed, sa: 0 } }, { scale: 0.125 }),
      boomPressure: canSignal({ can: { pgn: 65280, ...byte } }),
      boomOfOne: canSignal({ can: { pgn: 65280, sa: 0x21, ...byte } }),
      radius: canSignal({ can: { id: 0x185, ...byte } }),
      angle: canSignal({ can: { id: 0x185, extended: true, ...byte } }),
    });
    take("0CF00400#FFFFFF2E1CFFFFFF");
    take("18FF0021#11");
    take("18FF0022#12");
    take("185#2a");
    take("00000185#2b");
    expect(said()).toEqual([
      "engineSpeed 901.75",
      "boomPressure 17",
      "boomOfOne 17",
      "boomPressure 18",
      "radius 42",
      "angle 43",
    ]);
    expect(buses.counters()).toMatchObject({ frames: 5, unknownStandardFrames: 0 });
  });

  test("takes a signal from the bus that it names, and from any where it names none", () => {
    const { take, said } = busesOf({
      deckSpeed: canSignal({ can: { bus: "can1", pgn: 65280, ...byte } }),
      anySpeed: canSignal({ can: { pgn: 65281, ...byte } }),
      engineSpeed: canSignal({ j1939: { ...speed, bus: "can0" } }, { scale: 0.125 }),
    });
    for (const bus of ["can0", "can1"]) {
      take("18FF0021#11", { bus });
      take("18FF0121#12", { bus });
      take("0CF00400#FFFFFF2E1CFFFFFF", { bus });
    }
    expect(said()).toEqual(["anySpeed 18", "engineSpeed 901.75", "deckSpeed 17", "anySpeed 18"]);
  });

  test("reads a maker's signal from a message of many packets", () => {
    const { take, said } = busesOf({
      last: canSignal({ can: { pgn: 65280, startBit: 72, bits: 8, byteOrder: "little" } }),
    });
    take("1CECFF21#200A0002FF00FF00");
    take("1CEBFF21#0100000000000000");
    take("1CEBFF21#02000007FFFFFFFF");
    expect(said()).toEqual(["last 7"]);
  });

  test("keeps multi-packet messages of two buses apart", () => {
    const { take, said } = busesOf({
      last: canSignal({ can: { pgn: 65280, startBit: 72, bits: 8, byteOrder: "little" } }),
    });
    take("1CECFF21#200A0002FF00FF00");
    take("1CECFF21#200A0002FF00FF00", { bus: "can1" });
    take("1CEBFF21#0100000000000000");
    take("1CEBFF21#0100000000000000", { bus: "can1" });
    take("1CEBFF21#02000007FFFFFFFF", { bus: "can1" });
    take("1CEBFF21#02000008FFFFFFFF");
    expect(said()).toEqual(["last 7", "last 8"]);
  });

  test("A5: 100,000 random frames throw nothing, and what is unknown is counted by identifier", () => {
    const { take, said, buses } = busesOf({
      engineSpeed: canSignal({ j1939: speed }, { scale: 0.125, range: [0, 8031.875] }),
      radius: canSignal({ can: { id: 0x185, ...byte } }),
      wide: canSignal({ can: { id: 0x186, startBit: 0, bits: 64, byteOrder: "little" } }),
      boomPressure: canSignal({ can: { pgn: 65280, ...byte } }),
    });
    const random = seeded(5);
    const expected = { unknown300: 0, remote: 0, error: 0, fd: 0 };
    for (let at = 0; at < 100_000; at++) {
      const kind = Math.floor(random() * 8);
      const length = Math.floor(random() * 9);
      const hex = Array.from({ length }, () => Math.floor(random() * 256))
        .map((one) => one.toString(16).padStart(2, "0"))
        .join("");
      const extended = Math.floor(random() * 2 ** 29)
        .toString(16)
        .padStart(8, "0");
      if (kind === 0) take(`185#${hex}`);
      else if (kind === 1) take(`186#${hex}`);
      else if (kind === 2) take(`300#${hex}`);
      else if (kind === 3) take(`${extended}#${hex}`, { isRemote: true });
      else if (kind === 4) take(`${extended}#${hex}`, { isError: true });
      else if (kind === 5) take(`${extended}#${hex.padEnd(128, "5a")}`, { isFd: true });
      else if (kind === 6) take(`18FF00${extended.slice(6)}#${hex}`);
      else take(`${extended}#${hex}`);
      if (kind === 2) expected.unknown300++;
      if (kind === 3) expected.remote++;
      if (kind === 4) expected.error++;
      if (kind === 5) expected.fd++;
      if (buses.waiting > 1000) buses.deliver();
    }
    expect(said().length).toBeGreaterThan(10_000);
    const { truncatedSignals, ...counters } = buses.counters();
    expect(counters).toMatchObject({
      frames: 100_000,
      remoteFrames: expected.remote,
      errorFrames: expected.error,
      fdFrames: expected.fd,
      unknownStandardFrames: expected.unknown300,
    });
    expect(truncatedSignals).toBeGreaterThan(1_000);
    const unknown = buses.unknown();
    expect(unknown[0]).toEqual({ bus: "can0", canId: 0x300, count: expected.unknown300 });
    expect(unknown.length).toBe(100);
    expect(unknown.some(({ pgn }) => pgn === 65280 || pgn === 61444)).toBe(false);
  });

  test("a signal follows its control unit to another address, and so do its trouble codes", () => {
    const { take, said, collector } = busesOf({
      engineSpeed: canSignal({ j1939: { ...speed, sa: 0 } }, { scale: 0.125 }),
      gearSpeed: canSignal({ j1939: { ...speed, sa: 3 } }, { scale: 0.125 }),
    });
    take("18EEFF00#0000000000000010");
    take("18EEFF03#0000000000000011");
    take("0CF00400#FFFFFF2E1CFFFFFF");
    // The two swap their addresses.
    take("18EEFF03#0000000000000010");
    take("18EEFF00#0000000000000011");
    take("0CF00403#FFFFFF2E1CFFFFFF");
    take("18FECA03#04FF64000401FFFF");
    take("0CF00400#FFFFFF001EFFFFFF");
    expect(said()).toEqual(["engineSpeed 901.75", "engineSpeed 901.75", "gearSpeed 960"]);
    expect(collector.events.at(-1)).toMatchObject({
      kind: "active-dtcs",
      sa: 0,
      dtcs: [{ spn: 100 }],
    });
    const names = collector.events.slice(0, -1).map((event) => [event.sa, event]);
    expect(names).toMatchObject(
      ["10", "11", "10", "11"].map((first) => [
        first === "10" ? 0 : 3,
        { kind: "identity", fact: "name", fields: [`${first}00000000000000`] },
      ]),
    );
  });

  test("reads codes in the layout that the plan says of their sender", () => {
    const { take, buses, collector } = busesOf(
      { radius: canSignal({ can: { id: 0x185, ...byte } }) },
      { j1939: { conversion: { default: 1, bySa: { "3": 2 } } } },
    );
    take("18FECA00#04FF009A4185FFFF");
    take("18FECA03#04FF9A004185FFFF");
    take("18FECA05#04FFD2040105FFFF");
    buses.deliver();
    const found = collector.events.map((event) => event.kind === "active-dtcs" && event.dtcs[0]);
    expect(found).toMatchObject([{ spn: 1234 }, { spn: 1234 }, { spn: 1234, cm: 0 }]);
  });

  test("tells of lists, orders and texts beside the codes, each with its network", () => {
    const { take, buses, collector } = busesOf(
      { radius: canSignal({ can: { id: 0x185, ...byte } }) },
      { j1939: { networks: ["can0", "can1"] } },
    );
    take("18FECA00#00FF00000000FFFF", { bus: "can1" });
    take("18FECB00#00FF64000401FFFF");
    take("18EA00F9#D3FE00");
    take("18FEEB00#414243442A45462A");
    take("18EEFF00#0102030405060708", { bus: "can1" });
    // DM4 in two packets: code, torque mode, boost, speed, load, coolant, vehicle speed, one byte of the maker's own.
    take("1CECFF00#200E0002FFCDFE00");
    take("1CEBFF00#010D640004010932");
    take("1CEBFF00#02401F505A0014AB");
    buses.deliver();
    expect(collector.events).toMatchObject([
      { kind: "active-dtcs", network: 1, dtcs: [] },
      { kind: "dtc-listing", list: "previously-active", dtcs: [{ spn: 100, fmi: 4 }] },
      { kind: "diagnostic-order", sa: 249, da: 0, command: "clear-active" },
      { kind: "identity", sa: 0, fact: "component", fields: ["ABCD", "EF"] },
      { kind: "identity", network: 1, sa: 0, fact: "name", fields: ["0807060504030201"] },
      {
        kind: "freeze-frame",
        sa: 0,
        dtc: { spn: 100, fmi: 4, oc: 1, cm: 0 },
        values: {
          boostKpa: 100,
          engineSpeedRpm: 1000,
          engineLoadPercent: 80,
          coolantTemperatureC: 50,
          vehicleSpeedKmh: 20,
        },
        extra: "ab",
      },
    ]);
  });

  test("A7: not available, error and reserved values of every width are delivered without a number", () => {
    const place = (pgn: number, bits: number, coding: string) => ({
      j1939: { spn: pgn, pgn, startByte: 1, startBit: 1, bits, coding },
    });
    const { take, said, collector } = busesOf({
      one: canSignal(place(65280, 8, "analog")),
      two: canSignal(place(65281, 16, "analog")),
      four: canSignal(place(65282, 32, "analog")),
      flag: canSignal(place(65283, 2, "state")),
      wide: canSignal(place(65284, 10, "analog")),
    });
    for (const top of ["FF", "FE", "FD", "FB"]) {
      take(`18FF0000#${top}`);
      take(`18FF0100#00${top}`);
      take(`18FF0200#000000${top}`);
    }
    for (const bits of ["FF", "FE"]) take(`18FF0300#${bits}`);
    for (const bits of ["FFFF", "FEFF", "FBFF"]) take(`18FF0400#${bits}`);
    take("18FF0000#FA");
    take("18FF0300#FD");
    expect(said()).toEqual([
      ...["not-available", "error", "reserved", "reserved"].flatMap((is) => [
        `one ${is}`,
        `two ${is}`,
        `four ${is}`,
      ]),
      "flag not-available",
      "flag error",
      "wide not-available",
      "wide error",
      "wide reserved",
      "one 250",
      "flag 1",
    ]);
    expect(collector.rows.filter(({ value }) => value !== null)).toHaveLength(2);
  });

  test("tells of each bus what it carries and what nothing is taken from", () => {
    const { take, pass, buses } = busesOf({
      radius: canSignal({ can: { id: 0x185, ...byte } }),
    });
    for (let second = 0; second < 5; second++) {
      for (let at = 0; at < 100; at++) take("18FEF200#FFFFFFFFFFFFFFFF");
      take("185#01");
      take("186#01", { bus: "can1" });
      take("20000088#00", { isError: true });
      pass(897);
    }
    const [can0, can1] = buses.statuses(() => 250_000);
    expect(can0).toMatchObject({
      bus: "can0",
      bitRate: 250_000,
      frames: 510,
      errorFrames: 5,
      framesPerSecond: 102,
      unknown: [{ bus: "can0", pgn: 65_266, count: 500 }],
    });
    // 131 bits and 14 stuff bits or so each, a hundred a second.
    expect(can0?.loadPercent).toBeGreaterThan(5.2);
    expect(can0?.loadPercent).toBeLessThan(6.2);
    expect((can0?.lastSeenMs ?? 0) - (can0?.firstSeenMs ?? 0)).toBeGreaterThan(4_000);
    expect(can1).toMatchObject({ frames: 5, unknown: [{ bus: "can1", canId: 0x186, count: 5 }] });
    expect(buses.statuses(undefined, 1_800_000_000_000_000_000n)[0]).not.toHaveProperty("bitRate");
    expect(buses.statuses(undefined, 1_800_000_000_000_000_000n)[0]?.framesPerSecond).toBe(0);
  });

  test("goes on after a jump of the clock by years, and forgets no frame", () => {
    const { take, pass, said, buses } = busesOf({
      radius: canSignal({ can: { id: 0x185, ...byte } }),
    });
    take("185#01");
    pass(365 * 86_400_000);
    take("185#02");
    expect(said()).toEqual(["radius 1", "radius 2"]);
    expect(buses.frames).toBe(2);
  });
});
