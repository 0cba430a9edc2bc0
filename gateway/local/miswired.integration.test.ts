import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Signal } from "@firebreak/plans/plan-schema.ts";
import ModbusRtu from "modbus-serial";
import { afterEach, describe, expect, test } from "vitest";
import { registerSignal } from "../sources/source.fixture.ts";
import { at, controllerPlan, hasAll, installation, planOf, watched } from "./miswired.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** A real server that holds the registers and answers one unit, with exception 2 beside them. */
async function startController(registers: Readonly<Record<number, number>>, unit = 1) {
  const answer = (address: number, asked: number) => {
    if (asked !== unit) return new Promise<number>(() => {});
    const word = registers[address];
    return word === undefined
      ? Promise.reject(Object.assign(new Error("no such register"), { modbusErrorCode: 2 }))
      : Promise.resolve(word);
  };
  const server = new ModbusRtu.ServerTCP(
    { getHoldingRegister: answer },
    // The library takes the number 0 for its default, port 502; as text it is any that is free.
    { host: "127.0.0.1", port: "0" as unknown as number, unitID: 255 },
  );
  server.on("socketError", () => {});
  await once(server, "initialized");
  endings.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server as unknown as { _server: { address(): AddressInfo } })._server.address().port;
}

async function modbusFindings(
  registers: Readonly<Record<number, number>>,
  { signals, unit = 1 }: { signals?: Record<string, Signal>; unit?: number } = {},
) {
  const port = await startController(registers, unit);
  // Where every question is answered, patience costs nothing; a busy computer may be late.
  const timeoutMs = unit === 1 ? 5_000 : 300;
  const source = { kind: "modbus-tcp", host: "127.0.0.1", port, timeoutMs };
  const { findings, stop } = await installation(controllerPlan(signals), source, hasAll);
  endings.push(stop);
  return findings;
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
      signals: { ...controllerPlan().acquisition.signals, level },
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

  const findings = async (line: string | undefined, watchMs: number) => {
    const source = { kind: "candump-stream", from: await startBus(line) };
    const { findings: found, stop } = await installation(plan, source, watched(watchMs));
    endings.push(stop);
    return found;
  };

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
