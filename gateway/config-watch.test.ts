import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { sampleDbc } from "@firebreak/plans/imports/dbc.fixture.ts";
import { afterAll, describe, expect, test } from "vitest";
import { answerSettings } from "./answer-settings.ts";
import { ConfigWatch, type ConfigWatchOptions } from "./config-watch.ts";

const root = mkdtempSync(join(tmpdir(), "firebreak-watch-"));
afterAll(() => rmSync(root, { recursive: true }));

const plans = join(import.meta.dirname, "../plans");

/** A gateway with one machine whose plan imports a DBC. */
function gatewayIn(name: string) {
  const folder = join(root, name);
  cpSync(join(plans, "loader-tractor"), join(folder, "loader-tractor"), { recursive: true });
  const plan = join(folder, "loader-tractor/plan.yaml");
  const dbc = join(folder, "loader-tractor/boom.dbc");
  const config = join(folder, "gateway.yaml");
  const put = (file: string, text: string) => writeFileSync(file, text);
  put(plan, textOf(plan).replace("acquisition:", "acquisition:\n  imports: [{ dbc: boom.dbc }]"));
  put(dbc, sampleDbc);
  put(join(folder, "drive.log"), "");
  put(
    config,
    `version: 1
gatewayId: gw
hub: { url: "mqtt://localhost:1883" }
machines:
  - machineId: M1
    plan: loader-tractor/plan.yaml
    sources: [{ kind: candump-stream, from: drive.log }]
`,
  );
  const changes: string[][] = [];
  const refused: string[] = [];
  const troubles: Error[] = [];
  const meanwhile: (() => void)[] = [];
  const options: ConfigWatchOptions = {
    read: async (file) => {
      const trouble = troubles.shift();
      if (trouble) throw trouble;
      const answer = answerSettings(file);
      meanwhile.shift()?.();
      return answer;
    },
    onChange: ({ machines }) =>
      changes.push(Object.keys(machines[0]?.plan.acquisition.signals ?? {})),
    onRefused: ({ message }) => refused.push(message),
  };
  const watchSince = (readMs?: number) =>
    new ConfigWatch(config, answerSettings(config).files, options, readMs);
  const told = { changes, refused, troubles, meanwhile };
  return { watch: watchSince(), watchSince, ...told, put, dbc, plan, config };
}

const sampleMap = `template: my-meter
title: { en: Meter, zh-CN: 电能表 }
source: my own table
confidence: unconfirmed
registers: { table: input, wordOrder: little }
signals:
  power:
    title: { en: Power, zh-CN: 功率 }
    unit: kW
    scale: 0.1
    range: [-100, 100]
    sampling: every
    register: { address: 5, type: int32 }
`;

const textOf = (file: string) => readFileSync(file, "utf8");

describe("ConfigWatch", () => {
  test("A11: a DBC replaced by a broken one is refused with its line, and the old one stays", async () => {
    const { watch, changes, refused, put, dbc } = gatewayIn("broken");
    await watch.look();
    expect([changes, refused]).toEqual([[], []]);
    put(dbc, sampleDbc.replace("16|2@1+", "16|x@1+"));
    await watch.look();
    await watch.look();
    expect(changes).toEqual([]);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain(
      'boom.dbc:20: here should be the count of bits, a number, not "x"',
    );
    put(
      dbc,
      sampleDbc
        .replace("Boom_State : 16", "Boom_Lock : 16")
        .replaceAll("Boom_State ", "Boom_Lock "),
    );
    await watch.look();
    expect(refused).toHaveLength(1);
    expect(changes[0]).toContain("boomLock");
    expect(changes[0]).toContain("engineSpeed");
  });

  test("A11: a DBC that is gone is refused, and taken when it is back", async () => {
    const { watch, changes, refused, put, dbc } = gatewayIn("gone");
    rmSync(dbc);
    await watch.look();
    expect(refused[0]).toContain("cannot read boom.dbc (ENOENT)");
    put(dbc, sampleDbc);
    await watch.look();
    expect(changes).toHaveLength(1);
  });

  test("A11: a register map replaced by a broken one is refused with its line, and the old one stays", async () => {
    const { watch, changes, refused, put, plan } = gatewayIn("map");
    const map = join(dirname(plan), "my-meter.yaml");
    put(map, sampleMap);
    const device = "meter: { unitId: 1, pollIntervalMs: 1000, template: ./my-meter.yaml }";
    put(plan, textOf(plan).replace("acquisition:", `acquisition:\n  modbusDevices: { ${device} }`));
    await watch.look();
    expect(changes[0]).toContain("meterPower");
    put(map, sampleMap.replace("type: int32", "type: int23"));
    await watch.look();
    await watch.look();
    expect(changes).toHaveLength(1);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatch(/my-meter\.yaml:13:\d+: .*must be one of .*not "int23"/);
    put(map, sampleMap.replace("  power:", "  activePower:"));
    await watch.look();
    expect(refused).toHaveLength(1);
    expect(changes[1]).toContain("meterActivePower");
  });

  test("what was written while it was read is read again, in files that are new to it as well", async () => {
    const { watch, changes, meanwhile, put, plan } = gatewayIn("meanwhile");
    const map = join(dirname(plan), "my-meter.yaml");
    put(map, sampleMap);
    const device = "meter: { unitId: 1, pollIntervalMs: 1000, template: ./my-meter.yaml }";
    put(plan, textOf(plan).replace("acquisition:", `acquisition:\n  modbusDevices: { ${device} }`));
    meanwhile.push(() => put(map, sampleMap.replace("  power:", "  activePower:")));
    await watch.look();
    expect(changes[0]).toContain("meterPower");
    await watch.look();
    expect(changes[1]).toContain("meterActivePower");
    await watch.look();
    expect(changes).toHaveLength(2);
  });

  test("what was written while the first gateway was starting is taken over", async () => {
    const { watchSince, changes } = gatewayIn("starting");
    await watchSince(Date.now() + 1_000).look();
    expect(changes).toEqual([]);
    await watchSince(Date.now() - 60_000).look();
    expect(changes).toHaveLength(1);
  });

  test("a change that could not be read for want of memory is read again until it is", async () => {
    const { watch, changes, refused, troubles, put, plan } = gatewayIn("memory");
    troubles.push(new CodedError("SETTINGS_NOT_READ", "ENOMEM", { retryable: true }));
    troubles.push(Object.assign(new Error("i/o error"), { code: "EIO" }));
    put(plan, `${textOf(plan)}\n`);
    await watch.look();
    expect(refused).toEqual(["ENOMEM"]);
    await expect(watch.look()).rejects.toThrow("i/o error");
    expect(changes).toEqual([]);
    await watch.look();
    await watch.look();
    expect(changes).toHaveLength(1);
  });

  test("a broken plan and a broken configuration are refused with their lines", async () => {
    const { watch, changes, refused, put, plan, config } = gatewayIn("plan");
    const good = textOf(plan);
    put(plan, good.replace("plan: loader-tractor", "plan: [oops"));
    await watch.look();
    expect(refused[0]).toMatch(/plan\.yaml|loader-tractor/);
    put(plan, good);
    await watch.look();
    expect(changes).toHaveLength(1);
    put(config, textOf(config).replace("gatewayId: gw", "gatewayIdd: gw"));
    await watch.look();
    expect(refused[1]).toContain("gatewayIdd");
  });
});
