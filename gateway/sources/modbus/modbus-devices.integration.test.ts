import { spawn } from "node:child_process";
import { expandTemplates } from "@firebreak/plans/expand-templates.ts";
import type { Acquisition, Plan, Signal } from "@firebreak/plans/plan-schema.ts";
import { EMPTY } from "rxjs";
import { catchError } from "rxjs/operators";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../../test-source.fixture.ts";
import { createSource } from "../registry.ts";
import { hasPtyPairs, openPtyPair } from "../serial/pty-pair.fixture.ts";
import { openSerialLine } from "../serial/serial-line.ts";
import { Collector, contextOf } from "../source.fixture.ts";
import type { Source } from "../source.ts";
import { dataBytesOf, encodeRead } from "./framing/pdu.ts";
import { encodeRtu } from "./framing/rtu-frame.ts";
import { hasMbpoll } from "./mbpoll.fixture.ts";
import { hasPymodbus, type PeerRegister, startPymodbus } from "./pymodbus-peer.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The template of each unit of the line: all that come along. */
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

const acquisition = expandTemplates(
  {
    maker: "x",
    models: ["x"],
    modbusDevices: Object.fromEntries(
      templates.map((template, at) => [
        template,
        { unitId: at + 1, pollIntervalMs: 1_000, template },
      ]),
    ),
    signals: {},
  } as Acquisition,
  ".",
).acquisition;
const plan = { plan: "made-up", acquisition } as Plan;

/** Each answer is wanted, however busy the computer: none may be missing. */
const timeoutMs = 10_000;

/** A raw value that fits type and range; a field of bits has all of them set. */
function rawOf({ modbus, range, scale, offset }: Signal, at: number): number {
  if (modbus?.bit !== undefined) return 0xffff;
  const [min = 0, max = 0] = range;
  const largest = modbus?.type === "int16" ? 30_000 : modbus?.type === "uint16" ? 60_000 : 1e6;
  const wanted = (Math.min(max, min + (max - min) / 2 + at / 7) - offset) / scale;
  const raw = Math.min(largest, Math.max(wanted, (min - offset) / scale));
  return modbus?.type.startsWith("float") ? Math.fround(raw) : Math.trunc(raw) || 1;
}

const raws = Object.fromEntries(
  Object.entries(acquisition.signals).map(([name, signal], at) => [name, rawOf(signal, at)]),
);

const registersOf = (device: string): PeerRegister[] =>
  Object.entries(acquisition.signals).flatMap(([name, { modbus }]) =>
    modbus?.device === device ? [{ ...modbus, raw: raws[name] ?? 0 }] : [],
  );

const units = Object.fromEntries(templates.map((name, at) => [at + 1, registersOf(name)]));

async function expectEverything(create: (context: ReturnType<typeof contextOf>) => Source) {
  const context = contextOf(plan);
  const collector = new Collector(context);
  const source = create(context);
  const subscription = source
    .open(collector)
    .pipe(catchError(() => EMPTY))
    .subscribe();
  endings.push(() => subscription.unsubscribe());
  const names = Object.keys(acquisition.signals);
  const isAll = () => names.every((name) => collector.last(name) !== undefined);
  await until(isAll, "all signals", 60_000);
  for (const [name, { scale, offset, modbus }] of Object.entries(acquisition.signals)) {
    const raw = modbus?.bit === undefined ? (raws[name] ?? 0) : 1;
    expect(collector.last(name), name).toMatchObject({ quality: "good" });
    expect(collector.last(name)?.value, name).toBeCloseTo(raw * scale + offset, 6);
  }
  // The peer refuses a block that touches an address it does not have: none did.
  expect(source.counters()).toMatchObject({ exceptions: 0, garbled: 0, noAnswers: 0 });
}

describe.skipIf(!hasPymodbus())("all device templates against pymodbus", () => {
  test("over TCP: every signal has the value that Python put into the registers", async () => {
    const peer = await startPymodbus(units);
    endings.push(() => peer.stop());
    await expectEverything((context) =>
      createSource(
        { kind: "modbus-tcp", host: "127.0.0.1", port: peer.tcpPort, timeoutMs },
        context,
      ),
    );
  });

  test.skipIf(!hasPtyPairs())("over a serial line, too", async () => {
    const { here, there, pull } = await openPtyPair();
    endings.push(pull);
    const peer = await startPymodbus(units, there);
    endings.push(() => peer.stop());
    await expectEverything((context) =>
      createSource({ kind: "modbus-rtu", port: here, baudRate: 115_200, timeoutMs }, context),
    );
  });
});

describe.skipIf(!hasPtyPairs() || !hasMbpoll())("our frames against libmodbus (mbpoll)", () => {
  const words = [300, 85, 0xffff, 62, 280, 138, 1_500, 500];
  test.each([
    { table: "holding", type: "4" },
    { table: "input", type: "3" },
  ] as const)("it asks for $table registers as we do, and takes our answer", async (wanted) => {
    const block = { table: wanted.table, address: 1_024, count: words.length };
    const { here, there, pull } = await openPtyPair();
    endings.push(pull);
    const asked: number[] = [];
    const request = encodeRtu(10, encodeRead(block));
    const data = words.flatMap((word) => [word >> 8, word & 0xff]);
    const answer = encodeRtu(10, Uint8Array.of(request[1] ?? 0, dataBytesOf(block), ...data));
    const settings = { baudRate: 115_200, dataBits: 8, parity: "none", stopBits: 1 } as const;
    const line = await openSerialLine(
      { ...settings, port: here },
      {
        onBytes(bytes) {
          asked.push(...bytes);
          if (asked.length >= request.length) void line.write(answer);
        },
        onLost: () => {},
      },
    );
    endings.push(() => line.close());
    // It waits for ten seconds; by default for one, which a busy computer may need.
    const what = `-t ${wanted.type} -0 -r 1024 -c 8 -1 -q -o 10`;
    const args = `-m rtu -a 10 -b 115200 -P none ${what} ${there}`;
    const output = await outputOf("mbpoll", args.split(" "));
    expect(asked).toEqual([...request]);
    const read = [...output.matchAll(/^\[(\d+)\]:\s+(\d+)/gm)].map(([, address, value]) => [
      Number(address),
      Number(value),
    ]);
    expect(read).toEqual(words.map((word, at) => [1_024 + at, word]));
  });
});

function outputOf(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
}
