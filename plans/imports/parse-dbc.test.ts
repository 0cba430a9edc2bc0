import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conditionsOf } from "./check-dbc.ts";
import { sampleDbc } from "./dbc.fixture.ts";
import { parseDbc } from "./parse-dbc.ts";

function read(text: string) {
  const result = parseDbc(text);
  if ("mistakes" in result) throw new Error(JSON.stringify(result.mistakes));
  return result.dbc;
}
const mistakes = (text: string): string[] => {
  const result = parseDbc(text);
  return "mistakes" in result
    ? result.mistakes.map(({ line, message }) => `${line}: ${message}`)
    : [];
};
const message = (lines: string) => `BO_ 256 M: 8 X\n${lines}\n`;
const signal = (name: string, mux = "") => ` SG_ ${name} ${mux}: 8|8@1+ (1,0) [0|0] "" X`;

describe("parseDbc", () => {
  test("reads messages, signals, comments and attributes", () => {
    const { messages } = read(sampleDbc);
    expect(
      messages.map(({ name, id, isExtended, isJ1939, length }) => [
        name,
        id,
        isExtended,
        isJ1939,
        length,
      ]),
    ).toEqual([
      ["Boom", 0x18ff0021, true, true, 8],
      ["Radius", 0x185, false, false, 8],
      ["Mixed", 0x1ff, false, false, 8],
    ]);
    expect(messages[0]?.signals).toMatchObject([
      {
        name: "Boom_Pressure",
        startBit: 0,
        bits: 16,
        byteOrder: "little",
        scale: 0.1,
        unit: "bar",
        comment: 'Pressure in the "main" ram\nof the boom',
        startValue: 65535,
      },
      { name: "Boom_State", spn: 520192, hasValueNames: true, isSigned: false },
    ]);
    expect(messages[1]?.signals).toMatchObject([
      { name: "Radius", startBit: 7, byteOrder: "big", isSigned: true, offset: -40 },
      { name: "Load", isFloat: true, bits: 32 },
    ]);
    expect(messages[1]?.comment).toBe("From the load-moment indicator");
  });

  test("knows whom a multiplexed signal depends on, over several steps", () => {
    const mixed = read(sampleDbc).messages[2];
    const of = (name: string) => {
      const one = mixed?.signals.find((each) => each.name === name);
      const found = mixed && one ? conditionsOf(mixed, one) : "not there";
      return typeof found === "string" ? found : found.map(({ on, values }) => [on.name, values]);
    };
    expect(of("Page")).toEqual([]);
    expect(of("First")).toEqual([["Page", [[0, 0]]]]);
    expect(of("Sub")).toEqual([["Page", [[1, 1]]]]);
    expect(of("Deep")).toEqual([
      [
        "Sub",
        [
          [2, 4],
          [9, 9],
        ],
      ],
      ["Page", [[1, 1]]],
    ]);
  });

  test.each([
    { name: "nothing", text: "", says: ["1: there is no message (BO_) in this file"] },
    {
      name: "another kind of file",
      text: "PK\u0003\u0004 rubbish",
      says: [/1: "PK" is no statement of a DBC/],
    },
    {
      name: "a broken signal, and goes on",
      text: `${message(' SG_ A : 0|8@2+ (1,0) [0|0] "" X\n SG_ B : 0|x@1+ (1,0) [0|0] "" X\n SG_ C : 8|8@1+ (0,0) [0|0] "" X')}`,
      says: [
        "2: the byte order is 0 (big endian) or 1 (little endian), not 2",
        '3: here should be the count of bits, a number, not "x"',
        '4: "C" has the factor 0: no value is left',
      ],
    },
    {
      name: "a field beyond its message",
      text: message(' SG_ A : 60|8@1+ (1,0) [0|0] "" X\n SG_ B : 0|16@0+ (1,0) [0|0] "" X'),
      says: ['2: "A" ends in byte 9 of a message of 8 bytes'],
    },
    {
      name: "no bits",
      text: message(' SG_ A : 0|0@1+ (1,0) [0|0] "" X'),
      says: [/2: "A" has 0 bits/],
    },
    {
      name: "names and identifiers that are there twice",
      text: `${message(`${signal("A")}\n${signal("A")}`)}BO_ 256 N: 8 X\n`,
      says: ['3: "M" has a signal "A" already', '4: identifier 256 is that of "M" already'],
    },
    {
      name: "an identifier that cannot be",
      text: "BO_ 4096 M: 8 X\n",
      says: [/1: 4096 is no identifier/],
    },
    {
      name: "a signal in no message",
      text: `${signal("A")}\n`,
      says: ['1: signal "A" stands in no message'],
    },
    {
      name: "a text without end",
      text: `${message(signal("A"))}CM_ "never ends;\nmore\n`,
      says: ["3: a text begins here and never ends", /3: a statement is not ended/],
    },
    {
      name: "statements about what is not there",
      text: `${message(signal("A"))}VAL_ 257 A 1 "x" ;\nCM_ SG_ 256 B "y";\nSIG_VALTYPE_ 256 A : 1;\n`,
      says: [
        "3: there is no message 257",
        '4: "M" has no signal "B"',
        '5: "A" has 8 bits, a float of type 1 32',
      ],
    },
    {
      name: "multiplexing that leads nowhere",
      text: `${message(`${signal("A", "m0 ")}\n${signal("B", "x7 ")}`)}`,
      says: [
        '2: "A" is multiplexed, but "M" has no multiplexor (M)',
        '3: "x7" is no multiplexing; it is M, m0, m1 … or m1M',
      ],
    },
    {
      name: "multiplexing in a ring",
      text: `${message(`${signal("A", "m0M ")}\n${signal("B", "m0M ")}`)}SG_MUL_VAL_ 256 A B 0-0;\nSG_MUL_VAL_ 256 B A 0-0;\n`,
      says: [/2: "A" depends on itself/, /3: "B" depends on itself/],
    },
    {
      name: "an empty range of multiplexing",
      text: `${message(`${signal("A", "M ")}\n${signal("B", "m0 ")}`)}SG_MUL_VAL_ 256 B A 4-2;\n`,
      says: ["4: the range 4-2 is empty"],
    },
    {
      name: "an SPN that cannot be",
      text: `${message(signal("A"))}BA_ "SPN" SG_ 256 A 600000;\n`,
      says: [/3: an SPN is a whole number from 0 to 524287, not 600000/],
    },
  ])("tells with its line: $name", ({ text, says }) => {
    const found = mistakes(text);
    for (const [at, one] of says.entries())
      if (typeof one === "string") expect(found[at]).toBe(one);
      else expect(found[at]).toMatch(one);
    expect(found).toHaveLength(says.length);
  });

  test("reads any text without an exception, and tells at most a hundred mistakes", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "BO_ ",
        "SG_ ",
        "CM_ ",
        "BA_ ",
        "VAL_ ",
        "SG_MUL_VAL_ ",
        "\n",
        ";",
        '"',
        ":",
        "256 ",
        "A ",
        "8|8@1+ ",
      ),
      fc.string({ maxLength: 12 }),
      fc.integer().map(String),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        expect(mistakes(pieces.join("")).length).toBeLessThanOrEqual(100);
      }),
    );
    expect(mistakes("BO_ rubbish\n".repeat(50_000))).toHaveLength(100);
    expect(mistakes(`"${"\\".repeat(1_000_000)}`).length).toBeGreaterThan(0);
    expect(mistakes(`CM_ "${"x\n".repeat(1_000_000)}";`).length).toBeGreaterThan(0);
  });

  test("reads a good file with any damage without an exception", () => {
    const runs = process.env.FIREBREAK_SOAK === "1" ? 100_000 : 1_000;
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 40 }), fc.string({ maxLength: 8 }), (at, cut, put) => {
        const place = at % sampleDbc.length;
        const damaged = sampleDbc.slice(0, place) + put + sampleDbc.slice(place + cut);
        const lines = damaged.split("\n").length;
        const result = parseDbc(damaged);
        if ("mistakes" in result)
          for (const { line } of result.mistakes) {
            expect(line).toBeGreaterThan(0);
            expect(line).toBeLessThanOrEqual(lines);
          }
      }),
      { numRuns: runs },
    );
  });
});
