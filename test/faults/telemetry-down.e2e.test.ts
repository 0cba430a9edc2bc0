import { hasInflux, InfluxServer } from "@firebreak/ingest/store/influx/influx-server.fixture.ts";
import { afterEach, describe, expect, test } from "vitest";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { startReplay } from "../replay-under-fault.fixture.ts";
import { type Ledger, RestartableHub, settledLedger } from "../restartable-hub.fixture.ts";
import { sharedData } from "../shared-data.ts";
import { compareWithStored } from "../stored-samples.fixture.ts";

const recording = sharedData("can/jd5055e_tractoron10seconds.log") ?? "";
const machine = "INFLUX-1";
const replayed = { file: recording, machine, speed: "max" } as const;

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe.skipIf(!recording || !hasInflux())("telemetry in InfluxDB", () => {
  test("D1: while it is down gateways are acknowledged and /readyz says that history is delayed; then all is there", async () => {
    const influx = await InfluxServer.start();
    endings.push(() => influx.stop());
    const args = ["--telemetry", `influxdb1://${new URL(influx.url).host}/fleet`];
    const hub = await new RestartableHub(temporaryFolder("telemetry"), args).start();
    endings.push(() => hub.stop());
    await influx.kill();
    const { data } = hub;
    const { acknowledged, batches } = await startReplay({ ...replayed, data }).done();
    expect(acknowledged).toBe(batches);

    const delayed = await eventually("the hub says so", async () => {
      const answer = await fetch(`${hub.current.url}/readyz`);
      const text = await answer.text();
      return answer.status === 503 && /telemetry/.test(text) && text;
    });
    expect(delayed).toMatch(/kept in the journal since .*not reachable/);
    const ledger = await hub.current.get<Ledger>(`machines/${machine}/ledger`);
    expect(ledger.journalled).toBe(ledger.produced);
    const live = await hub.current.get<{ signals: unknown[] }>(`machines/${machine}`);
    expect(JSON.stringify(live)).toContain(machine);

    await influx.restart();
    await settledLedger(hub, machine);
    await eventually("it to be ready again", async () => {
      const { status } = await fetch(`${hub.current.url}/readyz`);
      return status === 200;
    });

    expect(await compareWithStored(hub.current, machine, recording)).toEqual([]);
  });
});
