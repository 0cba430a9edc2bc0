import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { startWatchedGateway, type WatchedGateway } from "@firebreak/gateway/watched-gateway.ts";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, runCli, temporaryFolder } from "../product.fixture.ts";
import { good, openServiceHub, type ServiceHub } from "../scenarios/service-hub.fixture.ts";

const endings: (() => Promise<unknown> | unknown)[] = [];
const ids = ["gw-1", "gw-2", "gw-3", "gw-4"] as const;
/** A good one is confirmed within a second or two, and on a computer that runs all tests at once too. */
const confirmWithinMs = 20_000;
let hub: ServiceHub;
let busPort = 0;

/** A CAN bus as text: engine speed (PGN 61444), ten times a second to everybody who listens. */
async function openBus(): Promise<number> {
  const listeners = new Set<Socket>();
  let count = 0;
  const timer = setInterval(() => {
    count++;
    const raw = ((800 + (count % 400)) * 8).toString(16).padStart(4, "0").toUpperCase();
    const data = `FFFFFF${raw.slice(2)}${raw.slice(0, 2)}FFFFFF`;
    const line = `(${(Date.now() / 1_000).toFixed(6)}) can0 0CF00400#${data}\n`;
    for (const socket of listeners) socket.write(line);
  }, 100);
  const server = createServer((socket) => {
    listeners.add(socket);
    socket.on("error", () => undefined).on("close", () => listeners.delete(socket));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  endings.push(() => {
    clearInterval(timer);
    for (const socket of listeners) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Opened {
  readonly gateway: WatchedGateway;
  readonly file: string;
}

async function openGateway(gatewayId: string): Promise<Opened> {
  const { password } = await createCredential(hub.data, gatewayId, [`M-${gatewayId}`]);
  const folder = temporaryFolder(gatewayId);
  const { mqtt } = JSON.parse(readFileSync(join(hub.data, "hub.json"), "utf8"));
  writeFileSync(join(folder, "password"), password);
  const file = join(folder, "gateway.yaml");
  writeFileSync(
    file,
    `version: 1
gatewayId: ${gatewayId}
hub: { url: "${mqtt}", passwordFile: password }
remote: { confirmWithinMs: ${confirmWithinMs} }
batchAgeMs: 200
machines:
  - machineId: M-${gatewayId}
    plan: loader-tractor
    sources: [{ kind: candump-stream, from: "tcp://127.0.0.1:${busPort}" }]
`,
  );
  const gateway = await startWatchedGateway(file, silentLogger, {
    reconnect: { minMs: 50, capMs: 500 },
  });
  endings.push(() => gateway.stop());
  return { gateway, file };
}

async function push(title: string, text: string): Promise<string> {
  const settings = { canaryCount: 1, soakMs: 500, wavePercent: 100 };
  const order = { commandId: randomUUID(), title, text, settings };
  return good(await hub.as("admin").post("rollouts", order)).rolloutId;
}

interface Target {
  readonly gatewayId: string;
  readonly wave: number;
  readonly state: string;
  readonly reason: string;
  readonly problems: readonly { readonly line: number; readonly column: number }[];
}

async function rollout(
  rolloutId: string,
): Promise<{ state: string; reason: string; targets: Target[] }> {
  return good(await hub.as("viewer").get(`rollouts/${rolloutId}`));
}

const untilOver = async (rolloutId: string) => {
  const isOver = async () => (await rollout(rolloutId)).state !== "running";
  await eventually("the roll-out is over", isOver, 150_000);
  return rollout(rolloutId);
};

const statesOf = ({ targets }: { targets: Target[] }) => targets.map(({ state }) => state);

describe("configuration from afar", () => {
  const gateways: Opened[] = [];
  beforeAll(async () => {
    hub = await openServiceHub(Date.now(), {
      clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    });
    endings.push(() => hub.stop());
    busPort = await openBus();
    for (const id of ids) gateways.push(await openGateway(id));
    await eventually("all speak", async () => {
      const { items } = good(await hub.as("admin").get("gateways"));
      return items.filter(({ isOnline }: { isOnline: boolean }) => isOnline).length === ids.length;
    });
  }, 240_000);
  afterAll(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  test("a good one goes to a canary, then to all, and is confirmed by data made under it", async () => {
    const id = await push("good", "version: 1\nbatchAgeMs: 300\n");
    await eventually("canary is begun with", async () =>
      statesOf(await rollout(id)).some((state) => state !== "waiting"),
    );
    const early = await rollout(id);
    if (early.targets.find(({ wave }) => wave === 0)?.state !== "confirmed")
      expect(statesOf(early).filter((state) => state === "waiting")).toHaveLength(3);
    const over = await untilOver(id);
    expect(over).toMatchObject({ state: "done", reason: "" });
    expect(statesOf(over)).toEqual(["confirmed", "confirmed", "confirmed", "confirmed"]);
    expect(over.targets.map(({ wave }) => wave)).toEqual([0, 1, 1, 1]);
  }, 240_000);

  test("one that does not fit the gateway is refused with line and column, and goes no further", async () => {
    const id = await push("wrong", "version: 1\nmachines:\n  - machineId: NOBODY\n");
    const over = await untilOver(id);
    expect(over.state).toBe("stopped");
    expect(over.reason).toContain("refused it");
    expect(statesOf(over)).toEqual(["refused", "waiting", "waiting", "waiting"]);
    expect(over.targets[0]?.problems).toMatchObject([{ line: 3, column: 16 }]);
    good(await hub.as("admin").post(`rollouts/${id}/cancel`));
    expect(statesOf(await rollout(id)).slice(1)).toEqual(["untouched", "untouched", "untouched"]);
  }, 240_000);

  test("one that silences a gateway is rolled back by it, and the others are left alone", async () => {
    const before = gateways.map(({ gateway }) => gateway.current());
    const text = `version: 1
machines:
  - plan: loader-tractor
    sources: [{ kind: candump-stream, from: "tcp://127.0.0.1:1" }]
`;
    const id = await push("silent", text);
    const [tried] = gateways;
    await eventually("it is tried", async () => statesOf(await rollout(id)).includes("trying"));
    // It says so before it has read all of its settings anew and begun with them.
    await eventually("it runs on it", async () => tried?.gateway.current() !== before[0]);
    // Somebody is editing the file with a mistake in it just then: it goes back all the same.
    const file = readFileSync(tried?.file ?? "", "utf8");
    writeFileSync(tried?.file ?? "", `${file}mistake: true\n`);
    const over = await untilOver(id);
    expect(over.state).toBe("stopped");
    expect(statesOf(over)).toEqual(["rolled-back", "waiting", "waiting", "waiting"]);
    expect(over.targets[0]?.reason).toContain("confirmed nothing within 20 s");
    expect(gateways.slice(1).map(({ gateway }) => gateway.current())).toEqual(before.slice(1));
    const [first] = gateways;
    await eventually("data flow again", async () =>
      first?.gateway
        .current()
        .status()
        .sources.some(({ state }) => state === "open"),
    );
    writeFileSync(tried?.file ?? "", file);
    const state = JSON.parse(readFileSync(`${first?.file}.remote.json`, "utf8"));
    expect(state).toMatchObject({
      trial: null,
      confirmed: { text: "version: 1\nbatchAgeMs: 300\n" },
    });
  }, 240_000);

  test("mistakes that no gateway could use are told by the hub, and nobody but who may sends any", async () => {
    const text = 'version: 1\nhub: { url: "mqtt://elsewhere" }\n';
    const { problems } = good(await hub.as("admin").post("rollouts/check", { text }));
    expect(problems).toMatchObject([{ path: "hub", line: 2 }]);
    const order = { commandId: randomUUID(), title: "x", text };
    expect(await hub.as("admin").post("rollouts", order)).toMatchObject({ status: 422 });
    expect(await hub.as("viewer").post("rollouts", order)).toMatchObject({ status: 403 });
    const file = join(temporaryFolder("config-command"), "layer.yaml");
    writeFileSync(file, text);
    const checked = await runCli(["config", "check", file]);
    expect(checked.code).toBe(78);
    expect(checked.stderr).toContain(`${file}:2:1: hub: cannot be set from afar`);
    const env = { FIREBREAK_TOKEN: hub.token("viewer") };
    const told = await runCli(["config", "status", "--url", hub.url], env);
    expect(JSON.parse(told.stdout).items).toHaveLength(3);
    const pushed = await runCli(["config", "push", file, "--url", hub.url], env);
    expect(pushed).toMatchObject({ code: 1, stdout: "" });
    expect(pushed.stderr).toContain("gateways.configure");
  });
});
