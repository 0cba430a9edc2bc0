import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { decodeBatch, encodeBatch } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { afterEach, expect, test } from "vitest";
import { Diagnostics } from "../../gateway/shape/diagnostics.ts";
import { busesOf, canSignal } from "../../gateway/sources/can/can-buses.fixture.ts";
import { openControllerBook } from "../../ingest/controllers/controller-book.ts";
import { contentOf, identity } from "../../wire/batch.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-exchanged-"));
afterEach(() => rmSync(folder, { recursive: true }));

test("a control unit that was exchanged shows on the hub with its new NAME and software, each with its instant", () => {
  const { take, pass, buses, collector, context } = busesOf({ x: canSignal({ can: { id: 1 } }) });
  const says = (name: string, version: string) => {
    take(`18EEFF00#${name}`);
    take(`18FEDA00#01${Buffer.from(version.padEnd(6, "*")).toString("hex")}FF`);
  };
  says("0000000000000010", "V1.4");
  says("0000000000000010", "V1.4");
  pass(3_600_000);
  says("0000000000000011", "V1\x1b5");
  buses.deliver();

  const noSamples = new SampleColumns(0n, 1);
  const told = new Diagnostics(context, () => 0).take(noSamples, collector.events);
  expect(told).toHaveLength(4);
  const { dictionary } = context;
  const block = encodeBatch(identity, contentOf(noSamples, { dictionary, events: told }));

  const options = { clock: systemClock, log: silentLogger };
  const book = openControllerBook(join(folder, "controllers.sqlite"), options);
  book.note(identity.machineId, decodeBatch(block, dictionary).events);
  const [unit, ...others] = book.of(identity.machineId);
  book.close();
  expect(others).toEqual([]);
  const startMs = 1_700_000_000_000;
  const words = unit?.facts.map(({ fact, words: said }) => [
    fact,
    said.map(({ fields, sinceMs }) => [fields.join(), sinceMs - startMs]),
  ]);
  expect(words).toEqual([
    [
      "name",
      [
        ["1000000000000000", 0],
        ["1100000000000000", 3_600_004],
      ],
    ],
    [
      "software",
      [
        ["V1.4", 1],
        ["V1\\x1b5", 3_600_005],
      ],
    ],
  ]);
});
