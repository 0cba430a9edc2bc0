import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import ModbusRtu from "modbus-serial";
import { catchError, EMPTY, type Subscription } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../../test-source.fixture.ts";
import { createSource } from "../registry.ts";
import { Collector, contextOf, registerSignal } from "../source.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const plan = {
  plan: "made-up",
  acquisition: {
    maker: "x",
    models: ["x"],
    modbusDevices: {
      one: { unitId: 1, pollIntervalMs: 50 },
      two: { unitId: 2, pollIntervalMs: 50 },
    },
    signals: {
      pressure: registerSignal({ device: "one", table: "holding", address: 10, type: "uint16" }),
      total: registerSignal({ device: "one", table: "holding", address: 11, type: "uint32" }),
      faraway: registerSignal({ device: "one", table: "holding", address: 90, type: "int16" }),
      speed: registerSignal({ device: "one", table: "input", address: 0, type: "float32" }),
      pump: registerSignal({ device: "one", table: "coil", address: 3, type: "bool" }),
      door: registerSignal({ device: "one", table: "discrete", address: 7, type: "bool" }),
      other: registerSignal({ device: "two", table: "holding", address: 0, type: "uint16" }),
    },
  },
} as unknown as Plan;

interface Manners {
  /** Answers of a unit: undefined for silence, a number for an exception. */
  silentUnits: Set<number>;
  exceptions: Map<string, number>;
}

/** Nobody else is given a port of this address while a test waits to have it back. */
const ownHost = "127.50.2.1";

async function startServer(port?: number) {
  const manners: Manners = { silentUnits: new Set(), exceptions: new Map() };
  const asked: string[] = [];
  const values = new Map([
    ["holding 10", 700],
    ["holding 11", 1],
    ["holding 12", 2],
    ["holding 90", 0xfffe],
    ["holding 0", 42],
    ["input 0", 0x42f6],
    ["input 1", 0xe979],
  ]);
  const answer = (table: string, address: number, unit: number) => {
    asked.push(`${unit} ${table} ${address}`);
    if (manners.silentUnits.has(unit)) return new Promise<number>(() => {});
    const code = manners.exceptions.get(`${table} ${address}`);
    if (code === undefined) return Promise.resolve(values.get(`${table} ${address}`) ?? 0);
    return Promise.reject(Object.assign(new Error("exception"), { modbusErrorCode: code }));
  };
  const server = new ModbusRtu.ServerTCP(
    {
      getHoldingRegister: (address: number, unit: number) => answer("holding", address, unit),
      getInputRegister: (address: number, unit: number) => answer("input", address, unit),
      getCoil: (address: number, unit: number) => {
        asked.push(`${unit} coil ${address}`);
        return address === 3;
      },
      getDiscreteInput: (address: number, unit: number) => {
        asked.push(`${unit} discrete ${address}`);
        return false;
      },
    },
    // The library takes the number 0 for its default, port 502; as text it is any that is free.
    { host: ownHost, port: port ?? ("0" as unknown as number), unitID: 255 },
  );
  server.on("socketError", () => {});
  await once(server, "initialized");
  const inner = (server as unknown as { _server: { address(): { port: number } } })._server;
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  endings.push(stop);
  return { host: ownHost, port: inner.address().port, manners, asked, values, stop, server };
}

interface Place {
  readonly host: string;
  readonly port: number;
}

/** A short `timeoutMs` is for devices that are silent; a busy computer may take longer to answer. */
function open(
  { host, port }: Place,
  { timeoutMs = 2_000, devices }: { devices?: string[]; timeoutMs?: number } = {},
) {
  const context = contextOf(plan);
  const collector = new Collector(context);
  const config = { kind: "modbus-tcp" as const, host, port, timeoutMs };
  const source = createSource({ ...config, ...(devices ? { devices } : {}) }, context);
  const errors: unknown[] = [];
  const reopen = (): Subscription =>
    source
      .open(collector)
      .pipe(
        catchError((error: unknown) => {
          errors.push(error);
          return EMPTY;
        }),
      )
      .subscribe();
  let subscription = reopen();
  endings.push(() => subscription.unsubscribe());
  return {
    collector,
    source,
    errors,
    reopen: () => {
      subscription = reopen();
    },
  };
}

