import { errorCode } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type CaptureOrder,
  type CaptureReply,
  encodeCaptureText,
  maxPieceBytes,
  parseCaptureOrder,
  parseCaptureReply,
  readStates,
  recordStates,
} from "./capture-codec.ts";
import { captureNamePattern, requestIdPattern } from "./capture-event.ts";

const machineId = fc.stringMatching(/^[a-z0-9-]{1,20}$/);
const requestId = fc.stringMatching(requestIdPattern);
const name = fc.stringMatching(captureNamePattern);
const offset = fc.nat({ max: 2 ** 40 });
const anyOrder: fc.Arbitrary<CaptureOrder> = fc.oneof(
  fc.record({ kind: fc.constant("record" as const), machineId, requestId }),
  fc.record({
    kind: fc.constant("read" as const),
    machineId,
    name,
    offset,
    bytes: fc.integer({ min: 1, max: maxPieceBytes }),
  }),
);
const anyReply: fc.Arbitrary<CaptureReply> = fc.oneof(
  fc.record({
    kind: fc.constant("record" as const),
    machineId,
    requestId,
    state: fc.constantFrom(...recordStates),
  }),
  fc.record({
    kind: fc.constant("read" as const),
    machineId,
    name,
    offset,
    state: fc.constantFrom(...readStates),
  }),
);

describe("orders and answers about recordings", () => {
  test("come back as they were", () => {
    fc.assert(
      fc.property(anyOrder, anyReply, (order, reply) => {
        expect(parseCaptureOrder(encodeCaptureText(order))).toEqual(order);
        expect(parseCaptureReply(encodeCaptureText(reply))).toEqual(reply);
      }),
    );
  });

  test.each([
    '{"kind":"read","machineId":"m","name":"../etc/passwd","offset":0,"bytes":1}',
    '{"kind":"read","machineId":"m","name":"a/b","offset":0,"bytes":1}',
    '{"kind":"read","machineId":"m","name":"a","offset":-1,"bytes":1}',
    '{"kind":"read","machineId":"m","name":"a","offset":0,"bytes":32769}',
    '{"kind":"read","machineId":"a/b","name":"a","offset":0,"bytes":1}',
    '{"kind":"record","machineId":"m","requestId":""}',
    '{"kind":"erase","machineId":"m"}',
    "null",
  ])("%s is refused", (text) => {
    expect(() => parseCaptureOrder(text)).toThrow(
      expect.objectContaining({ code: "SESSION_MALFORMED" }),
    );
  });

  test("whatever the text is, there is no error but the coded one", () => {
    const soFar = fc.oneof(fc.string(), fc.json(), anyOrder.map(encodeCaptureText));
    fc.assert(
      fc.property(soFar, fc.nat(), fc.string({ maxLength: 3 }), (text, at, put) => {
        const spoilt = text.slice(0, at % (text.length + 1)) + put + text.slice((at % 7) + 1);
        for (const parse of [parseCaptureOrder, parseCaptureReply])
          try {
            parse(spoilt);
          } catch (error) {
            expect(errorCode(error)).toBe("SESSION_MALFORMED");
          }
      }),
    );
  });
});
