import { readFileSync } from "node:fs";
import { encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cpuMs } from "../../kit/cpu-time.fixture.ts";
import { sharedData } from "../../test/shared-data.ts";
import { seeded } from "../example-machine.fixture.ts";
import { type HostUnderTest, plainBirth, startHostUnderTest } from "./host.fixture.ts";

const isSoak = process.env.FIREBREAK_SOAK !== undefined;
const types = ["NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA"] as const;

describe("the host and whatever comes", () => {
  let under: HostUnderTest;
  beforeAll(async () => {
    under = await startHostUnderTest();
  });
  afterAll(() => under.close());

  /** It still takes a birth as if nothing had been. */
  const isWell = () => {
    const before = under.host.nodes.length;
    const edge = `after-${before}`;
    under.host.take(`spBv1.0/firebreak/NBIRTH/${edge}`, encodePayload(plainBirth(0)));
    expect(under.host.nodes.at(-1)).toMatchObject({ gatewayId: edge, isOnline: true });
  };

  test("C18: any bytes on any topic: it never throws, and goes on", () => {
    const topic = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc
        .constantFrom(...types)
        .map((type) => `spBv1.0/firebreak/${type}/n${type.startsWith("D") ? "/d" : ""}`),
    );
    fc.assert(
      fc.property(topic, fc.uint8Array({ maxLength: 300 }), (text, bytes) => {
        under.host.take(text, bytes);
      }),
      { numRuns: isSoak ? 200_000 : 1_000 },
    );
    isWell();
  });

  const golden = sharedData("sparkplug/golden_payloads.json");
  test.runIf(golden)(
    "C18: payloads of other encoders with bytes changed, cut and repeated: bounded in time, and it goes on",
    () => {
      const payloads = (JSON.parse(readFileSync(golden ?? "", "utf8")) as { hex: string }[]).map(
        ({ hex }) => Buffer.from(hex, "hex"),
      );
      const random = seeded(7);
      const pick = (length: number) => Math.floor(random() * length);
      let slowestMs = 0;
      for (let round = 0; round < (isSoak ? 300_000 : 3_000); round++) {
        const bytes = Buffer.from(payloads[pick(payloads.length)] ?? []);
        for (let change = pick(4); change > 0; change--) bytes[pick(bytes.length)] = pick(256);
        const cut = bytes.subarray(0, random() < 0.2 ? pick(bytes.length) : bytes.length);
        const type = types[pick(types.length)] ?? "DDATA";
        const beganMs = cpuMs();
        under.send(type, cut, type.startsWith("D") ? `m-${pick(5)}` : undefined);
        if (round > 100) slowestMs = Math.max(slowestMs, cpuMs() - beganMs);
        if (round % 50 === 0) under.send("NBIRTH", { ...plainBirth(pick(256)), seq: pick(256) });
      }
      // A pause of the collector or of a busy machine is no parser that hangs.
      expect(slowestMs).toBeLessThan(500);
      isWell();
    },
  );
});
