import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { hasInflux, InfluxServer } from "@firebreak/ingest/store/influx/influx-server.fixture.ts";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { hasPostgres, PostgresServer } from "../../kit/postgres-server.fixture.ts";
import { hasMosquitto, Mosquitto } from "../mosquitto.fixture.ts";
import { eventually, type Hub, startCli, startHub, temporaryFolder } from "../product.fixture.ts";

const root = resolve(import.meta.dirname, "../..");
const text = (path: string) => readFileSync(join(root, path), "utf8");

interface Compose {
  readonly services: Record<string, { readonly command?: readonly string[] } | undefined>;
}
interface Dashboard {
  readonly panels: readonly { readonly targets: readonly { query?: string; rawSql?: string }[] }[];
  readonly templating: { readonly list: readonly { readonly query: string }[] };
}

const compose = parse(text("docker-compose.yml"), { merge: true }) as Compose;
const dashboards = readdirSync(join(root, "docker/grafana/dashboards")).map(
  (name) => JSON.parse(text(`docker/grafana/dashboards/${name}`)) as Dashboard,
);
const targets = dashboards.flatMap(({ panels }) => panels.flatMap((panel) => panel.targets));
const machine = "DEMO-1";

/** The folder of somebody who follows the first lines of docker-compose.yml. */
function installation(): string {
  const folder = temporaryFolder("compose");
  for (const name of ["docker", "docker-compose.yml", "Dockerfile"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  execFileSync("sh", ["docker/secrets.sh"], { cwd: folder, stdio: "pipe" });
  return folder;
}

const hasCompose = spawnSync("docker-compose", ["version"]).status === 0;
if (!hasCompose) process.stderr.write("skipped, the Debian package docker-compose is missing\n");

describe.skipIf(!hasMosquitto())("docker-compose.yml", () => {
  test.skipIf(!hasCompose)("is what Compose takes", () => {
    const { status, stderr } = spawnSync("docker-compose", ["config", "--quiet"], {
      cwd: installation(),
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("every secret is a file of its own that others cannot reach, and no two are alike", () => {
    const secrets = join(installation(), "secrets");
    expect(statSync(secrets).mode & 0o777).toBe(0o700);
    const names = readdirSync(secrets).filter((name) => name !== "mosquitto-passwd");
    const words = names.map((name) => readFileSync(join(secrets, name), "utf8"));
    expect(names).toHaveLength(7);
    expect(new Set(words).size).toBe(7);
    for (const word of words) expect(word).toMatch(/^[0-9a-f]{48}$/);
    const files = ["docker-compose.yml", "docker/postgres/grafana.sql", "Dockerfile"].map(text);
    expect(files.join("\n")).not.toMatch(
      /(password|token|secret)[a-z_]*["']?[:=] ?["']?[a-z0-9]{6,}$/im,
    );
  });
});

describe.skipIf(!hasMosquitto() || !hasInflux() || !hasPostgres())("the services", () => {
  const folder = hasMosquitto() ? installation() : "";
  const secrets = join(folder, "secrets");
  let broker: Mosquitto;
  let influx: InfluxServer;
  let postgres: PostgresServer;
  let hub: Hub;
  const endings: (() => Promise<unknown>)[] = [];

  /** A command or file of Compose with the addresses and folders of this machine instead of the containers'. */
  const here = (line: string): string =>
    line
      .replaceAll("/run/secrets", secrets)
      .replaceAll("mosquitto:1883", `127.0.0.1:${broker.port}`)
      .replaceAll("--host=0.0.0.0", "--host=127.0.0.1")
      .replaceAll("--port=8080", "--port=0")
      // Debian has the 1.x; what 2.x answers is imitated in the tests of the store.
      .replaceAll(
        "influxdb2://influxdb:8086/firebreak/",
        `${influx.url.replace("http:", "influxdb1:")}/`,
      )
      .replaceAll("postgres://firebreak@postgres:5432/firebreak", postgres.url())
      .replaceAll("/data", join(folder, "data"))
      .replaceAll("/app/", `${root}/`)
      .replaceAll("/config/", `${join(folder, "docker/gateway")}/`);
  const commandOf = (service: string) => (compose.services[service]?.command ?? []).map(here);

  const askInflux = async (query: string) => {
    const url = `${influx.url}/query?db=telemetry&q=${encodeURIComponent(query)}`;
    const answer = (await (await fetch(url)).json()) as {
      results?: { error?: string; series?: unknown[] }[];
      error?: string;
    };
    const [result] = answer.results ?? [];
    return { error: answer.error ?? result?.error, series: result?.series?.length ?? 0 };
  };
  const askPostgres = (user: string, query: string) => {
    const url = postgres.url().replace("firebreak@", `${user}@`);
    return spawnSync("psql", [url, "-At", "-c", query], { encoding: "utf8" });
  };

  beforeAll(async () => {
    const conf = text("docker/mosquitto/mosquitto.conf")
      .replaceAll("/run/secrets", secrets)
      .replaceAll("/mosquitto/config", join(folder, "docker/mosquitto"));
    broker = await Mosquitto.start(undefined, [
      ...conf.split("\n").filter((line) => !line.startsWith("listener")),
      "user root",
    ]);
    endings.push(() => broker.kill());
    influx = await InfluxServer.start();
    endings.push(() => influx.stop());
    postgres = await PostgresServer.start();
    endings.push(() => postgres.stop());
    const args = commandOf("hub").filter((arg) => !/^(hub$|--data=|--port=)/.test(arg));
    mkdirSync(join(folder, "data"));
    hub = await startHub({ data: join(folder, "data"), args });
    endings.push(() => hub.stop());
    const config = join(folder, "docker/gateway/gateway.yaml");
    writeFileSync(config, here(readFileSync(config, "utf8")));
    const gateway = startCli(commandOf("gateway"));
    endings.push(async () => {
      gateway.child.kill("SIGTERM");
      await gateway.finished;
    });
  });
  afterAll(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  test("work together by the same commands: the machine is there, and so is its ticket", async () => {
    const tickets = await eventually(
      "a ticket",
      async () => {
        const { items } = await hub.get<{ items: unknown[] }>(`tickets?machine=${machine}`);
        return items.length > 0 && items;
      },
      240_000,
    );
    expect(tickets.length).toBeGreaterThan(0);
    const { items } = await hub.get<{ items: { machineId: string; online: boolean }[] }>(
      "machines",
    );
    expect(items).toEqual([expect.objectContaining({ machineId: machine, online: true })]);
    expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
  });

  test("the broker lets a gateway speak for itself alone", async () => {
    const password = readFileSync(join(secrets, "gateway-password"), "utf8");
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      username: "demo-gateway",
      password,
    });
    endings.push(() => client.endAsync(true));
    const heard: string[] = [];
    client.on("message", (topic) => heard.push(topic));
    await client.subscribeAsync(["spBv1.0/#", "$SYS/broker/clients/#"]).catch(() => undefined);
    await client.publishAsync("spBv1.0/firebreak/NDATA/another", "x", { qos: 1 });
    await client.publishAsync(`spBv1.0/firebreak/DDATA/another/${machine}`, "x", { qos: 1 });
    await eventually("the hub's state", async () => heard.includes("spBv1.0/STATE/firebreak-hub"));
    await new Promise((next) => setTimeout(next, 1_500));
    expect(heard.filter((topic) => !/STATE|NCMD.demo-gateway/.test(topic))).toEqual([]);
    expect(await (await fetch(`${hub.url}/metrics`)).text()).not.toMatch(
      /malformed-payload"} [1-9]/,
    );
  });

  test("every question of the Grafana dashboards has an answer in our schema", async () => {
    const { items } = await hub.get<{ items: { name: string; value: number | null }[] }>(
      `machines/${machine}/signals`,
    );
    const signal = items.find(({ value }) => value !== null);
    const inInflux = (query: string) =>
      query
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own
        .replaceAll("${machine:regex}", machine)
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own
        .replaceAll("${signal:regex}", signal?.name ?? "")
        .replaceAll("$timeFilter", "time > now() - 6h")
        .replaceAll("$__interval", "1m");
    const variables = dashboards.flatMap(({ templating }) => templating.list);
    const questions = [
      ...targets.flatMap(({ query }) => query ?? []),
      ...variables.map(({ query }) => query),
    ];
    expect(questions.length).toBeGreaterThan(6);
    for (const query of questions) {
      const asked = inInflux(query);
      const { error, series } = await eventually(asked, async () => {
        const answer = await askInflux(asked);
        const isDone = answer.error !== undefined || answer.series > 0;
        return isDone || asked.includes('"quality"') ? answer : undefined;
      });
      expect([asked, error]).toEqual([asked, undefined]);
      if (!asked.includes('"quality"')) expect(series).toBeGreaterThan(0);
    }
  });

  test("Grafana reads tickets by rights of its own, and no people or passwords", () => {
    const grant = spawnSync(
      "psql",
      [
        ...[postgres.url(), "--set=ON_ERROR_STOP=1", "--set=password=x"],
        `--file=${join(root, "docker/postgres/grafana.sql")}`,
      ],
      { encoding: "utf8" },
    );
    expect([grant.status, grant.stderr]).toEqual([0, ""]);
    const questions = targets.flatMap(({ rawSql }) => rawSql ?? []);
    expect(questions.length).toBeGreaterThan(5);
    for (const question of questions) {
      const sql = question
        .replaceAll(/\$__timeFilter\((.*?::timestamptz)\)/g, "$1 > now() - interval '7 days'")
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own
        .replaceAll("${machine:sqlstring}", `'${machine}'`);
      const { status, stdout, stderr } = askPostgres("grafana", sql);
      expect([sql, status, stderr]).toEqual([sql, 0, ""]);
      if (!sql.includes("closed_at is not null")) expect([sql, stdout]).not.toEqual([sql, ""]);
    }
    for (const table of ["users", "people", "sessions", "audit_log"])
      expect(askPostgres("grafana", `select * from ${table}`).stderr).toContain(
        "permission denied",
      );
    expect(askPostgres("grafana", "select body from tickets").stderr).toContain(
      "permission denied",
    );
  });
});
