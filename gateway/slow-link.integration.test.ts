import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { Observable } from "rxjs";
import { afterEach, describe, expect, test } from "vitest";
import { FakeHub } from "./fake-hub.fixture.ts";
import { startGateway } from "./main.ts";
import { SlowLink } from "./slow-link.fixture.ts";
import type { Intake, Source } from "./sources/source.ts";
import { tractorPlan, until } from "./test-source.fixture.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const oneMegabit = 125_000;
/** More than the link can take while live data are watched. */
const backlogBytes = isSoak ? 40_000_000 : 1_400_000;
const slowMs = isSoak ? 300_000 : 8_000;
const settleMs = isSoak ? 60_000 : 4_000;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Values that do not compress; each sample's is its number, with noise below. */
class Numbered implements Source {
  readonly name = "numbered";
  #intake: Intake | undefined;
  given = 0;
  open(intake: Intake): Observable<never> {
    return new Observable(() => {
      this.#intake = intake;
    });
  }
  counters = () => ({});
  give(count: number): void {
    const samples = new SampleColumns(BigInt(Date.now()) * 1_000_000n, count);
    for (let at = 0; at < count; at++) samples.push(0, at, ++this.given + Math.random() / 2, 0);
    this.#intake?.deliver(samples, []);
  }
}

describe("a link of 1 Mbit/s", () => {
  test(`B8: live data are young while ${backlogBytes / 1e6} MB of backlog flow behind; then everything is there once`, async () => {
    const hub = await FakeHub.start();
    endings.push(() => hub.stop());
    const link = await SlowLink.start(hub.port, oneMegabit);
    endings.push(() => link.close());
    const source = new Numbered();
    let isReachable = false;
    const gateway = await startGateway({
      gatewayId: "gw-1",
      hub: async () => ({
        url: `mqtt://127.0.0.1:${isReachable ? link.port : 9}`,
        username: "gw-1",
      }),
      spoolFolder: mkdtempSync(join(tmpdir(), "firebreak-slow-")),
      machines: [{ machineId: "M1", plan: tractorPlan, sources: () => [source] }],
      batchAgeMs: 200,
      syncIntervalMs: 50,
      reconnect: { minMs: 100, capMs: 500 },
      log: silentLogger,
    });
    endings.push(() => gateway.stop());
    await until(() => gateway.status().sources.length > 0, "a source");
    while (gateway.status().spool.pendingBytes < backlogBytes) {
      source.give(2_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const backlog = source.given;
    isReachable = true;
    await until(() => gateway.status().link.link === "sending", "a session", 60_000);

    const givenAtMs = new Map<number, number>();
    const ages: { atMs: number; ageMs: number }[] = [];
    const seen = new Set<string>();
    const startMs = performance.now();
    while (performance.now() - startMs < slowMs) {
      source.give(30);
      givenAtMs.set(source.given, performance.now());
      await new Promise((resolve) => setTimeout(resolve, 250));
      const newest = newestOf(hub, seen);
      const bornMs = [...givenAtMs].filter(([number]) => number <= newest).at(-1)?.[1];
      const atMs = performance.now() - startMs;
      // Until the first of them has arrived, live data are as old as the session.
      ages.push({ atMs, ageMs: bornMs === undefined ? atMs : performance.now() - bornMs });
    }
    const settled = ages.filter(({ atMs }) => atMs > settleMs);
    expect(settled.length).toBeGreaterThan(5);
    // The window bounds what can lie before live data on the link: 0.75 MiB of backlog.
    expect(Math.max(...settled.map(({ ageMs }) => ageMs))).toBeLessThanOrEqual(10_000);
    const { spool } = gateway.status();
    expect(spool.pendingBytes).toBeGreaterThan(0);
    expect(spool.pendingBytes).toBeLessThan(backlogBytes);
    const early = hub.messages.filter(({ isHistorical }) => isHistorical).length;
    expect(early).toBeGreaterThan(0);
    link.bytesPerSecond = 1e9;
    await gateway.drained();
    const numbers = [...hub.blocks.values()]
      .flatMap(({ block }) => valuesOf(hub, block))
      .map(Math.floor)
      .sort((a, b) => a - b);
    expect(numbers).toHaveLength(source.given);
    expect(numbers.every((number, at) => number === at + 1)).toBe(true);
    expect(hub.clones).toBe(0);
    expect(gateway.status().spool.machines.M1).toMatchObject({ produced: source.given, lost: 0 });
    expect(backlog).toBeGreaterThan(100_000);
  }, 900_000);
});

function valuesOf(hub: FakeHub, block: Uint8Array): number[] {
  const dictionary = hub.dictionaries.get(readBatchHeader(block).dictionary);
  if (dictionary === undefined) return [];
  const { samples } = decodeBatch(block, dictionary);
  return [...samples.value.subarray(0, samples.length)];
}

let newestSeen = 0;
function newestOf(hub: FakeHub, seen: Set<string>): number {
  for (const [key, { block }] of hub.blocks) {
    if (seen.has(key)) continue;
    seen.add(key);
    for (const value of valuesOf(hub, block)) newestSeen = Math.max(newestSeen, Math.floor(value));
  }
  return newestSeen;
}
