import { HttpError } from "@influxdata/influxdb-client";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDeliverer, type DelivererOptions } from "./deliver.ts";

/** A server that stores each line it takes; a line that begins with `!` it refuses, as the version does. */
function server(version: 1 | 2 | 3, { maxLines = 10_000, failures = 0 } = {}) {
  const stored = new Set<string>();
  let requests = 0;
  let left = failures;
  const refuse = (status: number, body: object) =>
    new HttpError(status, "", JSON.stringify(body), null, "application/json");
  const write = async (text: string) => {
    requests++;
    if (left-- > 0) throw refuse(503, { message: "later" });
    const lines = text.split("\n");
    if (lines.length > maxLines) throw refuse(413, { message: "too large" });
    for (const line of lines) if (!line.startsWith("!")) stored.add(line);
    const bad = lines.map((line, at) => ({ line, at })).filter(({ line }) => line.startsWith("!"));
    if (bad.length === 0) return;
    const message = `partial write: field type conflict dropped=${bad.length}`;
    if (version === 1) throw refuse(400, { error: message });
    if (version === 2) throw refuse(422, { message });
    const data = bad.map(({ at }) => ({ line_number: at + 1, error_message: "wrong type" }));
    throw refuse(400, { error: "partial write of line protocol occurred", data });
  };
  return {
    stored,
    write,
    get requests() {
      return requests;
    },
  };
}

const deliverer = (client: Pick<DelivererOptions["client"], "write">) =>
  createDeliverer({
    client: { ...client, refresh: () => undefined },
    prepare: async () => undefined,
    onOutage: () => undefined,
    onBack: () => undefined,
    firstDelayMs: 0,
    maxDelayMs: 0,
  });

describe("a request to InfluxDB", () => {
  test("D4: every good line is stored and exactly the bad ones are told, whatever the version", async () => {
    const kinds = fc.array(fc.boolean(), { maxLength: 200 });
    const version = fc.constantFrom(1 as const, 2 as const, 3 as const);
    const limits = fc.record({ maxLines: fc.integer({ min: 1, max: 250 }), failures: fc.nat(5) });
    await fc.assert(
      fc.asyncProperty(version, kinds, limits, async (of, areBad, options) => {
        const lines = areBad.map((isBad, at) => `${isBad ? "!" : ""}line ${at}`);
        const fake = server(of, options);
        const refused = await deliverer(fake).deliver(lines);
        const told = refused.map(({ line }) => lines[line]);
        expect(new Set(told)).toEqual(new Set(lines.filter((line) => line.startsWith("!"))));
        expect(told).toHaveLength(new Set(told).size);
        expect(fake.stored).toEqual(new Set(lines.filter((line) => !line.startsWith("!"))));
        expect(refused.every(({ reason }) => /conflict|wrong type/.test(reason))).toBe(true);
      }),
    );
  });

  test("D4: one bad line of 5,000 costs some dozens of requests, all bad ones some hundreds", async () => {
    const one = server(1);
    await deliverer(one).deliver(
      Array.from({ length: 5_000 }, (_, at) => (at === 3_333 ? "!" : `${at}`)),
    );
    expect(one.requests).toBeLessThan(40);
    const all = server(1);
    const lines = Array.from({ length: 5_000 }, (_, at) => `!${at}`);
    expect(await deliverer(all).deliver(lines)).toHaveLength(5_000);
    expect(all.requests).toBeLessThan(500);
  });

  test("D6: a question that is answered does not hide that writing fails", async () => {
    let isFull = true;
    const full = new HttpError(
      500,
      "",
      '{"error":"no space left on device"}',
      null,
      "application/json",
    );
    const said: string[] = [];
    const fake = createDeliverer({
      client: {
        write: async () => {
          if (isFull) throw full;
        },
        refresh: () => undefined,
      },
      prepare: async () => undefined,
      onOutage: ({ code }) => void said.push(code),
      onBack: ({ code }) => void said.push(`back from ${code}`),
      firstDelayMs: 0,
      maxDelayMs: 1,
    });
    const writing = fake.deliver(["a"]);
    await expect.poll(() => fake.outage?.code).toBe("STORE_FULL");
    expect(await fake.patiently(async () => "an answer")).toBe("an answer");
    expect(fake.outage?.code).toBe("STORE_FULL");
    isFull = false;
    expect(await writing).toEqual([]);
    expect(said).toEqual(["STORE_FULL", "back from STORE_FULL"]);
  });

  test("waits no longer once it is told to stop", async () => {
    const away = deliverer({ write: () => Promise.reject(new Error("away")) });
    const waiting = away.deliver(["a"]);
    away.stop();
    await expect(waiting).rejects.toMatchObject({ code: "STORE_STOPPED", retryable: true });
  });
});