describe("modbus-tcp", () => {
  test("reads all four tables, coalesced, and nothing that no signal names", async () => {
    const server = await startServer();
    const { collector, source } = open(server);
    await until(() => collector.last("other") !== undefined, "a round");
    expect(Object.fromEntries(collector.rows.map(({ signal, value }) => [signal, value]))).toEqual({
      pressure: 700,
      total: 65_538,
      faraway: 65_534 - 65_536,
      speed: Math.fround(123.456),
      pump: 1,
      door: 0,
      other: 42,
    });
    const addresses = [10, 11, 12, 90].map((address) => `1 holding ${address}`);
    const rest = ["1 input 0", "1 input 1", "1 coil 3", "1 discrete 7", "2 holding 0"];
    expect(new Set(server.asked)).toEqual(new Set([...addresses, ...rest]));
    // Six blocks a round, nine addresses.
    const { requests = 0 } = source.counters();
    expect(server.asked.length / requests).toBeGreaterThan(1.3);
  });

  test("never polls more often than the plan says", async () => {
    const server = await startServer();
    const { collector } = open(server, { devices: ["two"] });
    const beginMs = performance.now();
    await until(() => collector.rows.length >= 10, "ten rounds");
    expect(performance.now() - beginMs).toBeGreaterThan(9 * 50 - 25);
  });

  test("a silent device gives one stale sample per signal, the others go on", async () => {
    const server = await startServer();
    const { collector, source } = open(server, { timeoutMs: 300 });
    await until(() => collector.last("pressure") !== undefined, "a round");
    server.manners.silentUnits.add(1);
    await until(() => collector.last("pressure")?.quality === "stale", "the silence");
    const others = () => collector.rows.filter(({ signal }) => signal === "other").length;
    const before = others();
    await until(() => others() > before + 15, "the other device");
    const stale = collector.rows.filter(({ quality }) => quality === "stale");
    expect(stale.map(({ signal }) => signal).sort()).toEqual(
      ["door", "faraway", "pressure", "pump", "speed", "total"].sort(),
    );
    server.manners.silentUnits.delete(1);
    await until(() => collector.last("pressure")?.quality === "good", "the return");
    expect(source.counters().connects).toBe(1);
  });

  test("a refused block is set aside, the rest of its device goes on", async () => {
    const server = await startServer();
    server.manners.exceptions.set("holding 90", 2);
    const { collector } = open(server);
    await until(() => collector.rows.filter((row) => row.signal === "door").length > 5, "rounds");
    expect(collector.rows.filter(({ signal }) => signal === "faraway")).toMatchObject([
      { quality: "stale" },
    ]);
    expect(server.asked.filter((line) => line.includes("holding 90"))).toHaveLength(1);
  });

  test("A9: a busy device (exception 6) is tried again with back-off", async () => {
    const server = await startServer();
    server.manners.exceptions.set("holding 0", 6);
    const { collector } = open(server, { devices: ["two"] });
    await until(() => collector.last("other")?.quality === "stale", "the refusal");
    server.manners.exceptions.clear();
    await until(() => collector.last("other")?.quality === "good", "the return");
    expect(server.asked.length).toBeLessThan(10);
  });

  test("nobody there: fails in a way that may heal, says stale once", async () => {
    const server = await startServer();
    const { collector, errors, reopen } = open(server, { devices: ["two"] });
    await until(() => collector.rows.length > 0, "a round");
    await server.stop();
    await until(() => errors.length === 1, "the loss");
    expect(errors[0]).toMatchObject({ retryable: true });
    for (let again = 2; again < 5; again++) {
      reopen();
      await until(() => errors.length === again, "another failure");
    }
    expect(collector.rows.filter(({ quality }) => quality === "stale")).toHaveLength(1);
    await startServer(server.port);
    reopen();
    await until(() => collector.last("other")?.quality === "good", "the return");
  });
});

/** A server that says exactly these bytes, given the request. */
async function startRaw(reply: (request: Buffer, socket: Socket) => void): Promise<Place> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (request) => reply(request, socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { host: "127.0.0.1", port: (server.address() as { port: number }).port };
}

/** A right answer of one register. */
function rightAnswer(request: Buffer, value: number): Buffer {
  const answer = Buffer.alloc(11);
  request.copy(answer, 0, 0, 4);
  answer.writeUInt16BE(5, 4);
  answer.writeUInt8(request[6] ?? 0, 6);
  answer.writeUInt8(request[7] ?? 0, 7);
  answer.writeUInt8(2, 8);
  answer.writeUInt16BE(value, 9);
  return answer;
}

