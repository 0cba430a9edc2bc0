import type { Signal } from "@firebreak/plans/plan-schema.ts";
import { afterEach, describe, expect, test } from "vitest";
import {
  asItIs,
  heardAt,
  openFaultyLine,
  type Spoil,
} from "../sources/modbus/faulty-line.fixture.ts";
import { hasPymodbus, startPymodbus } from "../sources/modbus/pymodbus-peer.fixture.ts";
import { hasPtyPairs, openPtyPair } from "../sources/serial/pty-pair.fixture.ts";
import { openFakeAdapter } from "../sources/slcan/slcan-adapter.fixture.ts";
import { registerSignal } from "../sources/source.fixture.ts";
import type { Report } from "./inspector.ts";
import {
  controllerPlan,
  fastClock,
  hasAll,
  installation,
  planOf,
  watched,
} from "./miswired.fixture.ts";

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** What the controller holds; as its map says it, hours 12,345, a pressure of 300 and a temperature of 20. */
const asPlanned = { 100: 0, 101: 12_345, 102: 300, 103: 20 };
type Registers = Readonly<Record<number, number>>;

interface Line {
  readonly unit?: number;
  readonly spoil?: Spoil;
  readonly isEnough?: (report: Report) => boolean;
}

async function rtuFindings(
  registers: Registers,
  { unit = 1, spoil = asItIs, isEnough }: Line = {},
) {
  const line = await openFaultyLine();
  endings.push(() => line.close());
  line.spoil = spoil;
  const held = Object.entries(registers).map(
    ([address, raw]) =>
      ({ table: "holding", type: "uint16", address: Number(address), raw }) as const,
  );
  const peer = await startPymodbus({ [unit]: held }, line.devices);
  endings.push(() => peer.stop());
  // Where every question is answered, patience costs nothing; a busy computer may be late.
  const timeoutMs = unit === 1 && spoil === asItIs ? 5_000 : 600;
  const source = { kind: "modbus-rtu", port: line.gateway, timeoutMs, baudRate: 115_200 };
  const { findings, stop } = await installation(controllerPlan(), source, isEnough ?? hasAll);
  endings.push(stop);
  return findings;
}

const turned = (word: number): number => ((word & 0xff) << 8) | (word >> 8);
const inTrouble = ({ buses }: Report) => buses[0]?.state === "trouble";

