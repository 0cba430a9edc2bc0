import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Table } from "../registers/plan-reads.ts";
import { encodeTcp, TcpReceiver } from "./mbap.ts";
import { dataBytesOf, decodeReply, encodeRead, functionCodes } from "./pdu.ts";
import { crc16, encodeRtu, RtuReceiver } from "./rtu-frame.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const fromHex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const file = join(import.meta.dirname, "../../../../../shared/data/modbus/frames.json");
/** Rounds of the properties; a long run has many more. */
const numRuns = process.env.FIREBREAK_SOAK ? 200_000 : 2_000;

interface GoldenFrame {
  readonly name: string;
  readonly unit: number;
  readonly fc: number;
  readonly rtu: string;
  readonly tcp: string;
}

function goldenFrames(): GoldenFrame[] {
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as GoldenFrame[];
  if (process.env.CI) throw new Error(`${file} is missing; CI must compare the frames`);
  process.stdout.write(`Skipped: comparing the golden frames needs ${file}\n`);
  return [];
}

const golden = goldenFrames();

describe.skipIf(golden.length === 0)("the golden frames", () => {
  test("are all there", () => {
    expect(golden).toHaveLength(22);
  });

  test.each(golden)("$name, byte for byte", ({ unit, fc: code, rtu, tcp }) => {
    const pdu = fromHex(tcp).subarray(7);
    expect(pdu[0]).toBe(code);
    expect(hex(encodeRtu(unit, pdu))).toBe(rtu);
    expect(hex(encodeTcp(1, unit, pdu))).toBe(tcp);
    const frames: unknown[] = [];
    new TcpReceiver().push(fromHex(tcp), (frame) => frames.push({ ...frame, pdu: hex(frame.pdu) }));
    expect(frames).toEqual([{ transaction: 1, unitId: unit, pdu: hex(pdu) }]);
    const whole = fromHex(rtu);
    expect(crc16(whole)).toBe(0);
  });

  test.each(golden.filter(({ name }) => / read | max 125 /.test(name)))(
    "$name is what we ask",
    ({ fc: code, tcp }) => {
      const view = new DataView(fromHex(tcp).buffer);
      const block = { address: view.getUint16(8), count: view.getUint16(10) };
      const table = tableOf(code);
      expect(hex(encodeRead({ table, ...block }))).toBe(tcp.slice(14));
    },
  );

  test.each(golden.filter(({ fc: code }) => code > 0x80))("$name is understood", (frame) => {
    const { unit, rtu } = frame;
    const block = { table: "holding", address: 0, count: 1 } as const;
    const receiver = new RtuReceiver();
    receiver.expect(encodeRtu(unit, encodeRead(block)), dataBytesOf(block));
    const pdu = receiver.push(fromHex(rtu));
    expect(decodeReply(pdu ?? new Uint8Array(), block, new Uint16Array(1))).toEqual({
      kind: "exception",
      code: Number.parseInt(frame.name.split(" ")[1] ?? "", 10),
    });
  });
});

const tableOf = (code: number): Table =>
  (Object.keys(functionCodes) as Table[]).find((table) => functionCodes[table] === code) ??
  "holding";

const block = { table: "holding", address: 1024, count: 3 } as const;
const request = encodeRtu(10, encodeRead(block));
const words = [300, 0xffff, 62];
const answerPdu = Uint8Array.of(3, 6, 1, 44, 255, 255, 0, 62);
const answer = encodeRtu(10, answerPdu);

function received(...pieces: readonly Uint8Array[]) {
  const receiver = new RtuReceiver();
  receiver.expect(request, dataBytesOf(block));
  let pdu: Uint8Array | undefined;
  for (const piece of pieces) pdu = receiver.push(piece) ?? pdu;
  pdu ??= receiver.finish();
  const into = new Uint16Array(block.count);
  const reply = pdu === undefined ? undefined : decodeReply(pdu, block, into);
  return { reply, words: [...into], counts: receiver.counts };
}

const joined = (...pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));

