import { readFileSync } from "node:fs";
import { sharedData } from "@firebreak/test/shared-data.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseColumns } from "./column-map.ts";
import { framesOf, writers } from "./recordings.fixture.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";

describe("a real recording, written as other tools write it, says the same", () => {
  const names = isSoak
    ? ["jd5055e_tractoron10seconds", "sampletruckdata"]
    : ["jd5055e_StartUp-FirstHalf", "jd5055e_noStartInGear1"];
  const files = names.map((name) => sharedData(`can/${name}.log`));
  for (const [format, write] of Object.entries(writers))
    test.skipIf(files.includes(undefined))(format, () => {
      for (const file of files) {
        if (file === undefined) continue;
        const original = framesOf(readFileSync(file));
        const other = framesOf(write(file));
        expect(other.parser.problems).toEqual([]);
        expect(other.frames.length).toBeGreaterThan(1_000);
        expect(other.frames).toEqual(original.frames);
      }
    });
});

const lines = (...text: string[]) => text.join("\n");

describe("Vector ASC", () => {
  test.each([
    [
      "decimal numbers, times one after the other",
      lines(
        "base dec  timestamps relative",
        " 1.5 1 100 Rx d 2 17 255",
        " 0.25 2 419361024x Tx d 1 0",
      ),
      ["1500000000 can0 64 11 11ff", "1750000000 can1 18fef100 29 00"],
    ],
    [
      "a trigger in the middle: negative times",
      lines(
        "base hex timestamps absolute",
        "-0.500000 1 123 Rx d 1 aa",
        "-0.000001 1 123 Rx d 0",
        "0.0 1 123 Rx r",
      ),
      ["-500000000 can0 123 11 aa", "-1000 can0 123 11 ", "0 can0 123 11 remote 0"],
    ],
    [
      "a start date under German Windows",
      lines("date Sam Okt 30 15:06:13.191 2017", "base hex timestamps absolute", "1.0 1 1 Rx d 0"),
      [`${Date.UTC(2017, 9, 30, 15, 6, 14, 191)}000000 can0 1 11 `],
    ],
    [
      "a start date in the afternoon",
      lines("date Sat Sep 30 03:06:13 pm 2017", "base hex timestamps absolute", "0.0 1 1 Rx d 0"),
      [`${Date.UTC(2017, 8, 30, 15, 6, 13)}000000 can0 1 11 `],
    ],
    [
      "error frames, remote frames with a length, CAN FD with and without a name",
      lines(
        "base hex timestamps absolute",
        "0.1 1 ErrorFrame ECC: 10100010",
        "0.2 1 18FEF200x Rx r 8 Length = 1",
        "0.3 CANFD 2 Rx 300 Name_12 1 0 9 12 01 02 03 04 05 06 07 08 09 0a 0b 0c 102203 133 303000 e000",
        "0.4 CANFD 2 Rx 300x 0 0 1 1 ff 102203 133 0 e000",
      ),
      [
        "100000000 can0 0 11 error ",
        "200000000 can0 18fef200 29 remote 8",
        "300000000 can1 300 11 fd 0102030405060708090a0b0c",
        "400000000 can1 300 29 ff",
      ],
    ],
    [
      "rows that are no frames, fifteen bytes, and a length code above eight",
      lines(
        "base hex timestamps absolute",
        "",
        "0.0 Start of measurement",
        "0.1 CAN 1 Status:chip status error passive - TxErr: 132 RxErr: 0",
        "0.2 1 Statistic: D 0 R 0 XD 4 XR 0 E 0 O 0 B 1.10%",
        "0.3 J1939TP FEE3p 6 0 0 - Rx d 15 11",
        "0.4 1 18FEE300x Rx d f 20 1C DD 68 42 DC A0 0F D5 8D 20 E3 7A 31 F1",
        "0.5 1 18FEE300x Rx d 9 20 1C DD 68 42 DC A0 0F Length = 5",
        "0.6 1 123 TxRq d 0",
      ),
      [
        "400000000 can0 18fee300 29 201cdd6842dca00fd58d20e37a31f1",
        "500000000 can0 18fee300 29 201cdd6842dca00f",
      ],
    ],
  ])("reads %s", (_, text, frames) => {
    const read = framesOf(text);
    expect(read.frames).toEqual(frames);
    expect(read.parser).toMatchObject({ brokenLines: 0, format: "asc" });
  });

  test("tells broken rows by line and reason", () => {
    const { parser } = framesOf(
      lines(
        "base hex timestamps absolute",
        "x 1 123 Rx d 0",
        "0.1 1 800 Rx d 0",
        "0.1 1 123 Rx d 8 11 22",
        "0.1 99 123 Rx d 0",
        "0.1 1 123 Rx q 0",
      ),
    );
    expect(parser.problems.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
      "2 the time is no number",
      "3 the identifier has more than 29 bits",
      "4 the data are not as long as announced",
      "5 more than 64 interfaces",
      "6 no frame after the interface name",
    ]);
  });
});

