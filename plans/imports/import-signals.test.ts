import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Acquisition } from "../plan-schema.ts";
import { sampleDbc } from "./dbc.fixture.ts";
import { parseEds } from "./eds.ts";
import { type Import, importSignals, signalsOfImport, textOf } from "./import-signals.ts";
import { parseSpnList } from "./spn-list.ts";

const names = (one: Import, text: string) =>
  signalsOfImport(one, text).signals.map(({ name }) => name);
const lines = ({ mistakes }: { mistakes: readonly { line: number; message: string }[] }) =>
  mistakes.map(({ line, message }) => `${line}: ${message}`);

describe("signalsOfImport", () => {
  const file = { dbc: "boom.dbc" };

  test("names signals in camelCase, with a prefix if there is one", () => {
    expect(names(file, sampleDbc)).toEqual([
      "boomPressure",
      "boomState",
      "radius",
      "load",
      "page",
      "first",
      "sub",
      "deep",
    ]);
    expect(names({ ...file, prefix: "crane" }, sampleDbc)[0]).toBe("craneBoomPressure");
  });

  test("takes only the wanted ones, with what the plan says otherwise", () => {
    const { signals } = signalsOfImport(
      {
        ...file,
        bus: "can1",
        signals: { "Radius.Load": { as: "hookLoad", range: [0, 60] }, Radius: {} },
      },
      sampleDbc,
    );
    expect(signals).toMatchObject([
      { name: "radius", signal: { unit: "m", range: [-40, 80], can: { id: 389, bus: "can1" } } },
      {
        name: "hookLoad",
        signal: { unit: "t", range: [0, 60], source: "boom.dbc, message Radius" },
      },
    ]);
  });

  test("tells of a wanted signal that is not there, and of a unit that nobody knows, with its line", () => {
    expect(lines(signalsOfImport({ ...file, signals: { Nothing: {} } }, sampleDbc))).toEqual([
      '1: there is no signal "Nothing" in it',
    ]);
    const odd = sampleDbc.replace('"bar"', '"furlong"');
    expect(lines(signalsOfImport(file, odd))[0]).toMatch(
      /^19: "Boom_Pressure" has the unit "furlong"/,
    );
    expect(signalsOfImport({ ...file, units: { Furlong: "m" } }, odd).mistakes).toEqual([]);
  });

  test("gives two signals of one name in two messages names of their own", () => {
    const twice =
      'BO_ 1 A: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] "" X\nBO_ 2 B: 8 X\n SG_ S : 0|8@1+ (1,0) [0|0] "" X\n';
    expect(names(file, twice)).toEqual(["s", "sB"]);
  });
});

describe("importSignals", () => {
  const acquisition = (dbc: string): Acquisition =>
    ({ maker: "x", models: ["x"], imports: [{ dbc }], signals: {} }) as Acquisition;

  test.each(["/etc/passwd", "../secret.dbc", "a/../../secret.dbc"])(
    "reads nothing outside the plan's folder: %s",
    (dbc) => {
      const { mistakes } = importSignals(acquisition(dbc), "/nowhere/plan");
      expect(mistakes.map(({ message }) => message)).toEqual([
        `${dbc} must lie beside the plan or in a folder below it`,
      ]);
    },
  );

  test("tells of a file that is not there", () => {
    const { mistakes } = importSignals(acquisition("a/b.dbc"), "/nowhere/plan");
    expect(mistakes).toMatchObject([
      { message: "cannot read a/b.dbc (ENOENT)", path: ["acquisition", "imports", 0] },
    ]);
  });

  test("reads the degree sign of either encoding", () => {
    expect(textOf(Uint8Array.of(0xb0, 0x43))).toBe("°C");
    expect(textOf(Uint8Array.of(0xc2, 0xb0, 0x43))).toBe("°C");
  });
});

