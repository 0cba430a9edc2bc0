import { describe, expect, test } from "vitest";
import { exchangeConfig } from "./exchange-config.ts";
import { readTable, writeSheets } from "./sheet-tasks.ts";
import { storeZip, unpackZip } from "./unpack-zip.ts";

const configured = (change: object) =>
  ({ ...exchangeConfig, ...change }) as unknown as typeof exchangeConfig;
const code = (name: string) => expect.objectContaining({ code: name });

describe("readTable", () => {
  test("tells .xlsx and CSV apart by their bytes, and takes our guard off CSV", async () => {
    const rows = [["a"], ["=1"], ["'x"]];
    for (const format of ["xlsx", "csv"] as const)
      expect((await readTable(await writeSheets(format, [{ name: "S", rows }]))).rows).toEqual(
        rows,
      );
  });

  test("refuses an old .xls, what is too large and what takes too long", async () => {
    const xls = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    await expect(readTable(xls)).rejects.toThrow(/save it as \.xlsx/);
    const small = configured({ maxFileBytes: 3 });
    await expect(readTable(Buffer.from("a,b,c"), small)).rejects.toThrow(
      code("EXCHANGE_TOO_LARGE"),
    );
    const hasty = configured({ readerTimeoutMs: 1 });
    const long = Buffer.from("a,b\n".repeat(100_000));
    await expect(readTable(long, hasty)).rejects.toThrow(code("EXCHANGE_TOO_LARGE"));
    expect((await readTable(Buffer.from("a"))).rows).toEqual([["a"]]);
  });

  test("a sheet that claims a billion rows costs its reader, not the hub", async () => {
    const file = await writeSheets("xlsx", [{ name: "S", rows: [["a"], ["b"]] }]);
    const files = unpackZip(file, () => true);
    for (const [name, content] of files)
      if (/sheet1\.xml$/.test(name)) {
        const text = content
          .toString()
          .replace(/<row r="2"/, '<row r="999999999"')
          .replace('r="A2"', 'r="A999999999"');
        expect(text).toContain("999999999");
        files.set(name, Buffer.from(text));
      }
    const lean = configured({ readerMegabytes: 64 });
    // The reader that waits has the bound of whoever made it: a large task ends it.
    await readTable(Buffer.from("a,b\n".repeat(100_000)), configured({ readerTimeoutMs: 1 })).catch(
      () => undefined,
    );
    await expect(readTable(storeZip(files), lean)).rejects.toThrow(code("EXCHANGE_TOO_LARGE"));
    expect((await readTable(Buffer.from("a"))).rows).toEqual([["a"]]);
  });
});
