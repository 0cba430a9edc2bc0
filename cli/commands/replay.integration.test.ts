import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { FakeHub } from "../../gateway/fake-hub.fixture.ts";
import { until } from "../../gateway/test-source.fixture.ts";
import { runCli, startCli } from "../../test/product.fixture.ts";

const hubs: FakeHub[] = [];
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.stop();
});

async function startHub(password?: string): Promise<FakeHub> {
  const hub = await FakeHub.start(0, password);
  hubs.push(hub);
  return hub;
}

const newFolder = () => mkdtempSync(join(tmpdir(), "firebreak-replay-cli-"));

/** Ten seconds of engine speed, ten a second: 800, 801, … rpm. */
function recording(folder: string): string {
  const lines = Array.from({ length: 100 }, (_, at) => {
    const raw = ((800 + at) * 8).toString(16).padStart(4, "0").toUpperCase();
    return `(${(at / 10).toFixed(6)}) can0 0CF00400#FFFFFF${raw.slice(2)}${raw.slice(0, 2)}FFFFFF\n`;
  });
  const file = join(folder, "drive.log");
  writeFileSync(file, lines.join(""));
  return file;
}

function argsOf(folder: string, hub: FakeHub, speed = "max"): string[] {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, "secret\n");
  const where = ["--data", join(folder, "data"), "--hub", hub.url, "--password-file", passwordFile];
  const what = ["--plan", "loader-tractor", "--machine", "M1", "--speed", speed];
  return ["replay", recording(folder), ...what, ...where];
}

/** A busy computer may take so long to connect that a replay says once that it waits. */
const complaints = (stderr: string) =>
  stderr.replace(/^firebreak replay: waiting for the hub \(.*\)\n/, "");

const speeds = (hub: FakeHub) =>
  hub
    .batches()
    .flatMap(({ samples }) =>
      Array.from(samples.value.subarray(0, samples.length)).filter((value) => value >= 800),
    );

