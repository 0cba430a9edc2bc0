import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storeContract } from "../contract.ts";
import { contractMachine } from "../contract-machine.fixture.ts";
import { createInfluxClient } from "./influx-client.ts";
import { hasInflux, InfluxServer, influxVersions } from "./influx-server.fixture.ts";
import { openedInflux } from "./opened-influx.fixture.ts";
import { StandIn } from "./stand-in.fixture.ts";

for (const version of influxVersions)
  describe.skipIf(!hasInflux(version))(`InfluxDB ${version}`, () => {
    let server: InfluxServer;
    beforeAll(async () => {
      server = await InfluxServer.start({ version });
    });
    afterAll(() => server.stop());
    storeContract(`InfluxDB ${version}`, () =>
      openedInflux({ target: server.target("con tract") }),
    );

    test.runIf(version === "1.8.10")("takes writes by the interface of 2.x as well", async () => {
      const { url } = server;
      await server.rows("", "create database two");
      const target = { kind: "influx", version: 2, url, org: "any", database: "two" } as const;
      const client = createInfluxClient(target, { text: "user:password" });
      await client.write("sample,machine=m value=1 1\nsample,machine=m value=2 2");
      expect(await server.rows("two", "select value from sample")).toHaveLength(2);
      const conflict = client.write("sample,machine=m value=1i 3\nsample,machine=m value=3 3");
      await expect(conflict).rejects.toThrow(/partial write.*dropped=1/);
      client.close();
    });
  });

describe.skipIf(!hasInflux())("what InfluxDB 2.x and 3.x ask for", () => {
  let server: InfluxServer;
  let standIn: StandIn;
  beforeAll(async () => {
    server = await InfluxServer.start();
  });
  afterAll(() => server.stop());

  for (const version of [2, 3] as const)
    describe(`${version}.x`, () => {
      beforeAll(async () => {
        standIn = await StandIn.start(version, server, `fleet ${version}`);
      });
      afterAll(() => standIn.stop());
      storeContract(`the dialect of ${version}.x`, () =>
        openedInflux({ target: standIn.target, secret: { text: "right" } }),
      );

      test("what has to be there is made, once", () => {
        const made = { 2: ["mapping"], 3: ["database", "table"] };
        expect(standIn.made).toEqual(made[version]);
      });
    });

  test("a hub that remembers nothing does not store beside what is there", async () => {
    const machine = contractMachine("m");
    const target = server.target("old");
    const first = await openedInflux({ target });
    await first.append([machine.explained, machine.batch([["odd", 1, 1]])]);
    await first.close();
    const second = await openedInflux({ target });
    await second.put([machine.explained, machine.batch([["odd", 1, 1]])]);
    await expect
      .poll(async () => (await second.store.stats()).lastError?.message)
      .toMatch(/already holds telemetry/);
    expect(await server.rows("old", "select value from sample")).toHaveLength(1);
    await second.close();
  });
});
