import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { afterEach, describe, expect, test } from "vitest";
import type { TimeOffer } from "../../clock/clock-judge.ts";
import { until } from "../../test-source.fixture.ts";
import { createSource } from "../registry.ts";
import { hasPtyPairs, openPtyPair } from "../serial/pty-pair.fixture.ts";
import { Collector, contextOf } from "../source.fixture.ts";
import type { SourceState } from "../source.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const from = (field: string, range: [number, number]) =>
  ({
    unit: "deg",
    scale: 1,
    offset: 0,
    range,
    sampling: "every",
    nmea: { field },
  }) as unknown as Signal;

const plan = {
  plan: "made-up",
  acquisition: {
    maker: "x",
    models: ["x"],
    signals: {
      latitude: from("latitude", [-90, 90]),
      longitude: from("longitude", [-180, 180]),
      speed: from("speed", [0, 90]),
      satellites: from("satellites", [0, 60]),
    },
  },
} as unknown as Plan;

function sentence(body: string): string {
  const sum = [...body].reduce((bits, letter) => bits ^ letter.charCodeAt(0), 0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}\r\n`;
}

const rmc = (time: string, status = "A") =>
  sentence(`GNRMC,${time},${status},2814.1234,N,11256.5678,E,10.0,084.4,261126,,,A`);
const gga = (satellites: string) =>
  sentence(`GNGGA,101530,2814.1234,N,11256.5678,E,1,${satellites},0.9,45.4,M,,M,,`);

function open(address: string) {
  const offers: TimeOffer[] = [];
  const states: SourceState[] = [];
  const context = { ...contextOf(plan), onTime: (offer: TimeOffer) => offers.push(offer) };
  const collector = new Collector(context);
  const source = createSource({ kind: "nmea", from: address, baudRate: 9_600 }, context);
  const subscription = source
    .open(collector)
    .subscribe({ next: (state) => states.push(state), error: () => {} });
  endings.push(() => subscription.unsubscribe());
  return { collector, offers, states, source };
}

async function receiver() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { address: `tcp://127.0.0.1:${port}`, sockets };
}

describe("a satellite receiver", () => {
  test("gives position and speed once a second, noise nothing, a lost fix once", async () => {
    const { address, sockets } = await receiver();
    const { collector, states, source } = open(address);
    await until(() => sockets.length === 1, "the connection");
    const [socket] = sockets;
    socket?.write(`${gga("08")}${rmc("101530")}noise$GPRMC,1*00\r\n`);
    await until(() => collector.last("speed") !== undefined, "values");
    expect(collector.rows.filter(({ signal }) => signal === "latitude")).toHaveLength(1);
    expect(collector.last("latitude")?.value).toBeCloseTo(28.2354, 4);
    expect(collector.last("speed")).toMatchObject({ value: 18.52, quality: "good" });
    expect(collector.last("satellites")).toMatchObject({ value: 8 });
    await until(() => states.at(-1)?.state === "open", "a fix");
    socket?.write(rmc("101531", "V") + rmc("101532", "V"));
    await until(() => collector.last("latitude")?.quality === "not-available", "the lost fix");
    const lost = collector.rows.filter(({ quality }) => quality === "not-available");
    expect(lost.map(({ signal }) => signal).sort()).toEqual(["latitude", "longitude", "speed"]);
    expect(states.at(-1)).toMatchObject({
      state: "trouble",
      detail: expect.stringMatching(/no fix/),
    });
    expect(source.counters()).toMatchObject({ badSentences: 1, noFix: 2 });
  });

  test("E3: offers its time with what stands against it", async () => {
    const { address, sockets } = await receiver();
    const { offers } = open(address);
    await until(() => sockets.length === 1, "the connection");
    sockets[0]?.write(rmc("101530"));
    await until(() => offers.length === 1, "the first time");
    sockets[0]?.write(gga("08") + rmc("101531"));
    await until(() => offers.length === 2, "the second time");
    sockets[0]?.write(sentence("GNRMC,101532,A,2814.1,N,11256.5,E,,,120407,,,A"));
    await until(() => offers.length === 3, "the third time");
    expect(offers.map(({ doubt }) => doubt)).toEqual([
      "too few satellites",
      undefined,
      "week rollover",
    ]);
    expect(offers[1]?.utcMs).toBe(Date.parse("2026-11-26T10:15:31Z"));
  });

  test("that goes away makes its values stale, once", async () => {
    const { address, sockets } = await receiver();
    const { collector } = open(address);
    await until(() => sockets.length === 1, "the connection");
    sockets[0]?.write(rmc("101530"));
    await until(() => collector.last("latitude") !== undefined, "values");
    sockets[0]?.destroy();
    await until(() => collector.last("latitude")?.quality === "stale", "the silence");
    expect(collector.rows.filter(({ quality }) => quality === "stale")).toHaveLength(4);
  });

  test.skipIf(!hasPtyPairs())("is read over a serial line", async () => {
    const pair = await openPtyPair();
    const { collector } = open(pair.here);
    const writer = createWriteStream(pair.there);
    endings.push(async () => {
      writer.destroy();
      await pair.pull();
    });
    const writing = setInterval(() => writer.write(rmc("101530")), 50);
    endings.push(() => clearInterval(writing));
    await until(() => collector.last("latitude")?.quality === "good", "values");
  });
});
