import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { describe, expect, test } from "vitest";
import { readGatewayConfig } from "./config.ts";

const sampleFile = join(import.meta.dirname, "gateway.sample.yaml");
const sample = readFileSync(sampleFile, "utf8");

function write(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-config-"));
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, text);
  writeFileSync(join(folder, "password"), "secret\n");
  return file;
}

/** The message of the error that a configuration ends with. */
function mistakesOf(text: string): string {
  try {
    readGatewayConfig(write(text));
  } catch (error) {
    expect(error).toMatchObject({ code: "BAD_CONFIGURATION" });
    return (error as Error).message;
  }
  return "";
}

describe("readGatewayConfig", () => {
  test("the sample works as it stands", () => {
    const { machines, ...options } = readGatewayConfig(sampleFile);
    expect(options).toMatchObject({
      gatewayId: "pump-gateway-7",
      hub: { urls: ["mqtt://127.0.0.1:1883"], username: "pump-gateway-7" },
      spoolFolder: join(import.meta.dirname, "spool"),
      spoolBytes: 1_073_741_824,
      batchAgeMs: 1_000,
    });
    const [machine] = machines;
    if (machine === undefined) throw new Error("no machine");
    const { acquisition } = machine.plan;
    const sources = machine.sources({
      machineId: machine.machineId,
      acquisition,
      dictionary: dictionaryOfPlan(machine.plan),
      clock: systemClock,
      log: silentLogger,
    });
    expect(sources.map(({ name }) => name)).toEqual([
      "modbus-tcp 192.168.7.10:502",
      "candump-stream tcp://127.0.0.1:3000",
    ]);
  });

  test("the sources that stand in the sample as comments work too", () => {
    const file = write(sample.replace(/^ {6}# (- kind:.*| {2}\w+:.*)$/gm, "      $1"));
    const [machine] = readGatewayConfig(file).machines;
    if (machine === undefined) throw new Error("no machine");
    const sources = machine.sources({
      machineId: machine.machineId,
      acquisition: machine.plan.acquisition,
      dictionary: dictionaryOfPlan(machine.plan),
      clock: systemClock,
      log: silentLogger,
    });
    const names = sources.map(({ name }) => name);
    expect(names).toContain("slcan /dev/serial/by-id/usb-CAN-adapter");
    expect(names).toContain("socketcan can1");
  });

  test("paths of sources count from the folder of the file", () => {
    const file = write(sample.replace("tcp://127.0.0.1:3000", "bus.log"));
    const [machine] = readGatewayConfig(file).machines;
    if (machine === undefined) throw new Error("no machine");
    const sources = machine.sources({
      machineId: machine.machineId,
      acquisition: machine.plan.acquisition,
      dictionary: dictionaryOfPlan(machine.plan),
      clock: systemClock,
      log: silentLogger,
    });
    expect(sources[1]?.name).toBe(`candump-stream ${join(dirname(file), "bus.log")}`);
  });

  test("what is left out has the defaults of the schema; the password comes from its file", () => {
    const text = `
version: 1
gatewayId: g
hub: { url: "mqtts://h:8883", passwordFile: password }
machines:
  - machineId: M
    plan: concrete-pump-truck
    sources: [{ kind: modbus-tcp, host: h }]
`;
    const { hub, spoolBytes, syncIntervalMs, batchAgeMs } = readGatewayConfig(write(text));
    expect(hub).toEqual({ urls: ["mqtts://h:8883"], username: "g", password: "secret" });
    expect({ spoolBytes, syncIntervalMs, batchAgeMs }).toEqual({
      spoolBytes: 1_073_741_824,
      syncIntervalMs: 500,
      batchAgeMs: 1_000,
    });
  });

  test("several brokers and an identity; a password beside it and a plain wire are mistakes", () => {
    const text = (hub: string) => `
version: 1
gatewayId: g
hub: ${hub}
machines:
  - machineId: M
    plan: concrete-pump-truck
    sources: [{ kind: modbus-tcp, host: h }]
`;
    const file = write(text('{ url: ["mqtts://a:1", "mqtts://b:2"], identity: identity }'));
    expect(readGatewayConfig(file).hub).toEqual({
      urls: ["mqtts://a:1", "mqtts://b:2"],
      identityFolder: join(dirname(file), "identity"),
    });
    expect(
      mistakesOf(text('{ url: "mqtt://a:1", identity: i, passwordFile: password }')).split("\n"),
    ).toEqual([
      expect.stringContaining("hub.passwordFile: a gateway with an identity needs no password"),
      expect.stringContaining("hub.url: a certificate is shown over mqtts:// only"),
    ]);
    expect(mistakesOf(text('{ url: "http://a:1" }'))).toContain("hub.url");
  });

  test("all mistakes are told at once, with their lines", () => {
    const text = sample
      .replace("gatewayId: pump-gateway-7", "gatewayId: a/b")
      .replace("tcp://127.0.0.1:3000", "udp://127.0.0.1:3000")
      .replace("port: 502", "port: 502\n        devices: [nowhere]");
    const mistakes = mistakesOf(text).split("\n");
    expect(mistakes).toHaveLength(3);
    expect(mistakes.join("\n")).toMatch(/:5:\d+: gatewayId: .*contains/);
    expect(mistakes.join("\n")).toMatch(/sources\[0\]: the plan has no Modbus device "nowhere"/);
    expect(mistakes.join("\n")).toMatch(/sources\[1\]: "udp:/);
  });

  test.each([
    ["an unknown key", sample.replace("batchAgeMs:", "batchAge:"), /batchAge/],
    ["an unknown plan", sample.replace("concrete-pump-truck", "no-such-plan"), /no such plan/],
    ["an unknown kind of source", sample.replace("modbus-tcp", "modbus-udp"), /modbus-udp|kind/],
    ["a machine twice", sample.replace(/(machines:\n)([\s\S]*)$/, "$1$2$2"), /is there twice/],
    [
      "a password file that is not there",
      sample.replace("# passwordFile: password", "passwordFile: nowhere"),
      /nowhere/,
    ],
    ["no YAML", "version: [", /YAML/],
  ])("%s is refused", (_name, text, said) => {
    expect(mistakesOf(text)).toMatch(said);
  });
});
