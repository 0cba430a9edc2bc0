import { describe, expect, test } from "vitest";
import type { ActiveCode } from "../bus-input.ts";
import { gapsOf } from "../heard.fixture.ts";
import { networkOf, usual } from "./j1939-node.fixture.ts";

const engine = () => networkOf([{}]);

/** NAME of identity 1: construction equipment, function 0. */
const name1 = "0100000000000030";

describe("what a control unit sends by itself", () => {
  test("claims its address first of all (SAE J1939-81)", () => {
    const { listener } = engine();
    expect(listener.pass(1_500).texts()[0]).toBe(`18EEFF00#${name1}`);
  });

  test("sends each group at its rate and in its place among the priorities (SAE J1939-71)", () => {
    const { listener } = engine();
    listener.pass(10_000);
    const temperatures = listener.of("18FEEE00");
    expect(temperatures.map(({ text }) => text)).toEqual(
      Array(10).fill("18FEEE00#50FFFFFFFFFFFFFF"),
    );
    for (const gap of gapsOf(temperatures)) expect(gap).toBeCloseTo(1_000, -1);
  });

  test("keeps what is only sent on request to itself", () => {
    expect(engine().listener.pass(10_000).texts("18FEE500")).toEqual([]);
  });

  test("a group of which the machine has no signal is not sent, one that is not available is", () => {
    const without = networkOf([{}], { values: {} });
    expect(without.listener.pass(3_000).texts("18FEEE00")).toEqual([]);
    const unavailable = networkOf([{}], { values: { coolant: null } });
    expect(unavailable.listener.pass(3_000).texts("18FEEE00")[0]).toBe("18FEEE00#FFFFFFFFFFFFFFFF");
  });

  test("39 bytes go as an announced broadcast, 50 to 200 ms from packet to packet (SAE J1939-21)", () => {
    const { listener } = engine();
    listener.pass(12_000);
    const [first, ...packets] = listener.of("1CECFF00", "1CEBFF00").slice(0, 7);
    expect(first?.text).toBe("1CECFF00#20270006FFE3FE00");
    expect(packets.map(({ text }) => text.slice(0, 11))).toEqual([
      "1CEBFF00#01",
      "1CEBFF00#02",
      "1CEBFF00#03",
      "1CEBFF00#04",
      "1CEBFF00#05",
      "1CEBFF00#06",
    ]);
    for (const gap of gapsOf([...(first ? [first] : []), ...packets])) {
      expect(gap).toBeGreaterThanOrEqual(50);
      expect(gap).toBeLessThanOrEqual(200);
    }
    expect(listener.broadcasts("00")[0]).toEqual({ pgn: 65251, hex: `22${"FF".repeat(38)}` });
  });

  test("says the same at the same times, whoever asks and however time is cut", () => {
    const [one, other] = [engine(), engine()];
    one.listener.pass(7_000, 10);
    other.listener.pass(7_000, 1_000);
    expect(other.listener.heard).toEqual(one.listener.heard);
    expect(one.listener.heard.length).toBeGreaterThan(20);
  });
});

