import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeDictionaries, parseDictionaries } from "./dictionary-codec.ts";
import { createDictionary } from "./signal-dictionary.ts";

const signal = { name: "engineSpeed", unit: "rpm", scale: 0.125, offset: 0 };
const dictionaries = [
  createDictionary("concrete-pump-truck", [{ ...signal, spn: 190, sa: 0 }, signal]),
  createDictionary("混凝土泵车", []),
];

/** As a gateway of ours would send it, with a hash that fits. */
function sent(content: unknown): Uint8Array {
  const hash = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
  return zstdCompressSync(JSON.stringify([{ hash, ...(content as object) }]));
}

function codeOf(bytes: Uint8Array): string {
  try {
    parseDictionaries(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    return (error as CodedError).code;
  }
  return "accepted";
}

describe("parseDictionaries", () => {
  test("gives back what was encoded", () => {
    expect(parseDictionaries(encodeDictionaries(dictionaries))).toEqual(dictionaries);
  });

  test("leaves out fields of a newer gateway, which its hash covers", () => {
    const [read] = parseDictionaries(sent({ plan: "p", signals: [{ ...signal, colour: "red" }] }));
    expect(read?.signals).toEqual([signal]);
  });

  test.each([
    {
      name: "another hash",
      bytes: encodeDictionaries([{ ...createDictionary("a", []), plan: "b" }]),
    },
    { name: "no zstd", bytes: Buffer.from("[]") },
    { name: "nothing", bytes: new Uint8Array() },
    { name: "no JSON", bytes: zstdCompressSync("[") },
    { name: "no list", bytes: zstdCompressSync("{}") },
    { name: "no UTF-8", bytes: zstdCompressSync(Uint8Array.of(0x22, 0xff, 0x22)) },
    { name: "a bomb", bytes: zstdCompressSync(Buffer.alloc(64 * 1024 * 1024, " ")) },
    { name: "too many", bytes: zstdCompressSync(JSON.stringify(Array(1_001).fill(0))) },
    { name: "a plan without a name", bytes: sent({ plan: "", signals: [] }) },
    { name: "signals that are no list", bytes: sent({ plan: "p", signals: {} }) },
    { name: "a scale as text", bytes: sent({ plan: "p", signals: [{ ...signal, scale: "1" }] }) },
    { name: "no offset", bytes: sent({ plan: "p", signals: [{ ...signal, offset: undefined }] }) },
    {
      name: "an SPN beyond 19 bits",
      bytes: sent({ plan: "p", signals: [{ ...signal, spn: 2 ** 19 }] }),
    },
    {
      name: "an address beyond a byte",
      bytes: sent({ plan: "p", signals: [{ ...signal, sa: 256 }] }),
    },
    {
      name: "nesting too deep to print",
      bytes: zstdCompressSync(
        `[{"hash":"0000000000000000","plan":${"[".repeat(100_000)}${"]".repeat(100_000)},"signals":[]}]`,
      ),
    },
  ])("refuses $name", ({ bytes }) => {
    expect(codeOf(bytes)).toBe("SESSION_MALFORMED");
  });

  test("stops unfolding at its bound", () => {
    const params = { [constants.ZSTD_c_windowLog]: 20, [constants.ZSTD_c_contentSizeFlag]: 0 };
    const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024, " "), { params });
    const refused = { cause: expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }) };
    expect(() => parseDictionaries(bomb)).toThrow(expect.objectContaining(refused));
  });

  test("refuses damaged bytes in order", () => {
    const whole = encodeDictionaries(dictionaries);
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 255 }), (at, mask) => {
        const bytes = Uint8Array.from(whole);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
        expect(codeOf(bytes)).toMatch(/^(accepted|SESSION_MALFORMED)$/);
      }),
    );
  });
});

describe("encodeDictionaries", () => {
  test("refuses what parseDictionaries would refuse for its size", () => {
    const many = createDictionary("p", Array(60_000).fill({ ...signal, name: "x".repeat(60) }));
    expect(() => encodeDictionaries([many])).toThrow("greatest size");
  });
});
