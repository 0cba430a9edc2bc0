import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { field, fromTag, literal, seriesTags, toTag } from "./line-protocol.ts";

describe("lines for InfluxDB", () => {
  test("a name comes back as it was, and a tag has no line break and no backslash of its own", () => {
    const name = fc.string({ unit: "grapheme" });
    const nasty = fc.string({
      unit: fc.constantFrom("\n", "\\", ",", "=", " ", "\u241b", "A", "5"),
    });
    fc.assert(
      fc.property(fc.oneof(name, nasty), (text) => {
        expect(fromTag(toTag(text))).toBe(text);
        expect(toTag(text)).not.toMatch(/[\n\r\\]/);
      }),
    );
  });

  test("have their tags in order and only those there are", () => {
    const signal = { name: "engine speed", unit: "1/min", scale: 1, offset: 0 };
    expect(seriesTags("P 7", { ...signal, sa: 0, spn: 190 }, 2)).toBe(
      "sample,machine=P\\ 7,repeat=2,sa=0,signal=engine\\ speed,spn=190,unit=1/min",
    );
    expect(seriesTags("P7", { ...signal, unit: "" })).toBe(
      "sample,machine=P7,signal=engine\\ speed",
    );
  });

  test("hold a number that reads back exactly, or a quality", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = /^ value=(\S+) $/.exec(field(value, 0))?.[1] ?? "";
        expect(Object.is(Number(text), value)).toBe(true);
      }),
    );
    expect(field(Number.NaN, 2)).toBe(" quality=2i ");
  });

  test("literals cannot be left from inside", () => {
    expect(literal("a'; drop database x; --\\")).toBe("'a\\'; drop database x; --\\\\'");
  });
});
