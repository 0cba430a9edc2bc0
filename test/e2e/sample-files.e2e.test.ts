import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type Hub, runCli, startHub, temporaryFolder } from "../product.fixture.ts";

const machine = "FILES-1";
const data = temporaryFolder("sample-files");
let hub: Hub;
let authorization: string;

beforeAll(async () => {
  hub = await startHub({ data, args: ["--no-simulator"] });
  const { stdout } = await runCli(["token", "--data", data, "--role", "hq_service"]);
  authorization = `Bearer ${stdout.trim()}`;
});
afterAll(async () => {
  expect((await hub.stop()).code).toBe(0);
});

/** Ten seconds of engine speed, ten a second: 800, 801, … rpm; from 2026-01-01. */
function recording(): string {
  const lines = Array.from({ length: 100 }, (_, at) => {
    const raw = ((800 + at) * 8).toString(16).padStart(4, "0").toUpperCase();
    const seconds = (1_767_225_600 + at / 10).toFixed(6);
    return `(${seconds}) can0 0CF00400#FFFFFF${raw.slice(2)}${raw.slice(0, 2)}FFFFFF\n`;
  });
  const file = join(data, "drive.log");
  writeFileSync(file, lines.join(""));
  return file;
}

interface Imported {
  readonly state: string;
  readonly added: number;
  readonly alreadyThere: number;
  readonly faults: readonly unknown[];
}

async function send(mode: "preview" | "import", csv: string): Promise<Imported> {
  const form = new FormData();
  form.set("file", new Blob([csv]), "history.csv");
  const columns = ["time", "machine", "signal", "value", "unit", "quality"];
  const query = new URLSearchParams({
    mode,
    ...Object.fromEntries(columns.map((name) => [name, name])),
  });
  const url = `${hub.url}/api/v1/telemetry-imports?${query}`;
  const reply = await fetch(url, { method: "POST", headers: { authorization }, body: form });
  const text = await reply.text();
  expect(reply.status, text).toBe(200);
  return JSON.parse(text) as Imported;
}

async function exported(): Promise<string> {
  const ask = async (path: string, body?: object) =>
    fetch(`${hub.url}/api/v1/telemetry-exports${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const span = { from: "2000-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z" };
  const started = await ask("", { machineIds: [machine], ...span, format: "csv" });
  const { id } = (await started.json()) as { id: string };
  await eventually("the export is done", async () => {
    const { state } = (await (await ask(`/${id}`)).json()) as { state: string };
    return state === "done";
  });
  return (await ask(`/${id}/file`)).text();
}

const ledger = () => hub.get<Record<string, unknown>>(`machines/${machine}/ledger`);
const stored = (year: number) =>
  hub.get<{ t: string[]; value: number[] }>(
    `machines/${machine}/series?signal=engineSpeed&from=${year}-01-01T00:00:00Z&to=${year}-12-31T00:00:00Z`,
  );

test("what was exported comes in as last year's history, once, through a crash, and in nobody's account", async () => {
  const file = recording();
  const where = ["--plan", "loader-tractor", "--machine", machine, "--data", data];
  expect((await runCli(["replay", file, ...where, "--speed", "max"])).code).toBe(0);
  const before = await eventually("everything is stored", async () => {
    const now = await ledger();
    return Number(now.produced) > 0 && now.stored === now.produced && now;
  });
  const csv = await exported();
  const thisYear = await stored(2026);
  expect(thisYear.t.length).toBeGreaterThan(0);
  expect(csv.match(/,engineSpeed,rpm,2026-/g)).toHaveLength(thisYear.t.length);

  expect(await send("import", csv)).toMatchObject({ state: "done", added: 0, faults: [] });
  const history = csv.replaceAll(",2026-", ",2025-");
  const { added } = await send("preview", history);
  expect((await stored(2025)).t).toEqual([]);
  expect(await send("import", history)).toMatchObject({ state: "done", added, alreadyThere: 0 });
  await hub.kill();
  hub = await startHub({ data, args: ["--no-simulator"] });
  const lastYear = await eventually("the history is stored", async () => {
    const found = await stored(2025);
    return found.t.length === thisYear.t.length && found;
  });
  expect(lastYear.value).toEqual(thisYear.value);
  expect(lastYear.t).toEqual(thisYear.t.map((one) => one.replace("2026", "2025")));

  expect(await send("import", history)).toMatchObject({ added: 0, alreadyThere: added });
  expect(await stored(2026)).toEqual(thisYear);
  expect(await ledger()).toEqual(before);
  const { items } = await hub.get<{ items: { samples: number }[] }>(`machines/${machine}/imports`);
  expect(items.reduce((sum, { samples }) => sum + samples, 0)).toBe(added);
});