describe("RtuReceiver", () => {
  test.each([
    { name: "an answer", pieces: [answer] },
    { name: "byte by byte", pieces: [...answer].map((byte) => Uint8Array.of(byte)) },
    { name: "behind our own echo", pieces: [joined(request, answer)] },
    { name: "behind an echo in pieces", pieces: [request.slice(0, 5), request.slice(5), answer] },
    { name: "behind noise", pieces: [Uint8Array.of(0, 255, 10, 7, 10), answer] },
    { name: "behind the begin of a frame", pieces: [Uint8Array.of(10, 3, 6, 1), answer] },
    { name: "in front of noise", pieces: [joined(answer, Uint8Array.of(10, 3, 6, 0, 0))] },
    { name: "behind 10,000 bytes of noise", pieces: [new Uint8Array(10_000).fill(10), answer] },
    { name: "behind the frame of another", pieces: [encodeRtu(9, answerPdu), answer] },
  ])("finds $name", ({ pieces }) => {
    const { reply, ...rest } = received(...pieces);
    expect(reply).toEqual({ kind: "words" });
    expect(rest.words).toEqual(words);
  });

  test("counts an echo, and a wrong CRC, for what they are", () => {
    expect(received(joined(request, answer)).counts).toMatchObject({ echoes: 1, crcErrors: 0 });
    const spoilt = answer.slice();
    spoilt[4] = 45;
    const { reply, counts } = received(spoilt);
    expect(reply).toBeUndefined();
    expect(counts).toMatchObject({ crcErrors: 1, foreign: 0, bytes: answer.length });
  });

  test.each([
    { name: "another unit", frame: encodeRtu(9, answerPdu) },
    { name: "another function", frame: encodeRtu(10, Uint8Array.of(4, 6, 1, 44, 255, 255, 0, 62)) },
    { name: "another length", frame: encodeRtu(10, Uint8Array.of(3, 4, 1, 44, 255, 255)) },
  ])("a frame of $name is no answer", ({ frame }) => {
    const { reply, counts } = received(frame);
    expect(reply).toBeUndefined();
    expect(counts.foreign).toBe(1);
  });

  test("A10: no bit error becomes a value (every one and two flipped bits)", () => {
    const bits = answer.length * 8;
    for (let one = 0; one < bits; one++)
      for (let other = one; other < bits; other++) {
        const spoilt = answer.slice();
        for (const bit of new Set([one, other]))
          spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const { reply } = received(spoilt);
        if (reply !== undefined) expect.fail(`bits ${one} and ${other} went unseen`);
      }
  });

  test("whatever comes: never throws, and a value only from a right CRC", () => {
    const noise = fc.uint8Array({ maxLength: 300 });
    const piece = fc.oneof(noise, fc.constant(request), mutated(answer), fc.constant(answer));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const { reply } = received(...pieces);
        const all = joined(...pieces);
        if (reply?.kind === "words") expect(holds(all, answer.length)).toBe(true);
        if (reply?.kind === "exception") expect(holds(all, 5)).toBe(true);
      }),
      { numRuns },
    );
  });
});

/** Whether a frame of our unit with a right CRC and this length lies anywhere in the bytes. */
const holds = (all: Uint8Array, length: number): boolean =>
  Array.from(all).some(
    (unit, at) => unit === 10 && at + length <= all.length && crc16(all, at, at + length) === 0,
  );

const mutated = (frame: Uint8Array) =>
  fc
    .array(fc.tuple(fc.nat(frame.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => {
      const copy = frame.slice();
      for (const [at, byte] of changes) copy[at] = byte;
      return copy;
    });

describe("TcpReceiver", () => {
  const take = (receiver: TcpReceiver, bytes: Uint8Array) => {
    const frames: string[] = [];
    receiver.push(bytes, ({ transaction, unitId, pdu }) =>
      frames.push(`${transaction} ${unitId} ${hex(pdu)}`),
    );
    return frames;
  };

  test("frames come whole whatever the pieces", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat(65_535), fc.nat(255), fc.uint8Array({ minLength: 1, maxLength: 253 })),
          {
            maxLength: 6,
          },
        ),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }),
        (frames, sizes) => {
          const all = joined(...frames.map(([tx, unit, pdu]) => encodeTcp(tx, unit, pdu)));
          const receiver = new TcpReceiver();
          const found: string[] = [];
          for (let from = 0, at = 0; from < all.length; at++) {
            const size = sizes[at % sizes.length] ?? 1;
            found.push(...take(receiver, all.subarray(from, from + size)));
            from += size;
          }
          expect(found).toEqual(frames.map(([tx, unit, pdu]) => `${tx} ${unit} ${hex(pdu)}`));
          expect([receiver.isBroken, receiver.isMidFrame]).toEqual([false, false]);
        },
      ),
    );
  });

  test.each(["0001000100060101", "000100000001", "00010000ffff0103"])(
    "after %s nothing is believed any more",
    (bytes) => {
      const receiver = new TcpReceiver();
      expect(take(receiver, fromHex(bytes))).toEqual([]);
      expect(receiver.isBroken).toBe(true);
      expect(take(receiver, encodeTcp(1, 1, answerPdu))).toEqual([]);
    },
  );

  test("whatever comes: never throws", () => {
    const piece = fc.oneof(fc.uint8Array({ maxLength: 600 }), mutated(encodeTcp(1, 1, answerPdu)));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        const receiver = new TcpReceiver();
        for (const bytes of pieces)
          receiver.push(bytes, ({ pdu }) => decodeReply(pdu, block, new Uint16Array(3)));
      }),
      { numRuns },
    );
  });
});

describe("decodeReply", () => {
  test("coils come lowest bit first, and no more than were asked for", () => {
    const coils = { table: "coil", address: 10, count: 19 } as const;
    const into = new Uint16Array(32);
    const reply = decodeReply(fromHex("0103cd6b06"), coils, into);
    expect(reply).toEqual({ kind: "words" });
    expect([...into.subarray(0, 19)].join("")).toBe("1011001111010110011");
    expect([...into.subarray(19)].every((bit) => bit === 0)).toBe(true);
  });
});