describe("modbus-tcp against a server that misbehaves", () => {
  const badAnswers: { name: string; spoil: (answer: Buffer) => unknown }[] = [
    {
      name: "stale transaction",
      spoil: (answer) => answer.writeUInt16BE((answer.readUInt16BE(0) + 77) % 256, 0),
    },
    { name: "wrong unit", spoil: (answer) => answer.writeUInt8(9, 6) },
    { name: "wrong function", spoil: (answer) => answer.writeUInt8(4, 7) },
    { name: "length 65535", spoil: (answer) => answer.writeUInt16BE(65_535, 4) },
    { name: "a length that is not that of the data", spoil: (answer) => answer.writeUInt8(4, 8) },
  ];

  test.each(badAnswers)("A9: $name never becomes a value", async ({ spoil }) => {
    let isGood = false;
    const server = await startRaw((request, socket) => {
      const answer = rightAnswer(request, isGood ? 7 : 666);
      if (!isGood) spoil(answer);
      socket.write(answer);
    });
    const { collector, errors, reopen } = open(server, { devices: ["two"], timeoutMs: 300 });
    await until(() => errors.length > 0 || collector.rows.length > 0, "the failure");
    expect(collector.rows.every(({ quality }) => quality === "stale")).toBe(true);
    isGood = true;
    if (errors.length > 0) reopen();
    await until(() => collector.last("other")?.value === 7, "a right value");
    expect(collector.rows.some(({ value }) => value === 666)).toBe(false);
  });

  test("A9: a device that hangs in mid-answer: it has no value, the others go on", async () => {
    const server = await startRaw((request, socket) => {
      const answer = rightAnswer(request, 7);
      socket.write(request[6] === 1 ? answer.subarray(0, 9) : answer);
    });
    const { collector, errors, source } = open(server, { timeoutMs: 300 });
    await until(() => collector.last("pressure")?.quality === "stale", "the silence");
    const others = () => collector.rows.filter(({ signal }) => signal === "other");
    const before = others().length;
    // Long enough for a probe of the first device, and a new connection behind it.
    await until(() => (source.counters().garbled ?? 0) >= 2, "a probe");
    await until(() => others().length >= before + 20, "the other device");
    expect(others().every(({ value }) => value === 7)).toBe(true);
    expect(
      collector.rows.every(({ signal, quality }) => signal === "other" || quality === "stale"),
    ).toBe(true);
    expect(errors).toEqual([]);
    expect(source.counters().connects).toBeGreaterThanOrEqual(2);
  });

  test("A9: an answer that comes late is not taken for that of the next request", async () => {
    let late: Buffer | undefined;
    const server = await startRaw((request, socket) => {
      if (late) socket.write(late);
      late = late === undefined ? rightAnswer(request, 666) : late;
      if (request[1] !== 1) socket.write(rightAnswer(request, 7));
    });
    const { collector } = open(server, { devices: ["two"], timeoutMs: 1_000 });
    await until(() => collector.rows.filter(({ value }) => value === 7).length > 3, "values");
    expect(collector.rows.some(({ value }) => value === 666)).toBe(false);
  });

  test("an answer that came in time is one, though the gateway itself was held up for longer", async () => {
    const server = await startRaw((request, socket) => {
      socket.write(rightAnswer(request, 7));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    });
    const { collector, source } = open(server, { devices: ["two"], timeoutMs: 300 });
    await until(() => collector.rows.length >= 3, "values");
    expect(collector.rows.map(({ value }) => value)).toEqual(collector.rows.map(() => 7));
    expect(source.counters()).toMatchObject({ noAnswers: 0 });
  });

  test("a server that is silent again and again is connected to anew", async () => {
    const server = await startRaw(() => {});
    const { errors } = open(server, { devices: ["two"], timeoutMs: 300 });
    await until(() => errors.length > 0, "the connection given up");
    expect(errors[0]).toMatchObject({ code: "MODBUS_CONNECTION_LOST", retryable: true });
  });

  test("A9: an answer in pieces of one byte is one answer", async () => {
    const server = await startRaw((request, socket) => {
      socket.setNoDelay();
      writeInPieces(socket, rightAnswer(request, 7));
    });
    const { collector, errors } = open(server, { devices: ["two"], timeoutMs: 10_000 });
    await until(() => errors.length > 0 || collector.rows.length > 2, "values");
    expect(errors).toEqual([]);
    expect(collector.rows.map(({ value }) => value)).toEqual(collector.rows.map(() => 7));
  });
});

function writeInPieces(socket: Socket, bytes: Buffer): void {
  if (bytes.length === 0) return;
  socket.write(bytes.subarray(0, 1));
  setTimeout(() => writeInPieces(socket, bytes.subarray(1)), 1);
}
