import { readGuarded } from "@firebreak/kit/csv-cell.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeText, parseCsv, writeCsv } from "./csv.ts";
import { exchangeConfig } from "./exchange-config.ts";

const rowsOf = (text: string) => parseCsv(text).rows;
const code = (name: string) => expect.objectContaining({ code: name });

describe("decodeText", () => {
  // 长沙 as GBK, which is what a Chinese Excel saves as "CSV".
  const gbk = Buffer.from([0xb3, 0xa4, 0xc9, 0xb3]);
  test.each([
    { name: "UTF-8 without a mark", bytes: Buffer.from("长沙"), is: "长沙" },
    { name: "UTF-8 with its mark", bytes: Buffer.from("\uFEFF长沙"), is: "长沙" },
    { name: "GBK", bytes: gbk, is: "长沙" },
    { name: "four bytes of GB 18030", bytes: Buffer.from([0x95, 0x32, 0x82, 0x36]), is: "𠀀" },
    {
      name: "UTF-16, as Excel's “Unicode text”",
      bytes: Buffer.from("\uFEFF长沙", "utf16le"),
      is: "长沙",
    },
  ])("reads $name", ({ bytes, is }) => {
    expect(decodeText(bytes)).toBe(is);
  });

  test("refuses what is no text of any of these", () => {
    expect(() => decodeText(Buffer.from([0x41, 0xff, 0xff, 0x80]))).toThrow(code("EXCHANGE_FILE"));
  });
});

describe("parseCsv", () => {
  test.each([
    {
      name: "commas",
      text: "a,b\r\n1,2\r\n",
      is: [
        ["a", "b"],
        ["1", "2"],
      ],
    },
    {
      name: "semicolons",
      text: "a;b\n1,5;2",
      is: [
        ["a", "b"],
        ["1,5", "2"],
      ],
    },
    {
      name: "tabs",
      text: "a\tb\r1\t2",
      is: [
        ["a", "b"],
        ["1", "2"],
      ],
    },
    { name: "quotes in quotes", text: '"a ""b""",c', is: [['a "b"', "c"]] },
    { name: "a line end in a cell", text: 'a\n"1\n2"\n3', is: [["a"], ["1\n2"], ["3"]] },
    { name: "empty cells and rows", text: "a,,\n\nb", is: [["a", null, null], [null], ["b"]] },
    {
      name: "a separator in quotes of the header",
      text: '"a,b,c";d\n1;2',
      is: [
        ["a,b,c", "d"],
        ["1", "2"],
      ],
    },
  ])("reads $name", ({ text, is }) => {
    expect(rowsOf(text)).toEqual(is);
  });

  test.each([
    { name: "a quote that is not closed", text: 'a\n"b', says: "row 2: a quotation mark" },
    { name: "text behind a closing quote", text: '"a"b', says: "row 1: there is text" },
  ])("refuses $name, with the row", ({ text, says }) => {
    expect(() => rowsOf(text)).toThrow(says);
  });

  test("refuses more rows than it may read", () => {
    const config = { ...exchangeConfig, maxRows: 3 } as unknown as typeof exchangeConfig;
    expect(parseCsv("h\n1\n2\n3\n", config).rows).toHaveLength(4);
    expect(() => parseCsv("h\n1\n2\n3\n4\n", config)).toThrow(code("EXCHANGE_TOO_LARGE"));
  });
});

describe("writeCsv", () => {
  test("marks UTF-8 for Excel and makes no formula of a text", () => {
    const written = writeCsv([
      ["=1+1", "+86 139", "-x", "@a", "\tb", "\rc", "-5", "d"],
      [-5, null],
    ]);
    expect(written.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(written.toString().slice(1)).toBe(
      "'=1+1,'+86 139,'-x,'@a,\"'\tb\",\"'\rc\",-5,d\r\n-5,\r\n",
    );
  });

  test("no cell of a text begins as a formula does, and every text comes back", () => {
    const text = fc.oneof(
      fc.string({ minLength: 1 }),
      fc
        .tuple(fc.constantFrom("=", "+", "-", "@", "\t", "\r", "'", "'=", '"', ","), fc.string())
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(text, { minLength: 2, maxLength: 4 }), { minLength: 1 }),
        (rows) => {
          const { rows: read } = parseCsv(decodeText(writeCsv(rows)));
          const isNumber = (cell: string) => /^-\d+(\.\d+)?$/.test(cell);
          for (const cell of read.flat())
            if (typeof cell === "string" && !isNumber(cell))
              expect(cell).not.toMatch(/^[=+\-@\t\r]/);
          const back = read.map((row) =>
            row.map((cell) => (typeof cell === "string" ? readGuarded(cell) : cell)),
          );
          expect(back).toEqual(rows);
        },
      ),
    );
  });
});