describe("firebreak replay", () => {
  test("delivers a recording and says what it did, in one line", async () => {
    const hub = await startHub("secret");
    const folder = newFolder();
    const { code, stdout, stderr } = await runCli(argsOf(folder, hub));
    expect({ code, stderr: complaints(stderr) }).toEqual({ code: 0, stderr: "" });
    expect(stdout.trim().split("\n")).toHaveLength(1);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({ machine: "M1", frames: 100 });
    expect(summary.epoch).toMatch(/^[0-9a-f]{32}$/);
    expect(summary.acknowledged).toBe(summary.batches);
    expect(Date.parse(summary.lastStamp) - Date.parse(summary.firstStamp)).toBe(9_900);
    expect(summary.lastStamp).toMatch(/\.\d{9}Z$/);
    expect(speeds(hub)).toEqual(Array.from({ length: 100 }, (_, at) => 800 + at));
  });

  test("plays it several times end to end, until the time that is asked for", async () => {
    const hub = await startHub();
    const more = ["--repeat", "3", "--ends-at", "2026-03-02T16:00:00+08:00"];
    const { code, stdout, stderr } = await runCli([...argsOf(newFolder(), hub), ...more]);
    expect({ code, stderr: complaints(stderr) }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      frames: 300,
      firstStamp: "2026-03-02T07:59:26.300000000Z",
      lastStamp: "2026-03-02T08:00:00.000000000Z",
    });
    expect(speeds(hub)).toEqual(Array.from({ length: 300 }, (_, at) => 800 + (at % 100)));
  });

  test("a killed replay leaves its batches to the next, which has an epoch of its own", async () => {
    const hub = await startHub();
    hub.manners.doesAcknowledge = false;
    hub.manners.loses = 1;
    const folder = newFolder();
    const killed = startCli(argsOf(folder, hub, "5"));
    await until(() => hub.messages.some(({ type }) => type === "DDATA"), "data on the way");
    killed.child.kill("SIGKILL");
    await killed.finished;
    hub.manners.doesAcknowledge = true;
    hub.manners.loses = 0;
    const { code } = await runCli(argsOf(folder, hub));
    expect(code).toBe(0);
    const epochs = Map.groupBy(hub.batches(), ({ header }) => header.epoch);
    expect(epochs.size).toBe(2);
    const [rest = [], whole = []] = [...epochs.values()].sort((a, b) => a.length - b.length);
    expect(rest.length + whole.length).toBeGreaterThan(1);
    expect(speeds(hub).filter((value) => value === 800)).toHaveLength(2);
    expect(hub.clones).toBe(0);
  });

  test("SIGTERM ends it with 1, and says what is not delivered", async () => {
    const hub = await startHub();
    hub.manners.doesAcknowledge = false;
    const replay = startCli(argsOf(newFolder(), hub));
    await until(() => hub.messages.some(({ type }) => type === "DDATA"), "data on the way");
    replay.child.kill("SIGTERM");
    const { code, stderr } = await replay.finished;
    expect(code).toBe(1);
    expect(stderr).toMatch(/not acknowledged yet/);
    expect(hub.messages.at(-1)?.type).toBe("NDEATH");
  });

  test("it waits for a hub that is away, and says so once", async () => {
    const folder = newFolder();
    const away = await startHub();
    const args = argsOf(folder, away);
    const { port } = away;
    await hubs.pop()?.stop();
    const replay = startCli(args);
    let said = "";
    replay.child.stderr?.on("data", (text: string) => {
      said += text;
    });
    await until(() => said.includes("waiting for the hub"), "its word");
    const hub = await FakeHub.start(port);
    hubs.push(hub);
    const { code, stderr } = await replay.finished;
    expect(code).toBe(0);
    expect(stderr.match(/waiting for the hub/g)).toHaveLength(1);
    expect(speeds(hub)).toHaveLength(100);
  });

  test("two replays of one machine at once: the second says why not", async () => {
    const hub = await startHub();
    hub.manners.doesAcknowledge = false;
    // Once: written again, the recording would be empty for whoever is still reading it.
    const args = argsOf(newFolder(), hub);
    const first = startCli(args);
    await until(() => hub.messages.length > 0, "the first");
    const { code, stderr } = await runCli(args);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Another replay of M1 is running/);
    first.child.kill("SIGTERM");
    await first.finished;
  });

  test.each([
    { name: "no hub", change: (args: string[]) => args.slice(0, 10), code: 1, said: /hub/ },
    {
      name: "a speed that is none",
      change: (args: string[]) => [...args, "--speed", "0"],
      code: 2,
      said: /number above 0/,
    },
    {
      name: "a count that is none",
      change: (args: string[]) => [...args, "--repeat", "0"],
      code: 2,
      said: /whole number from 1/,
    },
    {
      name: "an end that is no instant",
      change: (args: string[]) => [...args, "--ends-at", "yesterday"],
      code: 2,
      said: /an instant like/,
    },
    {
      name: "an end that is still to come",
      change: (args: string[]) => [...args, "--ends-at", "2999-01-01T00:00:00Z"],
      code: 2,
      said: /still to come/,
    },
    {
      name: "an unknown plan",
      change: (args: string[]) => [...args, "--plan", "no-such"],
      code: 78,
      said: /no such plan/,
    },
    {
      name: "no such recording",
      change: (args: string[]) => ["replay", "/nowhere.log", ...args.slice(2)],
      code: 1,
      said: /no file \/nowhere.log/,
    },
    {
      name: "a machine that is no name",
      change: (args: string[]) => [...args, "--machine", "a/b"],
      code: 1,
      said: /--machine/,
    },
  ])("$name is said in plain words", async ({ change, code, said }) => {
    const hub = await startHub();
    const result = await runCli(change(argsOf(newFolder(), hub)));
    expect(result.code).toBe(code);
    expect(result.stderr).toMatch(said);
    expect(result.stderr).not.toMatch(/ {4}at /);
    expect(result.stdout).toBe("");
  });
});

describe("firebreak gateway", () => {
  test("runs a configuration until it is told to end", async () => {
    const hub = await startHub("secret");
    const folder = newFolder();
    const stream = join(folder, "can.log");
    writeFileSync(stream, readFileSync(recording(folder)));
    writeFileSync(join(folder, "password"), "secret\n");
    const config = join(folder, "gateway.yaml");
    writeFileSync(
      config,
      `
version: 1
gatewayId: gw-7
hub: { url: "${hub.url}", passwordFile: password }
machines:
  - machineId: M7
    plan: loader-tractor
    sources: [{ kind: candump-stream, from: can.log }]
`.replace("can.log", stream),
    );
    const gateway = startCli(["gateway", "--config", config]);
    await until(() => speeds(hub).length === 100, "everything");
    gateway.child.kill("SIGTERM");
    expect((await gateway.finished).code).toBe(0);
    expect(hub.messages.at(-1)).toMatchObject({ type: "NDEATH", edge: "gw-7" });
    expect(existsSync(join(folder, "spool", "state.json"))).toBe(true);
    expect(statSync(join(folder, "spool", "state.json")).mode & 0o77).toBe(0);
    expect(readdirSync(join(folder, "spool", "log")).some((name) => name.startsWith("lock"))).toBe(
      false,
    );
  });

  test("a bad configuration ends with 78 and all mistakes", async () => {
    const config = join(newFolder(), "gateway.yaml");
    writeFileSync(config, "version: 2\ngatewayId: ''\n");
    const { code, stderr } = await runCli(["gateway", "--config", config]);
    expect(code).toBe(78);
    expect(stderr.split("\n").length).toBeGreaterThan(3);
  });
});
