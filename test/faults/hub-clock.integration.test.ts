import { startGateway } from "@firebreak/gateway/main.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, describe, expect, test } from "vitest";
import { HandFedSource, tractorPlan } from "../../gateway/test-source.fixture.ts";
import { until } from "../../ingest/fake-gateway.fixture.ts";
import { enrolledGateway, startTestIngest } from "../../ingest/ingest.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { PacketLog } from "../sparkplug/packet-log.fixture.ts";

const aheadMs = 600_000;
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe("a hub whose clock is ten minutes ahead of its gateways", () => {
  test("E4: the difference is measured and told, and samples keep their gateway's time", async () => {
    const folder = temporaryFolder("hub-clock");
    const clock = { nowMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() };
    const ingest = await startTestIngest(folder, { clock });
    endings.push(() => ingest.stop());
    const { password } = await enrolledGateway(folder, "gw-1", ["M-1"]);
    const line = await PacketLog.start(Number(new URL(ingest.mqttUrl).port));
    endings.push(() => line.close());
    const source = new HandFedSource();
    const gateway = await startGateway({
      gatewayId: "gw-1",
      hub: { url: line.url, username: "gw-1", password },
      spoolFolder: temporaryFolder("hub-clock-gateway"),
      machines: [{ machineId: "M-1", plan: tractorPlan, sources: () => [source] }],
      batchAgeMs: 50,
      healthLookMs: 50,
      isNtpSynchronized: async () => true,
      reconnect: { minMs: 20, capMs: 100 },
      log: silentLogger,
    });
    endings.push(() => gateway.stop());
    await until("a session", () => gateway.status().link.link === "sending");
    source.give(10);
    await gateway.drained();
    // Figures go out now and then, and with every birth.
    await until("the measurement", () => gateway.status().time.hub !== null);
    line.cut();
    const { hubClock } = await eventually("the hub to be told", async () => {
      const links = ingest.links();
      return links.hubClock.isOff && links;
    });
    expect(hubClock.gateways).toBe(1);
    expect(Math.abs((hubClock.offSeconds ?? 0) - aheadMs / 1_000)).toBeLessThan(60);

    await ingest.store.caughtUp();
    const signal = tractorSignal(await ingest.store.signals("M-1"));
    const { t } = await ingest.store.raw({ machineId: "M-1", signal });
    // Stamps of the source: 1,700,000,000 s, and a microsecond more for each.
    expect(t).toHaveLength(10);
    expect(t[0]).toBe("2023-11-14T22:13:20.000001000Z");
  });
});

function tractorSignal(signals: readonly { readonly name: string }[]): string {
  expect(signals).toHaveLength(1);
  return signals[0]?.name ?? "";
}
