import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import ModbusRtu from "modbus-serial";
import { afterEach, describe, expect, test } from "vitest";
import { createSource } from "../sources/registry.ts";
import { registerSignal } from "../sources/source.fixture.ts";
import { until } from "../test-source.fixture.ts";
import { startDryRun } from "./dry-run.ts";
import { Inspector } from "./inspector.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const controller = { unitId: 1, pollIntervalMs: 50 };
/** What a controller's map says: hours as two words, high word first; a pressure and a temperature. */
const at = (address: number, type: string, range: [number, number]): Signal =>
  registerSignal({ device: "controller", table: "holding", address, type }, range);
const hours = at(100, "uint32", [0, 100_000]);
const pressure = at(102, "uint16", [100, 500]);
const temperature = at(103, "int16", [-40, 60]);

const planOf = (acquisition: object): Plan =>
  ({
    plan: "made-up",
    acquisition: { maker: "x", models: ["x"], ...acquisition },
  }) as unknown as Plan;

/** A real server that holds the registers and answers one unit, with exception 2 beside them. */
async function startController(registers: Readonly<Record<number, number>>, unit = 1) {
  const answer = (address: number, asked: number) => {
    if (asked !== unit) return new Promise<number>(() => {});
    const word = registers[address];
    return word === undefined
      ? Promise.reject(Object.assign(new Error("no such register"), { modbusErrorCode: 2 }))
      : Promise.resolve(word);
  };
  const port = await freePort();
  const server = new ModbusRtu.ServerTCP(
    { getHoldingRegister: answer },
    { host: "127.0.0.1", port, unitID: 255 },
  );
  server.on("socketError", () => {});
  await once(server, "initialized");
  endings.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return port;
}

/** The library takes port 0 for its default. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What doctor finds with this plan, without what every test has: no hub, no confirmed clock. */
async function findingsWith(
  plan: Plan,
  source: object,
  isReady: (inspector: Inspector) => boolean,
) {
  const machine = {
    machineId: "M",
    plan,
    sources: (context: Parameters<typeof createSource>[1]) => [
      createSource(source as Parameters<typeof createSource>[0], context),
    ],
  };
  const given = { gatewayId: "g", machines: [machine], hubUrls: [] };
  const run = await startDryRun({ ...given, clock: systemClock, log: silentLogger });
  endings.push(() => run.stop());
  const inspector = new Inspector({ gateway: () => run, clock: systemClock });
  await until(() => {
    inspector.tick();
    return isReady(inspector);
  }, "what comes of it");
  await inspector.lookCloser();
  return inspector.report().findings.filter(({ code }) => !code.startsWith("time-"));
}

async function modbusFindings(
  registers: Readonly<Record<number, number>>,
  { signals = { hours, pressure, temperature }, unit = 1 } = {},
) {
  const port = await startController(registers, unit);
  const plan = planOf({ modbusDevices: { controller }, signals });
  const source = { kind: "modbus-tcp", host: "127.0.0.1", port, timeoutMs: 150 };
  return findingsWith(plan, source, (inspector) => {
    const { signals: seen, buses } = inspector.report();
    return seen.every(({ quality }) => quality !== null) || buses[0]?.state !== "opening";
  });
}

describe("a miswired controller on a real Modbus TCP server", () => {
  test("a healthy one gives no complaint", async () => {
    expect(await modbusFindings({ 100: 0, 101: 12_345, 102: 300, 103: 20 })).toEqual([]);
  });

  test("wrong word order", async () => {
    expect(await modbusFindings({ 100: 12_345, 101: 0, 102: 300, 103: 20 })).toMatchObject([
      { code: "word-order", subjects: ["hours"], facts: { device: "controller", is: "little" } },
    ]);
  });

  test("addresses off by one: the map counts from 1, the plan was written from it", async () => {
    const registers = { 99: 0, 100: 12_345, 101: 300, 102: 20 };
    expect(await modbusFindings(registers)).toMatchObject([
      { code: "address-shift", facts: { device: "controller", by: "-1" } },
    ]);
  });

  test("wrong unit id: silence where the plan asks, an answer elsewhere", async () => {
    const registers = { 100: 0, 101: 12_345, 102: 300, 103: 20 };
    const found = await modbusFindings(registers, { unit: 5 });
    expect(found).toContainEqual(
      expect.objectContaining({
        code: "wrong-unit",
        facts: { device: "controller", planned: 1, answers: 5 },
      }),
    );
  });

  test("a register that the device does not have is told by name", async () => {
    const level = at(200, "uint16", [0, 100]);
    const registers = { 100: 0, 101: 12_345, 102: 300, 103: 20 };
    const found = await modbusFindings(registers, {
      signals: { hours, pressure, temperature, level } as never,
    });
    expect(found.map(({ code, subjects }) => [code, subjects])).toContainEqual([
      "registers-refused",
      ["level"],
    ]);
  });
});

describe("a CAN bus as text", () => {
  const speed = {
    ...registerSignal({}),
    modbus: undefined,
    j1939: { spn: 190, pgn: 61_444, sa: 0, startByte: 4, startBit: 1, bits: 16, coding: "analog" },
  } as unknown as Signal;
  const plan = planOf({ signals: { speed } });

  async function startBus(line: string | undefined) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket.on("error", () => {})));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const speaking = setInterval(() => {
      const now = (Date.now() / 1_000).toFixed(6);
      for (const socket of sockets) if (line) socket.write(`(${now}) can0 ${line}\n`);
    }, 50);
    endings.push(() => {
      clearInterval(speaking);
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  const after = (ms: number) => {
    const endMs = performance.now() + ms;
    return () => performance.now() > endMs;
  };

  const findings = async (line: string | undefined, watchMs: number) =>
    findingsWith(plan, { kind: "candump-stream", from: await startBus(line) }, after(watchMs));

  test("a healthy one gives no complaint", async () => {
    expect(await findings("0CF00400#FFFFFF803EFFFFFF", 3_500)).toEqual([]);
  });

  test("a silent one is named, and nothing else: wrong bit rate or no termination", async () => {
    expect(await findings(undefined, 3_500)).toMatchObject([{ code: "bus-silent" }]);
  });

  test("only error frames: the bit rate is wrong", async () => {
    expect(await findings("20000088#0000000000000000", 3_500)).toMatchObject([
      { code: "bus-only-errors" },
    ]);
  });

  test("the message comes from another control unit than planned", async () => {
    expect(await findings("0CF00403#FFFFFF803EFFFFFF", 12_500)).toMatchObject([
      {
        code: "signal-other-address",
        subjects: ["speed"],
        facts: { pgn: 61_444, planned: 0, seen: "3" },
      },
    ]);
  });
});