describe.skipIf(!hasPtyPairs() || !hasPymodbus())("a miswired controller on a serial line", () => {
  test("a healthy one gives no complaint", async () => {
    expect(await rtuFindings(asPlanned)).toEqual([]);
  });

  test("wrong word order", async () => {
    expect(await rtuFindings({ ...asPlanned, 100: 12_345, 101: 0 })).toMatchObject([
      { code: "word-order", subjects: ["hours"], facts: { is: "little", planned: "big" } },
    ]);
  });

  test("wrong byte order, alone and together with the word order", async () => {
    const bytes = { 100: 0, 101: turned(12_345), 102: turned(300), 103: turned(20) };
    expect(await rtuFindings(bytes)).toMatchObject([
      { code: "byte-order", facts: { device: "controller", is: "little", planned: "big" } },
    ]);
    const both = { ...bytes, 100: turned(12_345), 101: 0 };
    expect(await rtuFindings(both)).toMatchObject([
      { code: "byte-and-word-order", facts: { byteOrder: "little", wordOrder: "little" } },
    ]);
  });

  test("register addresses off by one, one way and the other", async () => {
    expect(await rtuFindings({ 99: 0, 100: 12_345, 101: 300, 102: 20 })).toMatchObject([
      { code: "address-shift", facts: { device: "controller", by: "-1" } },
    ]);
    expect(await rtuFindings({ 101: 0, 102: 12_345, 103: 300, 104: 20 })).toMatchObject([
      { code: "address-shift", facts: { device: "controller", by: "+1" } },
    ]);
  });

  test("unit id off by one", async () => {
    expect(await rtuFindings(asPlanned, { unit: 2, isEnough: inTrouble })).toMatchObject([
      { code: "wrong-unit", facts: { device: "controller", planned: 1, answers: 2 } },
    ]);
  });

  test("A10: wrong bit rate: what comes makes no frame", async () => {
    const spoil: Spoil = (answer) => [heardAt(answer, 9_600, 19_200)];
    expect(await rtuFindings(asPlanned, { spoil, isEnough: inTrouble })).toMatchObject([
      { code: "wrong-speed", facts: { device: "controller" } },
    ]);
  });

  test("A10: no termination: some answers are spoilt, asked for again, and told", async () => {
    let answers = 0;
    const spoil: Spoil = (answer) =>
      answers++ % 4 === 3 ? [answer.map((byte, at) => (at === 4 ? byte ^ 0x40 : byte))] : [answer];
    const isTold: typeof hasAll = (report) =>
      watched(14_000)(report) &&
      // Answers that came too late at first, on a busy computer, make the share smaller for a while.
      report.findings.some(
        ({ code, facts }) => code === "line-errors" && Number(facts.percent) > 15,
      );
    const found = await rtuFindings(asPlanned, { spoil, isEnough: isTold });
    expect(found).toMatchObject([{ code: "line-errors", severity: "warning" }]);
    expect(Number(found[0]?.facts.percent)).toBeGreaterThan(15);
  });

  test("A10: every check sum is wrong: the line is disturbed, the bit rate is not blamed", async () => {
    const spoil: Spoil = (answer) => [answer.map((byte, at) => (at === 4 ? byte ^ 0x40 : byte))];
    expect(await rtuFindings(asPlanned, { spoil, isEnough: inTrouble })).toMatchObject([
      { code: "line-disturbed" },
    ]);
  });

  test("nobody answers: power, A and B, bit rate", async () => {
    const spoil: Spoil = () => [];
    expect(await rtuFindings(asPlanned, { spoil, isEnough: inTrouble })).toMatchObject([
      { code: "device-silent", facts: { device: "controller", planned: 1 } },
    ]);
  });
});

const speed = {
  ...registerSignal({}),
  modbus: undefined,
  j1939: { spn: 190, pgn: 61_444, sa: 0, startByte: 4, startBit: 1, bits: 16, coding: "analog" },
} as unknown as Signal;

/** `flags`: what the adapter answers when it is asked for its state, as LAWICEL's manual has it. */
async function slcanFindings(flags: string, frame: string | undefined, watchMs: number) {
  const pair = await openPtyPair();
  endings.push(() => pair.pull());
  const adapter = await openFakeAdapter(pair.there, { F: `${flags}\r` });
  endings.push(() => adapter.close());
  const isOpen = () => adapter.commands.includes("L");
  const asked = () => adapter.commands.filter((command) => command === "F").length;
  const saying = setInterval(() => frame && isOpen() && void adapter.say(`${frame}\r`), 20);
  endings.push(() => clearInterval(saying));
  const source = { kind: "slcan", port: pair.here, bitRate: 250_000 };
  const { findings, stop } = await installation(
    planOf({ signals: { speed } }),
    source,
    // However late the adapter is opened: it was asked for its state several times.
    (report) => watched(watchMs)(report) && asked() > 3 && (frame === undefined || hasAll(report)),
    fastClock,
  );
  endings.push(stop);
  return findings;
}

const frame = "T0CF004008FFFFFF803EFFFFFF";

describe.skipIf(!hasPtyPairs())("a miswired CAN bus at a serial adapter", () => {
  test("a healthy one gives no complaint", async () => {
    expect(await slcanFindings("F00", frame, 14_000)).toEqual([]);
  });

  test("A4: wrong bit rate: the adapter meets errors and no frame", async () => {
    expect(await slcanFindings("FA4", undefined, 14_000)).toMatchObject([
      { code: "bus-only-errors", severity: "fault", facts: { now: " (250 kbit/s)" } },
    ]);
  });

  test("A4: no termination: frames come, and errors with them", async () => {
    expect(await slcanFindings("F84", frame, 14_000)).toMatchObject([
      { code: "bus-termination", severity: "warning" },
    ]);
  });

  test("A4: the machine is off: silence without errors", async () => {
    expect(await slcanFindings("F00", undefined, 14_000)).toMatchObject([
      { code: "bus-silent", severity: "fault" },
    ]);
  });
});
