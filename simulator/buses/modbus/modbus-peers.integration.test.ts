import { createSource, type SourceConfig } from "@firebreak/gateway/sources/registry.ts";
import type { Source } from "@firebreak/gateway/sources/source.ts";
import { expandTemplates } from "@firebreak/plans/expand-templates.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Acquisition, Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import ModbusRtu from "modbus-serial";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type Case,
  cases,
  contextOf,
  mistakesOf,
  Reader,
  readBy,
} from "../gateway-reader.fixture.ts";
import { MachineBuses } from "../machine-buses.ts";
import type { ModbusDevice } from "./modbus-device.ts";
import { serveModbusRtu } from "./modbus-rtu.ts";
import { serveModbusTcp } from "./modbus-tcp.ts";
import {
  hasMbpoll,
  hasPymodbus,
  hasSocat,
  outputOf,
  type Read,
  readByPymodbus,
} from "./peers.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const templates = [
  "abb-b2x",
  "carlo-gavazzi-em24",
  "comap-intelilite4",
  "danfoss-fc51",
  "datakom-dkg",
  "deif-agc150",
  "dse-gencomm",
  "dual-axis-inclinometer",
  "eastron-sdm120",
  "eastron-sdm630",
  "generic-anemometer",
  "janitza-umg",
  "schneider-altivar",
  "schneider-iem3000",
  "siemens-pac2200",
  "yaskawa-v1000-a1000",
];
const pollIntervalMs = 100;

/** One of them takes its time; here it need not. */
const hastes: Partial<Record<string, object>> = { "dse-gencomm": { timeoutMs: 200 } };

/** A plan with one device of each template, units 1 and on. */
const allTemplates = {
  plan: "made-up",
  acquisition: expandTemplates(
    {
      maker: "x",
      models: ["x"],
      modbusDevices: Object.fromEntries(
        templates.map((template, at) => [
          template,
          { unitId: at + 1, pollIntervalMs, template, ...hastes[template] },
        ]),
      ),
      signals: {},
    } as Acquisition,
    ".",
  ).acquisition,
} as Plan;

/** Without the middle and the low end, unless there is time. */
const briefly = process.env.FIREBREAK_SOAK ? cases : cases.slice(2);

/** The plan with its devices asked as often as may be. */
function hurried(plan: Plan): Plan {
  const devices = Object.entries(plan.acquisition.modbusDevices ?? {});
  const modbusDevices = Object.fromEntries(
    devices.map(([name, device]) => [name, { ...device, pollIntervalMs }]),
  );
  return { ...plan, acquisition: { ...plan.acquisition, modbusDevices } };
}

const onModbus = ({ acquisition }: Plan): Record<string, Signal> =>
  Object.fromEntries(Object.entries(acquisition.signals).filter(([, { modbus }]) => modbus));

/** A value of the case, as far as the type of the register reaches. */
const typeLimits: Partial<Record<string, readonly [number, number]>> = {
  int16: [-0x7ff0, 0x7ff0],
  uint16: [0, 0xffe0],
  int32: [-0x7ffffff0, 0x7ffffff0],
  uint32: [0, 0xffffffe0],
};

/** The same case with ranges that fit the registers: a plan may allow more than a template's type holds. */
function fitted(signals: Record<string, Signal>): Record<string, Signal> {
  return Object.fromEntries(
    Object.entries(signals).map(([name, signal]) => {
      const { modbus, scale, offset, range } = signal;
      const field =
        modbus?.bit === undefined ? undefined : ([0, 2 ** (modbus.bits ?? 1) - 1] as const);
      const limits = field ?? typeLimits[modbus?.type ?? ""];
      if (limits === undefined || modbus?.unitSwitch || modbus?.scaleRegister)
        return [name, signal];
      const ends = limits.map((raw) => raw * scale + offset);
      const [low = 0, high = 0] = range;
      return [
        name,
        { ...signal, range: [Math.max(low, Math.min(...ends)), Math.min(high, Math.max(...ends))] },
      ];
    }),
  );
}

function valuesOf(plan: Plan, one: Case): Record<string, number | null> {
  const signals = fitted(onModbus(plan));
  return Object.fromEntries(
    Object.entries(signals).map(([name, signal]) => [name, one.valueOf(signal)]),
  );
}

const devicesOf = (plan: Plan, one: Case): readonly ModbusDevice[] => {
  const { devices } = new MachineBuses(plan, { machineId: "M1" });
  for (const device of devices) device.update(valuesOf(plan, one));
  return devices;
};