describe("trouble codes (SAE J1939-73)", () => {
  const code = (more: Partial<ActiveCode> = {}): ActiveCode => ({
    sa: 0,
    spn: 110,
    fmi: 0,
    ...more,
  });

  test("without any, all lamps are off and four bytes 0 stand for the code", () => {
    const { listener } = engine();
    listener.pass(5_000);
    expect(new Set(listener.texts("18FECA00"))).toEqual(new Set(["18FECA00#00FF00000000FFFF"]));
    for (const gap of gapsOf(listener.of("18FECA00"))) expect(gap).toBeCloseTo(1_000, -1);
  });

  test("one goes in a frame, at once when it comes and when it ends, and is counted", () => {
    const { listener } = engine();
    listener.pass(5_300);
    listener.heard.length = 0;
    listener.input = { ...usual, codes: [code()] };
    listener.pass(20);
    expect(listener.texts("18FECA00")).toEqual(["18FECA00#04FF6E000001FFFF"]);
    listener.pass(3_000).heard.length = 0;
    listener.input = usual;
    listener.pass(20);
    expect(listener.texts("18FECA00")).toEqual(["18FECA00#00FF00000000FFFF"]);
    listener.pass(3_000).heard.length = 0;
    listener.input = { ...usual, codes: [code()] };
    expect(listener.pass(20).texts("18FECA00")).toEqual(["18FECA00#04FF6E000002FFFF"]);
  });

  test("one that flickers is told at once no more than once a second", () => {
    const { listener } = engine();
    listener.pass(5_000).heard.length = 0;
    for (let at = 0; at < 20; at++) {
      listener.input = at % 2 === 0 ? { ...usual, codes: [code()] } : usual;
      listener.pass(100);
    }
    expect(listener.of("18FECA00").length).toBeLessThanOrEqual(4);
  });

  test("those of another unit are not told", () => {
    const { listener } = networkOf([{}], { ...usual, codes: [code({ sa: 39 })] });
    expect(new Set(listener.pass(4_000).texts("18FECA00"))).toEqual(
      new Set(["18FECA00#00FF00000000FFFF"]),
    );
  });

  test("several go as a broadcast, with every lamp and the most urgent flash", () => {
    const codes = [
      code({ lamp: "red", flash: "slow" }),
      code({ spn: 520192, fmi: 31, lamp: "malfunction", occurrences: 126 }),
      code({ spn: 100, fmi: 1, lamp: "red", flash: "fast" }),
      code({ spn: 96, fmi: 4, lamp: "none" }),
    ];
    const { listener } = networkOf([{}], { ...usual, codes });
    listener.pass(4_000);
    expect(listener.texts("18FECA00")).toEqual([]);
    // Malfunction and red on; red flashes fast (01), the others do not (11).
    expect(listener.broadcasts("00").find(({ pgn }) => pgn === 65226)?.hex).toBe(
      `50DF${"6E000001"}${"00F0FF7E"}${"64000101"}${"60000401"}`,
    );
  });
});

describe("answers to requests (SAE J1939-21)", () => {
  const request = (pgnHex: string, da = "00") => `18EA${da}F9#${pgnHex}`;
  const asked = (pgnHex: string, da?: string) => {
    const { listener } = engine();
    return listener.pass(3_000).say(request(pgnHex, da)).pass(40);
  };

  test.each([
    { name: "engine hours", pgn: "E5FE00", answer: "18FEE500#11FFFFFFFFFFFFFF" },
    { name: "a group that is sent anyhow", pgn: "EEFE00", answer: "18FEEE00#50FFFFFFFFFFFFFF" },
    { name: "DM1", pgn: "CAFE00", answer: "18FECA00#00FF00000000FFFF" },
    { name: "DM2", pgn: "CBFE00", answer: "18FECB00#00FF00000000FFFF" },
    { name: "software", pgn: "DAFE00", answer: "18FEDA00#01312E302AFFFFFF" },
    { name: "vehicle", pgn: "ECFE00", answer: "18FEEC00#464253494D312AFF" },
    { name: "who is there", pgn: "00EE00", answer: `18EEFF00#${name1}` },
  ])("$name, to it and to all", ({ pgn, answer }) => {
    expect(asked(pgn).texts(answer.slice(0, 8))).toContain(answer);
    expect(asked(pgn, "FF").texts(answer.slice(0, 8))).toContain(answer);
  });

  test("what it does not have is refused to one who asked it, and not to all", () => {
    // As the truck of sampletruckdata.log answers the tool at F9: 18E8FF00#01FFFFFFF9C5FD00.
    expect(asked("E6FE00").texts("18E8")).toEqual(["18E8FF00#01FFFFFFF9E6FE00"]);
    expect(asked("E6FE00", "FF").texts("18E8")).toEqual([]);
  });

  test("a request to another is none of its business", () => {
    expect(asked("E5FE00", "27").texts("18FEE500", "18E8")).toEqual([]);
  });

  test("a long answer to all is a broadcast", () => {
    const { listener } = engine();
    listener.pass(3_000).say(request("EBFE00", "FF")).pass(1_500);
    const hex = Buffer.from("MAKER*MODEL*SERIAL*0*").toString("hex").toUpperCase();
    expect(listener.broadcasts("00")).toContainEqual({ pgn: 65259, hex });
  });
});
