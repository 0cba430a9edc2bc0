import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { afterEach } from "vitest";
import { Spool } from "./spool.ts";
import type { SpoolContent, SpoolOptions } from "./spool-options.ts";

export const dictionary = createDictionary("test", [
  { name: "a", unit: "rpm", scale: 1, offset: 0 },
]);

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "firebreak-spool-"));

export const openSpool = (folder: string, options: Partial<SpoolOptions> = {}): Promise<Spool> =>
  Spool.open({
    gatewayId: "gw-1",
    folder,
    maxBytes: 64 * 1024 * 1024,
    syncIntervalMs: 20,
    clock: systemClock,
    log: silentLogger,
    ...options,
  });

/** Samples that hardly compress, so that sizes can be reckoned with. */
export function content(
  count: number,
  first = 0,
  lane: "alarm" | "live" = "live",
  machineId = "M1",
): SpoolContent {
  const samples = new SampleColumns(1_700_000_000_000_000_000n, count);
  for (let at = 0; at < count; at++) samples.push(0, (first + at) * 1_000, Math.random(), 0);
  const events =
    lane === "alarm"
      ? [
          {
            kind: "active-dtcs" as const,
            timeNs: 1_700_000_000_000_000_000n,
            sa: 0,
            lamps: { mil: "off", redStop: "off", amberWarning: "on", protect: "off" } as const,
            dtcs: [{ spn: 100, fmi: 4, oc: 1, cm: 0 as const }],
          },
        ]
      : [];
  return { machineId, dictionary, lane, samples, events, suppressed: 1 };
}

/** Every ordinal that may be sent, marked as sent. */
export function sendAll(spool: Spool): number[] {
  const sent: number[] = [];
  for (let ordinal = spool.index.first; ordinal < spool.sendableEnd; ordinal++) {
    if (!spool.index.isPending(ordinal) || spool.read(ordinal) === undefined) continue;
    spool.markSent(ordinal);
    sent.push(ordinal);
  }
  return sent;
}

/** For the tests of one file: opens spools that are closed after each test, unless the test closes them itself. */
export function spoolsOfTest() {
  const open: Spool[] = [];
  afterEach(async () => {
    for (const spool of open.splice(0)) await spool.close();
  });
  return {
    async reopen(folder: string, options: Partial<SpoolOptions> = {}): Promise<Spool> {
      const spool = await openSpool(folder, options);
      open.push(spool);
      return spool;
    },
    async close(spool: Spool): Promise<void> {
      open.splice(open.indexOf(spool), 1);
      await spool.close();
    },
  };
}

export const acknowledgement = (
  spool: Spool,
  through: number,
  ranges: [number, number][] = [],
) => ({
  storeId: "store-1",
  epoch: spool.epoch,
  through,
  ranges,
});

/** The batches that are still there, oldest first. */
export function held(spool: Spool) {
  const found = [];
  for (let ordinal = spool.index.first; ordinal < spool.index.end; ordinal++) {
    if (!spool.index.isHeld(ordinal)) continue;
    const batch = spool.read(ordinal);
    if (batch) found.push({ ordinal, ...batch, header: readBatchHeader(batch.block) });
  }
  return found;
}