/** What is slow here is the computer: every device may take as long as its source says. */
function patient(plan: Plan): Plan {
  const devices = Object.entries(plan.acquisition.modbusDevices ?? {});
  const modbusDevices = Object.fromEntries(
    devices.map(([name, { timeoutMs: _, ...device }]) => [name, device]),
  );
  return { ...plan, acquisition: { ...plan.acquisition, modbusDevices } };
}

/** The gateway's own source, and what came of it. */
function open(plan: Plan, config: SourceConfig): { reader: Reader; source: Source } {
  const context = contextOf(patient(plan));
  const reader = new Reader(context);
  const source = createSource(config, context);
  const reading = readBy(source, reader);
  endings.push(() => reading.stop());
  return { reader, source };
}

const middle = cases.find(({ name }) => name === "middle") as Case;
const withModbus = listPlans().filter((id) => Object.keys(onModbus(loadPlan(id))).length > 0);

describe("what the gateway reads of simulated devices over TCP", () => {
  test.each([
    ...withModbus.map((id) => ({ id, plan: hurried(loadPlan(id)), some: cases })),
    { id: "every template", plan: allTemplates, some: briefly },
  ])("$id: every signal, and no read is refused", async ({ plan, some }) => {
    const { devices } = new MachineBuses(plan, { machineId: "M1" });
    const { host, port } = await serveModbusTcp(devices).then((server) => {
      endings.push(() => server.close());
      return server;
    });
    const signals = fitted(onModbus(plan));
    const names = Object.keys(signals);
    const { reader, source } = open(plan, { kind: "modbus-tcp", host, port, timeoutMs: 60_000 });
    for (const one of some) {
      for (const device of devices) device.update(valuesOf(plan, one));
      await vi.waitFor(() => expect(mistakesOf(signals, one, reader.newest)).toEqual([]), 60_000);
      expect(names.filter((name) => !reader.newest.has(name))).toEqual([]);
    }
    expect(source.counters()).toMatchObject({ exceptions: 0, garbled: 0, noAnswers: 0 });
  });
});

describe.skipIf(!hasSocat())(
  "what the gateway reads of simulated devices on one serial line",
  () => {
    const line = async () => {
      const devices = devicesOf(allTemplates, middle);
      const server = await serveModbusRtu(devices);
      endings.push(() => server.close());
      return { devices, port: server.path };
    };
    const signals = fitted(onModbus(allTemplates));

    test("sixteen devices, each at its unit", async () => {
      const { port } = await line();
      const { reader, source } = open(allTemplates, {
        kind: "modbus-rtu",
        port,
        baudRate: 115_200,
        timeoutMs: 10_000,
      });
      await vi.waitFor(
        () => expect(mistakesOf(signals, middle, reader.newest)).toEqual([]),
        60_000,
      );
      expect(source.counters()).toMatchObject({ exceptions: 0, garbled: 0, crcErrors: 0 });
    });

    test("one that goes silent, fails or is slow shows as such, and comes back", async () => {
      const { devices, port } = await line();
      const [device] = devices;
      const picked = ["abb-b2x", "eastron-sdm120"];
      const config = { kind: "modbus-rtu", port, baudRate: 115_200, timeoutMs: 200 } as const;
      const { reader } = open(allTemplates, { ...config, devices: picked });
      const qualities = () =>
        new Set(
          [...reader.newest].flatMap(([name, { quality }]) =>
            name.startsWith("abbB2x") ? [quality] : [],
          ),
        );
      const others = () => reader.newest.get("eastronSdm120Voltage")?.quality;
      await vi.waitFor(() => expect(qualities()).toEqual(new Set(["good"])), 60_000);
      const harms = [() => device?.silence(), () => device?.refuse(4), () => device?.slowDown(300)];
      for (const harm of process.env.FIREBREAK_SOAK ? harms : harms.slice(0, 1)) {
        harm();
        await vi.waitFor(() => {
          expect(qualities()).toEqual(new Set(["stale"]));
          expect(others()).toBe("good");
        }, 60_000);
        device?.revive();
        await vi.waitFor(() => expect(qualities()).toEqual(new Set(["good"])), 60_000);
      }
    });
  },
);

