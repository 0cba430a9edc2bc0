import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storeContract } from "../contract.ts";
import { contractMachine } from "../contract-machine.fixture.ts";
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
