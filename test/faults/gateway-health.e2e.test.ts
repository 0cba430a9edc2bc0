import type { GatewayHealth, Interruption, MachineRow } from "@firebreak/dashboards/web/types.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { failingDisk } from "../../gateway/spool/failing-disk.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { type Ledger, RestartableHub } from "../restartable-hub.fixture.ts";
import { pause } from "../seeded.fixture.ts";
import { machineId, startToldGateway, type ToldGateway } from "../told-gateway.fixture.ts";

const hub = new RestartableHub(temporaryFolder("told-hub"));
let told: ToldGateway | undefined;
let feeding: NodeJS.Timeout | undefined;

beforeAll(async () => {
  await hub.start();
});
afterEach(async () => {
  clearInterval(feeding);
  await told?.gateway.stop();
  told = undefined;
});
afterAll(() => hub.stop());

const start = async (options: Parameters<typeof startToldGateway>[1] = {}) => {
  const made = await startToldGateway(hub, options);
  told = made;
  feeding = setInterval(() => made.buses[0].give(1), 100);
  return made;
};
const health = async () => {
  const path = `machines/${machineId}/gateway`;
  return (await hub.current.get<{ gateway: GatewayHealth | null }>(path)).gateway;
};
/** The rules know a machine only a moment after its first batch. */
const inFleet = (word: MachineRow["gateway"]) =>
  eventually(`${word} in the fleet`, async () => {
    const path = `machines/${machineId}`;
    const row = await hub.current.get<MachineRow>(path).catch(() => undefined);
    return row?.gateway === word;
  });
const until = <Found>(what: string, read: (now: GatewayHealth) => Found | undefined | false) =>
  eventually(what, async () => {
    const now = await health().catch(() => null);
    return now ? read(now) : undefined;
  });
/** Time for so many looks of a gateway at itself, one after the other however busy the computer is. */
const looks = async (count: number): Promise<void> => {
  for (let look = 0; look < count; look++) await pause(100);
};
const problem = (code: string) => (now: GatewayHealth) =>
  now.problems.find((one) => one.code === code);

describe("what the hub says of a machine's gateway", () => {
  test.each([
    ["A2", "down", "bus-down"],
    ["A3", "gone", "bus-gone"],
  ] as const)(
    "%s: a bus whose interface is %s: told with since when, in the fleet, in /metrics, and as the reason of a gap",
    async (_, missing, code) => {
      const own = `gw-${missing}`;
      const { buses } = await start({ gatewayId: own });
      await until(
        "both buses well",
        ({ gatewayId, buses: told }) =>
          gatewayId === own && told.filter(({ state }) => state === "ok").length === 2,
      );
      await inFleet("ok");
      const beganMs = Date.now();
      buses[1].status = { missing };
      const found = await until("the bus", problem(code));
      expect(found).toMatchObject({ severity: "fault", facts: { bus: "can1", place: 2 } });
      expect(Math.abs(Date.parse(found.since ?? "") - beganMs)).toBeLessThan(30_000);
      await inFleet("degraded");
      expect(await hub.metric(`firebreak_gateway_problems{problem="${code}"}`)).toBe(1);
      buses[1].status = {};
      await until("the bus back", (now) => !problem(code)(now));
      const { items } = await hub.current.get<{ items: Interruption[] }>(
        `machines/${machineId}/interruptions?signal=engineSpeed&from=${beganMs}`,
      );
      expect(items).toMatchObject([
        { cause: "bus", subject: "can1", state: missing, from: found.since },
      ]);
      expect(Date.parse(items[0]?.to ?? "")).toBeGreaterThan(Date.parse(found.since ?? ""));
    },
  );

  test("A2: what happened to a bus while the hub was away is told afterwards, with its times", async () => {
    const { buses, gateway } = await start({ gatewayId: "gw-away" });
    await until(
      "told",
      ({ gatewayId, buses: told }) => gatewayId === "gw-away" && told.length === 2,
    );
    // Being asked for changes, the hub has them on its disk, and so what it will hear at its return is nothing new to it.
    await hub.current.get("gateways/gw-away/changes");
    await hub.kill();
    await eventually("the link is down", async () => gateway.status().link.link !== "sending");
    const beganMs = Date.now();
    buses[1].status = { missing: "down" };
    await looks(25);
    buses[1].status = {};
    await looks(15);
    const returnsMs = Date.now();
    await hub.start();
    const path = `machines/${machineId}/interruptions?from=${beganMs}`;
    const found = await eventually("the interruption", async () => {
      const { items } = await hub.current
        .get<{ items: Interruption[] }>(path)
        .catch(() => ({ items: [] }));
      return items.find(({ cause, to }) => cause === "bus" && to !== null);
    });
    const endedMs = Date.parse(found.to ?? "");
    expect(endedMs - Date.parse(found.from)).toBeGreaterThan(400);
    expect(endedMs).toBeLessThanOrEqual(returnsMs);
    expect(Math.abs(Date.parse(found.from) - beganMs)).toBeLessThan(30_000);
  });

  test("E1: a clock that is 3 h 12 min behind, and nobody to ask: suspect, here and at the hub; no stamp is changed", async () => {
    const behindMs = -(3 * 60 + 12) * 60_000;
    const clock = { ...systemClock, nowMs: () => systemClock.nowMs() + behindMs };
    const { gateway } = await start({ gatewayId: "gw-behind", clock });
    const found = await until("the doubt", problem("time-suspect"));
    expect(found.severity).toBe("fault");
    expect(Math.abs(Number(found.facts.seconds) + behindMs / 1_000)).toBeLessThan(10);
    const { time } = gateway.status();
    expect(time).toMatchObject({ trust: "unconfirmed", isSuspect: true, correctionMs: 0 });
    // Since when it is so is told by the hub's clock, not by the one that is wrong.
    expect(Date.now() - Date.parse(found.since ?? "")).toBeLessThan(60_000);
  });

  test("B7: the disk becomes read-only: the hub says so and since when, data go on; then it is well again", async () => {
    const spoolDisk = failingDisk();
    await start({ gatewayId: "gw-disk", spoolDisk });
    await until(
      "on disk",
      ({ gatewayId, spool }) => gatewayId === "gw-disk" && spool?.mode === "disk",
    );
    spoolDisk.code = "EROFS";
    const found = await until("the failure", problem("storage-failing"));
    expect(found).toMatchObject({ severity: "fault", facts: { code: "EROFS" } });
    expect(Date.now() - Date.parse(found.since ?? "")).toBeLessThan(60_000);
    const stored = async () =>
      (await hub.current.get<Ledger>(`machines/${machineId}/ledger`)).produced;
    const before = await stored();
    await eventually("data go on from memory", async () => (await stored()) > before + 5);
    spoolDisk.code = undefined;
    await until("the disk is well", ({ spool }) => spool?.mode === "disk");
  });
});
