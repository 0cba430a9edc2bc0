import { expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { hostile, seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

const wordOf = (text: string, ms: number) => ({ fields: [text], sinceMs: ms, seenMs: ms + 1_000 });
const controller = {
  network: 0,
  sa: 0,
  facts: [
    {
      fact: "software" as const,
      now: wordOf(hostile, 2_000),
      words: [wordOf("1.4", 0), wordOf(hostile, 2_000)],
    },
    { fact: "vin" as const, now: wordOf("LZZ1", 0), words: [wordOf("LZZ1", 0)] },
  ],
};

const frame = {
  network: 0,
  sa: 0,
  spn: 100,
  fmi: 4,
  oc: 127,
  values: {
    boostKpa: 100,
    engineSpeedRpm: 1000.125,
    engineLoadPercent: null,
    coolantTemperatureC: -40,
    vehicleSpeedKmh: 0,
  },
  extra: "ab",
  sinceMs: 1_000,
  seenMs: 2_000,
};

test("control units are listed with what changed and when; a VIN only to those who may read raw frames", async () => {
  const { ports } = await seededPorts();
  const app = createServer(
    { ...ports, controllers: { of: () => [controller], freezeFrames: () => [frame] } },
    {},
  );
  const ask = async (role: Parameters<typeof tokenOf>[0], machineId = "JD5055E-1") =>
    app.inject({
      url: `/api/v1/machines/${machineId}/controllers`,
      headers: { authorization: `Bearer ${tokenOf(role)}` },
    });
  const item = {
    network: 0,
    sa: 0,
    facts: [
      {
        fact: "vin",
        fields: ["LZZ1"],
        since: "1970-01-01T00:00:00.000Z",
        seen: "1970-01-01T00:00:01.000Z",
      },
      {
        fact: "software",
        fields: [hostile],
        since: "1970-01-01T00:00:02.000Z",
        seen: "1970-01-01T00:00:03.000Z",
      },
    ],
    changes: [
      { fact: "software", at: "1970-01-01T00:00:02.000Z", before: ["1.4"], after: [hostile] },
    ],
  };
  expect((await ask("engineer")).json()).toEqual({ items: [item] });
  const { items } = (await ask("viewer")).json();
  expect(items[0].facts).toMatchObject([{ fact: "vin", fields: null }, { fields: [hostile] }]);
  expect((await ask("viewer", "none")).statusCode).toBe(404);
  const frames = await app.inject({
    url: "/api/v1/machines/JD5055E-1/freeze-frames",
    headers: { authorization: `Bearer ${tokenOf("viewer")}` },
  });
  expect(frames.json()).toEqual({
    items: [
      {
        network: 0,
        sa: 0,
        spn: 100,
        fmi: 4,
        oc: null,
        extra: "ab",
        ...frame.values,
        since: "1970-01-01T00:00:01.000Z",
        seen: "1970-01-01T00:00:02.000Z",
      },
    ],
  });
  await app.close();
});
