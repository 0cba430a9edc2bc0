import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { ConfigurationCommand } from "@firebreak/wire/configuration.ts";
import { configurationHash } from "@firebreak/wire/configuration-codec.ts";
import { afterAll, describe, expect, test } from "vitest";
import { RemoteLayer } from "./remote-layer.ts";

const root = mkdtempSync(join(tmpdir(), "firebreak-layer-"));
afterAll(() => rmSync(root, { recursive: true }));

const storeId = "f".repeat(32);
const since = { epoch: "e", number: 1 };
const healthy = { storeId, isStorageFailing: false };

const documentOf = (version: number) => {
  const text = `version: 1\nbatchAgeMs: ${1_000 + version}\n`;
  return { version, hash: configurationHash(text), text };
};
const tryOf = (version: number): ConfigurationCommand => ({
  kind: "try",
  storeId,
  ...documentOf(version),
});
const nameOf = (version: number) => ({ version, hash: documentOf(version).hash });
const confirmOf = (version: number): ConfigurationCommand => ({
  kind: "confirm",
  storeId,
  ...nameOf(version),
});

/** The layer of a gateway that runs on its own file. */
async function layerOf(name: string) {
  const file = join(root, `${name}.yaml`);
  writeFileSync(
    file,
    `version: 1
gatewayId: gw
hub: { url: "mqtt://127.0.0.1:1" }
machines:
  - machineId: M1
    plan: loader-tractor
    sources: [{ kind: candump-stream, from: "tcp://127.0.0.1:1" }]
`,
  );
  const said: string[] = [];
  const layer = new RemoteLayer({
    file,
    log: silentLogger,
    onChanged: () => said.push("changed"),
    onNews: () => said.push("news"),
  });
  const start = async () => layer.started((await layer.read()).document);
  await start();
  /** What came of a command, once it has been dealt with. */
  const take = async (command: ConfigurationCommand, gateway = healthy) => {
    const before = said.length;
    layer.take(command, gateway);
    await layer.stop();
    return said.slice(before);
  };
  return { layer, start, take };
}

describe("a configuration of the hub", () => {
  test("that has begun but does not run yet is proved by nothing, and confirmed by nobody", async () => {
    const { layer, start, take } = await layerOf("begun");
    expect(await take(tryOf(1))).toEqual(["changed"]);
    const begun = { running: null, newest: { version: 1, state: "trying" }, since: null };
    expect(layer.report(since)).toMatchObject(begun);
    // The hub's own repetition is answered by the gateway of before.
    expect(await take(tryOf(1))).toEqual(["news"]);
    expect(layer.report(since)).toMatchObject(begun);
    await take(confirmOf(1));
    expect(layer.report(since)).toMatchObject(begun);
    await start();
    expect(layer.report(since)).toMatchObject({ running: nameOf(1), since });
    await take(confirmOf(1));
    expect(layer.report(since)).toMatchObject({
      running: nameOf(1),
      newest: { state: "confirmed" },
      since: null,
    });
  });

  test("that was rolled back is told as what runs until the gateway has started without it", async () => {
    const { layer, start, take } = await layerOf("back");
    await take(tryOf(1));
    await start();
    expect(layer.blame(new Error("out of memory"))).toBe(true);
    const newest = { version: 1, state: "rolled-back" };
    expect(layer.report(since)).toMatchObject({ running: nameOf(1), newest, since: null });
    await start();
    expect(layer.report(since)).toMatchObject({ running: null, newest, since: null });
    await layer.stop();
  });

  test("is not tried while storage fails, and stays unanswered until it may be", async () => {
    const { layer, take } = await layerOf("failing");
    expect(await take(tryOf(1), { storeId, isStorageFailing: true })).toEqual([]);
    expect(layer.report(since)).toMatchObject({ newest: null });
    expect(await take(tryOf(1))).toEqual(["changed"]);
  });
});