describe("PCAN TRC", () => {
  test.each([
    [
      "1.0",
      lines(
        ";   Start time: 24.03.2003 12:52:32.539",
        "     1)      1059  0300  2  00 ff ",
        "     2)      1060  0300  4  RTR",
      ),
      ["1059000000 can0 300 11 00ff", "1060000000 can0 300 11 remote 4"],
    ],
    [
      "1.1 with warnings and errors",
      lines(
        ";$FILEVERSION=1.1",
        ";$STARTTIME=25569.5",
        "     1)      1059.9  Rx     18EFC034  1  07 ",
        "     2)      1283.2  Warng  FFFFFFFF  4  00 00 00 08  BUSHEAVY ",
        "     3)      1298.9  Error      0008  4  00 01 08 00",
        "     4)      1299.9  Tx         0300  0  ",
      ),
      [
        "43201059900000 can0 18efc034 29 07",
        "43201298900000 can0 0 11 error ",
        "43201299900000 can0 300 11 ",
      ],
    ],
    [
      "1.3 with a bus",
      lines(";$FILEVERSION=1.3", "  1)  17.535 2  Rx  00000300 -  2  AB cd"),
      ["17535000 can1 300 29 abcd"],
    ],
    [
      "2.0 with states, which have no identifier",
      lines(
        ";$FILEVERSION=2.0",
        "  1      1059.900 DT     0300 Rx 2  00 ff ",
        "  2      1283.231 ST          Rx    00 00 00 08 ",
        "  3      1299.000 RR 18EAFF00 Rx 3  ",
        "  4      1300.000 ER          Rx    04 00 00 00 00",
        "  5      -1.000 DT     0300 Rx 0 ",
      ),
      [
        "1059900000 can0 300 11 00ff",
        "1299000000 can0 18eaff00 29 remote 3",
        "1300000000 can0 0 11 error ",
        "-1000000 can0 300 11 ",
      ],
    ],
    [
      "2.1 with CAN FD lengths as codes and columns in another order",
      lines(
        ";$FILEVERSION=2.1",
        ";$COLUMNS=N,O,T,B,I,d,R,L,D",
        "  1  1.000 FD 2 18EFC034 Rx -  9    00 01 02 03 04 05 06 07 08 09 0A 0B",
        "  2  2.000 EC 2 -        Rx -  2    00 01",
      ),
      ["1000000 can1 18efc034 29 fd 000102030405060708090a0b"],
    ],
  ])("reads version %s", (_, text, frames) => {
    const read = framesOf(text);
    expect(read.frames).toEqual(frames);
    expect(read.parser).toMatchObject({ brokenLines: 0, format: "trc" });
  });

  test("tells broken rows by line and reason", () => {
    const { parser } = framesOf(
      lines(
        ";$FILEVERSION=1.1",
        "rubbish",
        " 1) 1.0 Rx 30 1 00",
        " 2) 1.0 Rx FFFFFFFF 1 00",
        " 3) 1.0 Rx 0300 2 00",
        " 4) 1.0 Rx 0300 1 00 00",
        " 5) 1.0 Rx 0300 1 0",
      ),
    );
    expect(parser.problems.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
      "2 the time is no number",
      "3 the identifier is not 4 or 8 hex digits",
      "4 the identifier has more than 29 bits",
      "5 the data are not as long as announced",
      "6 something stands behind the frame",
    ]);
    expect(parser.brokenLines).toBe(6);
  });
});