describe("parseSpnList", () => {
  const header =
    "pgn,acronym,spn,signal,name,startByte,startBit,bits,scale,offset,unit,min,max,kind,note";
  const row = '65280,OWN,520193,boomPressure,"Pressure, boom",1,1,16,0.1,0,bar,0,420,analog,';

  test("reads rows, quoted cells and semicolons, in any order of the columns", () => {
    const facts = parseSpnList(`${header}\n\n${row}\r\n`);
    expect(facts).toMatchObject({
      facts: [{ spn: 520193, name: "Pressure, boom", bits: 16, line: 3 }],
    });
    const other =
      '\ufeffspn;pgn;signal;name;startByte;startBit;bits;scale;offset;unit;min;max;kind\n7;61444;s;"a ""b""";1;1;8;1;0;rpm;0;250;state';
    expect(parseSpnList(other)).toMatchObject({
      facts: [{ spn: 7, name: 'a "b"', kind: "state" }],
    });
  });

  test("tells every mistake with its line", () => {
    const text = [
      header,
      row,
      row.replace("boomPressure", "Boom"),
      row.replace(",16,", ",33,").replace("boomPressure", "b"),
      row.replace("0.1", "a tenth").replace("boomPressure", "c"),
      row.replace("analog", "text").replace("boomPressure", "d"),
      row,
      row.replace('boom"', "boom").replace("boomPressure", "e"),
    ].join("\n");
    const read = parseSpnList(text);
    expect("mistakes" in read && lines(read)).toEqual([
      '3: signal must be a name in camelCase, not "Boom"',
      "4: bits must be a whole number from 1 to 32, not 33",
      '5: scale must be a number, not "a tenth"',
      '6: kind must be analog, state or address, not "text"',
      '7: "boomPressure" is the name in line 2 already',
      "8: a quoted cell is not ended",
    ]);
  });

  test("tells of columns that are missing", () => {
    const read = parseSpnList("pgn,spn\n1,2\n");
    expect("mistakes" in read && lines(read)[0]).toMatch(
      /^1: the first line needs the columns signal, name/,
    );
  });

  test("reads any text without an exception", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.boolean(), (text, withHeader) => {
        const read = parseSpnList(withHeader ? `${header}\n${text}` : text);
        if ("mistakes" in read) expect(read.mistakes.length).toBeLessThanOrEqual(100);
      }),
    );
  });
});

/** A load-moment indicator with two process data objects, one of them switched off. */
const eds = `[DeviceInfo]
ProductName=Indicator
[1800]
[1800sub1]
DefaultValue=$NODEID+0x180
[1801sub1]
DefaultValue=0x80000280+$NODEID
[1A00sub0]
DefaultValue=4
[1A00sub1]
DefaultValue=0x21000110
[1A00sub2]
DefaultValue=0x00050008
[1A00sub3]
DefaultValue=0x21000208
[1A00sub4]
DefaultValue=0x22000020
[1A01sub0]
DefaultValue=1
[2100sub1]
ParameterName=Slew angle
DataType=0x0003
[2100sub2]
ParameterName=Reeving
DataType=5
[2200]
ParameterName=Load
DataType=0x8
`;

describe("parseEds", () => {
  test("reads what the node sends, gaps included, and not what is switched off", () => {
    expect(parseEds(eds, 5)).toEqual({
      eds: {
        product: "Indicator",
        pdos: [
          {
            number: 1,
            canId: 0x185,
            isExtended: false,
            signals: [
              {
                name: "Slew angle",
                line: 11,
                index: 0x2100,
                subIndex: 1,
                startBit: 0,
                bits: 16,
                isSigned: true,
                isFloat: false,
              },
              {
                name: "Reeving",
                line: 15,
                index: 0x2100,
                subIndex: 2,
                startBit: 24,
                bits: 8,
                isSigned: false,
                isFloat: false,
              },
              {
                name: "Load",
                line: 17,
                index: 0x2200,
                subIndex: 0,
                startBit: 32,
                bits: 32,
                isSigned: false,
                isFloat: true,
              },
            ],
          },
        ],
      },
    });
  });

  test("becomes signals of the plan, whose unit and scale the plan says", () => {
    const { signals, mistakes } = signalsOfImport(
      {
        eds: "lmi.eds",
        node: 5,
        signals: { "Slew angle": { unit: "deg", scale: 0.1, range: [-180, 180] } },
      },
      eds,
    );
    expect(mistakes).toEqual([]);
    expect(signals).toMatchObject([
      {
        name: "slewAngle",
        signal: {
          unit: "deg",
          scale: 0.1,
          can: { id: 0x185, startBit: 0, bits: 16, signed: true },
        },
      },
    ]);
  });

  test.each([
    { name: "no object", text: "[DeviceInfo]\nProductName=x\n", says: "1: no process data object" },
    { name: "no section", text: "a=b\n", says: "1: a value stands in no [section]" },
    { name: "no value", text: "[x]\noops\n", says: "2: here should be a [section] or name=value" },
    {
      name: "a number that is none",
      text: eds.replace("$NODEID+0x180", "$NODE"),
      says: '5: "$NODE" is no number',
    },
    {
      name: "a mapped object that is not described",
      text: eds.replace("[2200]", "[2201]"),
      says: "17: object [2200sub0] is mapped and not described",
    },
    {
      name: "a mapping that is missing",
      text: eds.replace("[1A00sub4]", "[1A00sub5]"),
      says: "9: TPDO1 maps 4 objects, but [1A00sub4] is not there",
    },
  ])("tells with its line: $name", ({ text, says }) => {
    const read = parseEds(text, 5);
    expect("mistakes" in read && lines(read)[0]).toContain(says);
  });

  test("reads any text, and a good file with any damage, without an exception", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.nat(), fc.nat({ max: 30 }), (text, at, cut) => {
        const place = at % eds.length;
        for (const one of [text, eds.slice(0, place) + text + eds.slice(place + cut)]) {
          const read = parseEds(one, 5);
          if ("mistakes" in read) expect(read.mistakes.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