/** Reads of unit 10 (SDM630, floats in input registers), 6 (AGC 150), 3 (ComAp's block), and what is not there. */
const unitOf = (template: string) => templates.indexOf(template) + 1;
const reads: readonly Read[] = [
  [unitOf("eastron-sdm630"), 4, 0, 6],
  [unitOf("deif-agc150"), 4, 504, 4],
  [unitOf("comap-intelilite4"), 3, 1307, 16],
  [unitOf("comap-intelilite4"), 3, 1307, 8],
  [unitOf("eastron-sdm630"), 3, 0, 2],
  [unitOf("generic-anemometer"), 3, 0, 1],
];

/** The same by modbus-serial, whose client knows nothing of ours. */
async function byModbusSerial({ host, port }: { host: string; port: number }): Promise<unknown[]> {
  const client = new ModbusRtu.default();
  await client.connectTCP(host, { port });
  endings.push(() => client.close(() => {}));
  client.setTimeout(60_000);
  const answers: unknown[] = [];
  for (const [unit, code, address, count] of reads) {
    client.setID(unit);
    const read =
      code === 3
        ? client.readHoldingRegisters(address, count)
        : client.readInputRegisters(address, count);
    answers.push(
      await read.then(
        ({ data }) => data,
        ({ modbusCode }) => ({ exception: modbusCode }),
      ),
    );
  }
  return answers;
}

describe("simulated devices and readers of others", () => {
  const startTcp = async () => {
    const devices = devicesOf(allTemplates, middle);
    const server = await serveModbusTcp(devices);
    endings.push(() => server.close());
    const voltage = valuesOf(allTemplates, middle).eastronSdm630VoltageL1 ?? 0;
    return { server, devices, voltage };
  };
  const expectAnswers = (answers: unknown, voltage: number) => {
    const [floats, words, block, part, table, wind] = answers as [number[], ...unknown[]];
    const [high = 0, low = 0] = floats;
    const float = new DataView(new ArrayBuffer(4));
    float.setUint16(0, high);
    float.setUint16(2, low);
    expect(float.getFloat32(0)).toBeCloseTo(voltage, 3);
    expect([floats, words, block, wind].map((one) => (one as number[]).length)).toEqual([
      6, 4, 16, 1,
    ]);
    expect([part, table]).toEqual([{ exception: 2 }, { exception: 1 }]);
  };

  test("modbus-serial", async () => {
    const { server, voltage } = await startTcp();
    expectAnswers(await byModbusSerial(server), voltage);
  });

  test.skipIf(!hasPymodbus())("pymodbus, over TCP", async () => {
    const { server, voltage } = await startTcp();
    expectAnswers(await readByPymodbus(server, reads), voltage);
  });

  test.skipIf(!hasPymodbus() || !hasSocat())(
    "pymodbus, on a serial line; a unit that is not there is silent",
    async () => {
      const devices = devicesOf(allTemplates, middle);
      const line = await serveModbusRtu(devices);
      endings.push(() => line.close());
      const { eastronSdm630VoltageL1: voltage } = valuesOf(allTemplates, middle);
      const answers = await readByPymodbus({ path: line.path }, [...reads, [99, 3, 0, 1]]);
      expectAnswers((answers as unknown[]).slice(0, -1), voltage ?? 0);
      expect((answers as unknown[]).at(-1)).toEqual({ silent: true });
    },
  );

  test.skipIf(!hasMbpoll())("mbpoll (libmodbus), over TCP and on a serial line", async () => {
    const { server, devices, voltage } = await startTcp();
    const unit = String(unitOf("eastron-sdm630"));
    const read = [
      "-t",
      "3:float",
      "-B",
      "-0",
      "-r",
      "0",
      "-c",
      "3",
      "-1",
      "-q",
      "-o",
      "10",
      "-a",
      unit,
    ];
    const valuesIn = (output: string) =>
      [...output.matchAll(/^\[\d+\]:\s+([-\d.]+)/gm)].map(([, value]) => Number(value));
    const overTcp = await outputOf("mbpoll", [
      "-m",
      "tcp",
      "-p",
      String(server.port),
      ...read,
      server.host,
    ]);
    expect(valuesIn(overTcp)[0]).toBeCloseTo(voltage, 1);
    expect(valuesIn(overTcp)).toHaveLength(3);
    if (!hasSocat()) return;
    const line = await serveModbusRtu(devices);
    endings.push(() => line.close());
    const settings = ["-m", "rtu", "-b", "115200", "-P", "none"];
    const overLine = await outputOf("mbpoll", [...settings, ...read, line.path]);
    expect(valuesIn(overLine)).toEqual(valuesIn(overTcp));
  });
});
