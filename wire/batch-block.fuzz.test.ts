import { constants, zstdCompressSync } from "node:zlib";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyContent, columnsOf, contentOf, dictionary, identity } from "./batch.fixture.ts";
import { maxBatchBytes } from "./batch.ts";
import {
  batchChecksum,
  decodeBatch,
  encodeBatch,
  readBatchHeader,
  verifyBatch,
} from "./batch-block.ts";
import { ByteWriter } from "./byte-writer.ts";

/** Runs every reader; only BATCH_MALFORMED may come out, and BATCH_DICTIONARY_MISMATCH of the hash itself. */
function survive(block: Uint8Array): string {
  expect(verifyBatch(identity, block)).toBeTypeOf("boolean");
  let outcome = "decoded";
  for (const read of [
    readBatchHeader,
    batchChecksum,
    (b: Uint8Array) => decodeBatch(b, dictionary),
  ])
    try {
      read(block);
    } catch (error) {
      expect(error).toBeInstanceOf(CodedError);
      outcome = (error as CodedError).code;
      expect(outcome).toMatch(/^BATCH_(MALFORMED|DICTIONARY_MISMATCH)$/);
    }
  return outcome;
}

/** A block with the true epoch, dictionary and time, and then what is given. */
function forged(flags: number, write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter();
  out.uint32(0);
  out.byte(flags);
  out.append(new Uint8Array(16));
  out.append(Buffer.from(dictionary.hash, "hex"));
  for (const number of [0, 1, 0, 0]) out.varint(number); // base, number, produced, suppressed
  write(out);
  return out.written();
}

describe("damaged and hostile blocks", () => {
  test("random bytes are refused in order", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void survive(bytes)));
  });

  test("random bytes behind a true header are refused in order", () => {
    const counts = fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(
        fc.constantFrom(0x01, 0x11, 0x21, 0x41),
        fc.tuple(counts, counts),
        fc.uint8Array({ maxLength: 300 }),
        (flags, [samples, events], body) => {
          survive(
            forged(flags, (out) => {
              out.varint(samples);
              out.varint(events);
              out.append(body);
            }),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("flipped bits, cut and lengthened blocks are refused in order", () => {
    fc.assert(
      fc.property(
        anyContent,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.nat(),
        fc.uint8Array({ maxLength: 9 }),
        (content, flips, cut, tail) => {
          const block = Buffer.concat([encodeBatch(identity, content), tail]);
          for (const flip of flips) {
            const at = (flip >>> 3) % block.length;
            block[at] = (block[at] ?? 0) ^ (1 << (flip & 7));
          }
          survive(block);
          survive(block.subarray(0, cut % block.length));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each([
    { name: "more samples than bytes", counts: [2 ** 52, 0], body: [0] },
    { name: "more events than bytes", counts: [0, 2 ** 52], body: [1] },
    { name: "a signal beyond the dictionary", counts: [1, 0], body: [0, 16, 0, 2] },
    { name: "an unknown flag of the samples", counts: [1, 0], body: [0x20, 0, 0, 2] },
    { name: "an unknown unit of time", counts: [1, 0], body: [5, 0, 0, 2] },
    { name: "a run of no qualities", counts: [1, 0], body: [8, 0, 0, 1, 0, 1, 2] },
    { name: "a run beyond the samples", counts: [1, 0], body: [8, 2, 0, 0, 0, 2] },
    { name: "a remainder as large as the unit", counts: [1, 0], body: [0x11, 1, 1, 0, 0xe8, 7, 2] },
    { name: "a remainder of no row", counts: [1, 0], body: [0x11, 1, 1, 1, 1, 2] },
    { name: "a time of centuries", counts: [1, 0], body: [4, 0, ...Array(7).fill(0xff), 1, 2] },
    {
      name: "a raw count beyond exactness",
      counts: [1, 0],
      body: [0, 1, ...Array(7).fill(0xff), 9],
    },
    { name: "an unknown kind of event", counts: [0, 1], body: [2, ...Array(12).fill(0)] },
    { name: "an unknown lamp state", counts: [0, 1], body: [1, ...Array(9).fill(0), 7, 0, 0] },
    { name: "bits above the lamps", counts: [0, 1], body: [1, ...Array(9).fill(0), 0, 0x10, 0] },
    { name: "more DTCs than bytes", counts: [0, 1], body: [1, ...Array(11).fill(0), 9] },
    {
      name: "more DTCs than memory",
      counts: [0, 1],
      body: [1, ...Array(11).fill(0), ...Array(7).fill(0xff), 0x0f],
    },
    { name: "bytes behind the end", counts: [0, 0], body: [0] },
  ])("refuses $name", ({ counts: [samples = 0, events = 0], body }) => {
    const block = forged(1, (out) => {
      out.varint(samples);
      out.varint(events);
      out.append(Uint8Array.from(body));
    });
    expect(survive(block)).toBe("BATCH_MALFORMED");
  });

  test("the header alone does not believe more than the bytes could hold", () => {
    const claim = (samples: number, events: number) => () =>
      readBatchHeader(
        forged(0x11, (out) => {
          out.varint(samples);
          out.varint(events);
        }),
      );
    expect(claim(262_144, 0)).not.toThrow();
    expect(claim(262_145, 0)).toThrow("fewer");
    expect(claim(0, 21_846)).toThrow("fewer");
  });

  test.each([
    { name: "an unknown version", flags: 2, rest: [0, 0] },
    { name: "an unknown flag", flags: 0x81, rest: [0, 0] },
    { name: "an unknown reason of a tombstone", flags: 0x41, rest: [9, 0] },
    { name: "a tombstone with content", flags: 0x41, rest: [0, 0, 0] },
    { name: "a thinned batch of nothing", flags: 0xc1, rest: [0, 5, 0, 0] },
    { name: "a thinned batch without what was kept", flags: 0xc1, rest: [0, 5, 1, 0] },
  ])("refuses $name", ({ flags, rest }) => {
    expect(survive(forged(flags, (out) => out.append(Uint8Array.from(rest))))).toBe(
      "BATCH_MALFORMED",
    );
  });

  test.each([
    { name: "unfolds to much", windowLog: 18, cause: "ERR_BUFFER_TOO_LARGE" },
    {
      name: "asks for a large window",
      windowLog: 27,
      cause: "ZSTD_error_frameParameter_windowTooLarge",
    },
  ])("a small frame that $name is refused", ({ windowLog, cause }) => {
    const params = {
      [constants.ZSTD_c_windowLog]: windowLog,
      [constants.ZSTD_c_contentSizeFlag]: 0,
    };
    const bomb = zstdCompressSync(new Uint8Array(64 * 1024 * 1024), { params }).subarray(4);
    const block = forged(0x11, (out) => {
      out.varint(1);
      out.varint(0);
      out.append(bomb);
    });
    expect(block.length).toBeLessThan(maxBatchBytes);
    expect(survive(block)).toBe("BATCH_MALFORMED");
    const refused = expect.objectContaining({ cause: expect.objectContaining({ code: cause }) });
    expect(() => decodeBatch(block, dictionary)).toThrow(refused);
  });

  test("a block beyond the greatest size is refused unread", () => {
    expect(survive(new Uint8Array(maxBatchBytes + 1))).toBe("BATCH_MALFORMED");
  });

  test("a true block is not refused", () => {
    expect(survive(encodeBatch(identity, contentOf(columnsOf([]))))).toBe("decoded");
  });
});
