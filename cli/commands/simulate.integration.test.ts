import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createToken } from "@firebreak/kit/api-tokens.ts";
import { createCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { machineName } from "@firebreak/simulator/load/load-order.ts";
import { isAllWell, type LoadReport } from "@firebreak/simulator/load/load-report.ts";
import { runLoad } from "@firebreak/simulator/load/run-load.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeHub } from "../../gateway/fake-hub.fixture.ts";
import { eventually, runCli, temporaryFolder } from "../../test/product.fixture.ts";
import type { Hub } from "../hub/hub-options.ts";
import { startHub } from "../hub/start-hub.ts";
import { findAccess } from "./simulate/load-access.ts";
import { writeAccessFile } from "./simulate/load-access-file.ts";

const gateways = 25;
const usual = { gateways, processes: 1, rampMs: 0, seed: 1 };
const data = { signals: 30, samplesPerBatch: 30, batchEveryMs: 250 };

describe.concurrent("firebreak simulate --gateways, against a hub", () => {
  let hub: Hub;

  beforeAll(async () => {
    hub = await startHub({
      data: temporaryFolder("load"),
      ...{ host: "127.0.0.1", port: 0, mqttPort: 0, log: silentLogger },
      tls: { port: 0, names: ["127.0.0.1"] },
    });
  });
  afterAll(() => hub.stop());

  const accessOf = (name: string, mtls: boolean, said: string[] = []) =>
    findAccess({ data: hub.data, name, gateways, mtls, say: (text) => said.push(text) });

  /** Samples that the hub says were produced, and are stored, of all machines of a load. */
  async function ledgersOf(name: string) {
    const headers = { authorization: `Bearer ${createToken(hub.data, "hq_service")}` };
    const sum = { produced: 0, stored: 0 };
    for (let at = 0; at < gateways; at++) {
      const path = `/api/v1/machines/${machineName(name, at)}/ledger`;
      const ledger = (await (await fetch(`${hub.url}${path}`, { headers })).json()) as typeof sum;
      sum.produced += ledger.produced;
      sum.stored += ledger.stored;
    }
    return sum;
  }

  test.each([
    { name: "a password", id: "pass", mtls: false },
    { name: "certificates", id: "cert", mtls: true },
  ])(
    "with $name: connections are lost, samples are not, and the report adds up",
    async ({ id, mtls }) => {
      const { urls, access } = await accessOf(id, mtls);
      expect(urls[0]).toMatch(mtls ? /^mqtts:/ : /^mqtt:/);
      const back = Promise.withResolvers<void>();
      const report = await runLoad(
        { ...usual, name: id, urls, access, data },
        { storms: [{ atMs: 500, gateways: 10 }], settleMs: 60_000 },
        {
          until: back.promise,
          onProgress({ sums }) {
            if (sums.links.reconnects === 10 && sums.made.batches >= 2 * gateways) back.resolve();
          },
        },
      );
      expect(isAllWell(report)).toBe(true);
      const { batches, samples, links, storms } = report;
      expect(batches).toMatchObject({ acknowledged: batches.made, lost: 0, inFlight: 0 });
      expect(samples).toMatchObject({ made: batches.made * 30, acknowledged: batches.made * 30 });
      expect(links).toMatchObject({ cut: 10, reconnects: 10, sessions: gateways + 10, broken: 0 });
      expect(storms).toMatchObject([{ gateways: 10 }]);
      const { acknowledgedMs, acknowledgedAcrossLossesMs: across } = report;
      expect(across.count).toBeGreaterThan(0);
      expect(acknowledgedMs.count + across.count).toBe(batches.made);
      const { made } = samples;
      await eventually("all of it in the store", async () => (await ledgersOf(id)).stored === made);
      expect(await ledgersOf(id)).toEqual({ produced: made, stored: made });
    },
  );

  test("what was enrolled is used again, and a gateway that is none of a load keeps its place", async () => {
    const said: string[] = [];
    const first = await accessOf("again", false, said);
    expect(await accessOf("again", false, said)).toEqual(first);
    expect(said).toHaveLength(1);
    const { password } = await createCredential(hub.data, "taken-00003", ["PUMP-3"]);
    expect(password).not.toBe("");
    await expect(accessOf("taken", false)).rejects.toMatchObject({ code: "NAME_TAKEN" });
    const kept = join(hub.data, "gateways/taken-00003.json");
    expect(JSON.parse(readFileSync(kept, "utf8")).machines).toEqual(["PUMP-3"]);
    expect(existsSync(join(hub.data, "gateways/taken-00001.json"))).toBe(false);
  });

  test("credentials made at the hub serve elsewhere; the report is JSON", async () => {
    const file = join(temporaryFolder("load-file"), "fleet.json");
    const fleet = ["simulate", "--gateways", "3", "--name", "away"];
    const request = { data: hub.data, name: "away", gateways: 3, mtls: false, enroll: file };
    await findAccess({ ...request, say: () => undefined });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const elsewhere = ["--hub", hub.mqttUrl, "--credentials", file, "--data", "/nowhere"];
    const how = ["--interval", "200ms", "--duration", "2s", "--report", "json"];
    const { code, stdout, stderr } = await runCli([...fleet, ...elsewhere, ...how]);
    expect(stderr).toMatch(/running 0:0\d \| 3 of 3 connected/);
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as LoadReport;
    expect(report).toMatchObject({ gateways: 3, neverConnected: 0, own: { processes: 2 } });
    expect(report.batches.acknowledged).toBe(report.batches.made);
  });
});

describe.concurrent("firebreak simulate --gateways", () => {
  test("ends with 1 and says so when a hub acknowledges nothing", async () => {
    const hub = await FakeHub.start(0, "secret");
    hub.manners.doesAcknowledge = false;
    try {
      const file = join(temporaryFolder("load-deaf"), "fleet.json");
      writeAccessFile(file, {
        ...{ version: 1, name: "deaf", gateways: 2, enrolment: "", urls: [hub.url] },
        access: { password: "secret" },
      });
      const fleet = ["simulate", "--gateways", "2", "--credentials", file, "--settle", "0s"];
      const { code, stdout } = await runCli([
        ...fleet,
        ...["--interval", "200ms", "--duration", "2s"],
      ]);
      expect(stdout).toMatch(/Not well: \d+ were not acknowledged/);
      expect(code).toBe(1);
    } finally {
      await hub.stop();
    }
  });

  test("tells mistakes all at once, and ends with 2", async () => {
    const wrong = ["--gateways", "many", "--interval", "5", "--lose", "all", "--report", "xml"];
    const { code, stderr } = await runCli(["simulate", ...wrong]);
    expect(code).toBe(2);
    for (const option of ["--gateways", "--interval", "--lose", "--report"])
      expect(stderr).toContain(`${option}: "`);
  });

  test("a path that cannot be written is said in one line, and ends with 1", async () => {
    const out = join(temporaryFolder("nowhere"), "gone", "run.csv");
    const { code, stderr } = await runCli([
      "simulate",
      "--machine",
      "loader-tractor",
      "--out",
      out,
    ]);
    expect(stderr).toBe(`firebreak simulate: ENOENT: no such file or directory, open '${out}'\n`);
    expect(code).toBe(1);
  });
});
