import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { exchangeConfig } from "./exchange-config.ts";
import { storeZip, unpackZip } from "./unpack-zip.ts";
import { readXlsx, writeXlsx } from "./xlsx.ts";

const code = (name: string) => expect.objectContaining({ code: name });
const all = () => true;

/** An archive of one packed file that claims to unpack to `claimed` bytes. */
function packed(content: Buffer, claimed: number): Buffer {
  const name = Buffer.from("a.xml");
  const data = deflateRawSync(content);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(8, 10);
  central.writeUInt32LE(data.length, 20);
  central.writeUInt32LE(claimed, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + data.length, 16);
  return Buffer.concat([local, name, data, central, name, end]);
}

describe("unpackZip", () => {
  test("unpacks what it packed", () => {
    const files = new Map([
      ["a.xml", Buffer.from("one")],
      ["b/c.xml", Buffer.alloc(1000, 7)],
    ]);
    expect(unpackZip(storeZip(files), all)).toEqual(files);
    expect([...unpackZip(packed(Buffer.from("x"), 1), all).values()]).toEqual([Buffer.from("x")]);
  });

  test("refuses a bomb by its directory, before it unpacks anything", () => {
    const bomb = packed(Buffer.alloc(10), exchangeConfig.maxUnpackedBytes + 1);
    expect(() => unpackZip(bomb, all)).toThrow(code("EXCHANGE_TOO_LARGE"));
  });

  test("refuses a bomb that lies about its size", () => {
    expect(() => unpackZip(packed(Buffer.alloc(5_000_000), 1000), all)).toThrow(
      code("EXCHANGE_FILE"),
    );
  });

  test("refuses what is cut off or no archive", () => {
    const whole = packed(Buffer.from("hello hello"), 11);
    for (const length of [0, 3, 21, 40, whole.length - 1])
      expect(() => unpackZip(whole.subarray(0, length), all)).toThrow(code("EXCHANGE_FILE"));
    expect(() => unpackZip(Buffer.alloc(70_000, 0x50), all)).toThrow(code("EXCHANGE_FILE"));
  });

  test("bytes changed at random end in a coded error or in an archive, never otherwise", async () => {
    const whole = await writeXlsx([{ name: "S", rows: [["a"], ["b"]] }]);
    for (let at = 0; at < whole.length; at += 97) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      await readXlsx(changed).catch((error: unknown) =>
        expect(error).toMatchObject({ code: expect.stringMatching(/^EXCHANGE_/) }),
      );
    }
  });
});

describe("xlsx", () => {
  test("texts stay texts, numbers numbers and days days", async () => {
    const rows = [
      ['=HYPERLINK("http://x")', "007", "+86", "<b>&'\""],
      [1.5, -2, true, new Date(Date.UTC(2026, 2, 5))],
      [null, "二\n行", null, "\u0007bell"],
    ];
    const file = await writeXlsx([{ name: "表", rows }]);
    expect((await readXlsx(file)).rows).toEqual([rows[0], rows[1], [null, "二\n行", null, "bell"]]);
    const sheet = [...unpackZip(file, (name) => name.includes("sheet1")).values()].join("");
    expect(sheet).not.toContain("<f>");
  });

  test("a formula is its last value, and an error in a cell is not taken for an empty one", async () => {
    const file = await writeXlsx([{ name: "S", rows: [["a"], ["b"]] }]);
    const changedTo = (cell: string) => {
      const files = unpackZip(file, all);
      for (const [name, content] of files)
        if (/sheet1\.xml$/.test(name))
          files.set(name, Buffer.from(content.toString().replace(/<c r="A2".*?<\/c>/, cell)));
      return readXlsx(storeZip(files));
    };
    const formula = await changedTo('<c r="A2"><f>1+1</f><v>2</v></c>');
    expect(formula.rows).toEqual([["a"], [2]]);
    const broken = await changedTo('<c r="A2" t="e"><v>#N/A</v></c>');
    expect(broken.rows).toEqual([["a"], ["#N/A"]]);
  });
});