describe("CSV", () => {
  test.each([
    [
      "columns of an oscilloscope by map: CRC and error columns beside, rows without identifier",
      lines(
        "",
        "Packet,Abs Time [ms],Type,Msg,DLC,Payload,CRC,Err",
        '1,-1.5,Data,"18FEF200",2,"00 ff",1A2B,0',
        "2,0,Overload,,,,,0",
        "3,1,Error,7FF,0,,0000,1",
      ),
      "time=Abs Time [ms],timeUnit=ms,id=Msg,length=DLC,data=Payload,error=Err",
      ["-1500000 can0 18fef200 29 00ff", "1000000 can0 0 11 error "],
    ],
    [
      "columns by number, decimal identifiers, a byte each, no head",
      "1.5\t256\t3\t1\t2\t3\t\n1.6\t419361024\t1\tff\t\t\t",
      "time=1,id=2,idBase=dec,data=4-7,length=3",
      ["1500000000 can0 100 11 010203", "1600000000 can0 18fef100 29 ff"],
    ],
    [
      "remote frames, named buses, no time",
      "id,data,bus,rtr,dlc\n0x123,,deck,1,8\n123,1122334455667788990011223344ff,2,,",
      undefined,
      ["- deck 123 11 remote 8", "- can2 123 11 1122334455667788990011223344ff"],
    ],
  ])("reads %s", (_, text, columns, frames) => {
    const read = framesOf(text, columns === undefined ? {} : { columns: parseColumns(columns) });
    expect(read.frames).toEqual(frames);
    expect(read.parser).toMatchObject({ brokenLines: 0, format: "csv" });
  });

  test("tells broken rows by line and reason", () => {
    const { parser } = framesOf(
      "time,id,dlc,data\nx,1,1,00\n1,xyz,1,00\n1,2fffffff,1,00\n1,1,1,0\n1,1,2,00",
    );
    expect(parser.problems.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
      "2 the time is no number",
      "3 the identifier is not 3 or 8 hex digits",
      "4 the identifier has more than 29 bits",
      "5 the data are not pairs of hex digits",
      "6 the data are not as long as announced",
    ]);
  });

  test.each(["", "id", "data=D1", "id=1,data=2,colour=3", "id=1,data=2,timeUnit=h"])(
    "refuses the map %j",
    (map) => expect(() => parseColumns(map)).toThrow(/is no map of columns/),
  );
});

const seeds = [
  lines("date Sat Sep 30 15:06:13 2017", "base hex timestamps absolute", "0.1 1 123x Rx d 2 11 22"),
  lines("0.3 CANFD 2 Rx 300 1 0 9 12 01 02 03 04 05 06 07 08 09 0a 0b 0c 1 1 303000"),
  lines(";$FILEVERSION=1.1", ";$STARTTIME=43008.6", " 1) 1.0 Rx 18FEF200 2 11 22"),
  lines(";$FILEVERSION=2.1", ";$COLUMNS=N,O,T,B,I,d,R,L,D", " 1 1.0 FD 1 0300 Rx - 9 00 11"),
  lines("Time Stamp,ID,Extended,Dir,Bus,LEN,D1,D2", "17,18FEF200,true,Rx,0,2,11,22"),
];

test(
  "no bytes make a format throw; lines, frames and broken ones add up, whatever the pieces",
  () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.nat(2) });
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(change, { maxLength: 12 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, changes, pieceBytes) => {
          const bytes = [...Buffer.from(`${seed}\n${seed}\n`)];
          for (const { at, byte, kind } of changes)
            bytes.splice(at % bytes.length, kind === 0 ? 0 : 1, ...(kind === 1 ? [] : [byte]));
          const whole = framesOf(Uint8Array.from(bytes));
          const pieces = framesOf(Uint8Array.from(bytes), {}, pieceBytes);
          expect(pieces.frames).toEqual(whole.frames);
          const { lines: all, brokenLines, otherLines } = whole.parser;
          expect(whole.frames.length + brokenLines + otherLines).toBeLessThanOrEqual(all);
        },
      ),
      { numRuns: isSoak ? 200_000 : 1_000 },
    );
  },
  isSoak ? 600_000 : 30_000,
);

const mutated = sharedData("can/jd5055e_idling.log");

test.skipIf(mutated === undefined)(
  "mutated recordings of every format are read to their end, with what is broken counted",
  () => {
    if (mutated === undefined) return;
    let state = 1;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    for (const [format, write] of Object.entries(writers)) {
      const text = Buffer.from(write(mutated).slice(0, isSoak ? undefined : 40_000), "latin1");
      for (let round = 0; round < (isSoak ? 200 : 4); round++) {
        const bytes = Uint8Array.from(text);
        for (let change = 0; change < 200; change++) bytes[random(bytes.length)] = random(256);
        const { frames, parser } = framesOf(bytes);
        expect(parser.brokenLines + frames.length, format).toBeGreaterThan(100);
        expect(parser.problems.length).toBeLessThanOrEqual(5);
      }
    }
  },
);
