import type { LinkEvent } from "@firebreak/simulator/load/load-figures.ts";
import { runLoad } from "@firebreak/simulator/load/run-load.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../ingest/fake-gateway.fixture.ts";
import { startTestIngest } from "../../ingest/ingest.fixture.ts";
import type { Ingest } from "../../ingest/start-ingest.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import { report } from "../seeded.fixture.ts";

const count = process.env.FIREBREAK_SOAK ? 10_000 : 2_000;
const perProcess = 2_000;
const withinMs = 120_000;

/** The most of these times that lie within one second. */
function busiestSecond(times: readonly number[]): number {
  const sorted = times.toSorted((one, other) => one - other);
  let from = 0;
  return sorted.reduce((most, time, at) => {
    while ((sorted[from] ?? 0) <= time - 1_000) from++;
    return Math.max(most, at - from + 1);
  }, 0);
}

/** The first try of each, and all that came after: whoever was refused must not come back with all others. */
function waves(tries: readonly { readonly at: number; readonly of: string }[]) {
  const seen = new Set<string>();
  const firstWave: number[] = [];
  const later: number[] = [];
  for (const { at, of } of tries) {
    (seen.has(of) ? later : firstWave).push(at);
    seen.add(of);
  }
  return { firstWave, later };
}

/** Edge nodes with their own waits, in processes of their own, at the hub's own broker. */
describe("a fleet that loses its hub at one instant", () => {
  let ingest: Ingest;
  let end = () => {};
  let load: Promise<unknown>;
  const tries: { readonly at: number; readonly of: string }[] = [];
  let sessions: number[] = [];
  let back = new Set<string>();
  let cutMs = 0;

  function take(events: readonly LinkEvent[]): void {
    for (const { kind, of, atMs } of events) {
      if (kind === "try") tries.push({ at: atMs, of });
      else {
        sessions.push(atMs);
        back.add(of);
      }
    }
  }

  /** All are there and everything about that was told: what comes now is of the storm. */
  async function begin(): Promise<void> {
    await until("the fleet", () => back.size === count, withinMs);
    tries.length = 0;
    sessions = [];
    back = new Set();
    cutMs = Date.now();
  }

  beforeAll(async () => {
    // A hub remembers passwords that were proven: looking one up again costs as much as here.
    const verify = async () => true;
    ingest = await startTestIngest(temporaryFolder("storm"), {
      host: "0.0.0.0",
      acknowledge: {},
      credentials: {
        find: async (gatewayId) => ({
          gatewayId,
          machines: [gatewayId.toUpperCase()],
          salt: "",
          hash: "",
          createdAt: "",
        }),
        verify,
      },
    });
    // An address each: one alone has not ports enough for everybody's tries within a minute.
    const urls = Array.from({ length: count / perProcess }, (_, at) =>
      ingest.mqttUrl.replace("127.0.0.1", `127.0.0.${2 + at}`),
    );
    const isToldToEnd = new Promise<void>((resolve) => {
      end = resolve;
    });
    await new Promise<void>((begun, failed) => {
      load = runLoad(
        {
          ...{ name: "storm", urls, access: { password: "any" }, gateways: count, seed: 1 },
          ...{ processes: urls.length, rampMs: (count / 250) * 1_000, tellsLinks: true },
        },
        { storms: [{ atMs: 0, gateways: count }], settleMs: 0 },
        {
          onLinks: take,
          onPhase: (phase) => (phase === "running" ? begin().then(begun) : undefined),
          until: isToldToEnd,
        },
      );
      load.catch(failed);
    });
  }, 2 * withinMs);
  afterAll(async () => {
    end();
    await load;
    await ingest.stop();
  });

  test(
    "C7: all come back within 120 s, no faster than 300 a second, without a second wave, and without an alarm for each",
    async () => {
      await eventually(
        "the loss to be seen",
        async () => ingest.status().fleet.reconnecting > count / 2,
      );
      await until("all to be back", () => back.size === count, withinMs);
      await eventually("the hub to know", async () => ingest.status().fleet.online === count);
      const tookMs = Date.now() - cutMs;
      expect(tookMs).toBeLessThan(withinMs);
      expect(ingest.status().fleet).toEqual({ known: count, online: count, reconnecting: 0 });
      // From the cut on: a process that is held up sees the first of them late.
      const overMs = Math.max(...sessions) - cutMs;
      expect(count / (overMs / 1_000)).toBeLessThanOrEqual(330);
      const { firstWave, later } = waves(tries);
      expect(busiestSecond(later)).toBeLessThan(busiestSecond(firstWave) / 2);
      expect(ingest.alarms().length).toBeLessThan(10);
      expect(ingest.ready()).toBe(true);
      report("connection storm", {
        count,
        tookMs: Math.round(tookMs),
        tries: tries.length,
        firstWaveASecond: busiestSecond(firstWave),
        laterASecond: busiestSecond(later),
        sessionsASecond: busiestSecond(sessions),
        refused: ingest.audit.counts()["connection-storm"],
      });
    },
    2 * withinMs,
  );
});
