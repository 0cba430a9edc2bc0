import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "@firebreak/kit/database.ts";
import { expect, test } from "vitest";
import type { TicketTables } from "../tables.ts";
import { expectStockConsistent } from "./stock.fixture.ts";

const kills = process.env.FIREBREAK_SOAK === "1" ? 100 : 5;
const child = join(import.meta.dirname, "crash-stock-child.fixture.ts");

/** Kills it some milliseconds after it has done `steps` steps. */
async function run(path: string, steps: number): Promise<void> {
  const parts = spawn(process.execPath, [child, path], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(parts, "exit");
  let seen = 0;
  for await (const _line of createInterface(parts.stdout)) {
    seen += 1;
    if (seen !== steps) continue;
    await sleep(Math.random() * 12);
    parts.kill("SIGKILL");
  }
  expect((await exited)[1]).toBe("SIGKILL");
}

test("ledger, reservations, transfers and loans agree after every kill -9", async () => {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-crash-stock-"));
  const path = join(folder, "firebreak.sqlite");
  for (let kill = 0; kill < kills; kill++) {
    // Fewer do not come to a transfer that arrives and what it brought handed out, wherever the kills fall.
    await run(path, 10 + Math.floor(Math.random() * 10));
    const db = openDatabase({ path });
    await expectStockConsistent(db);
    await db.close();
  }
  const db = openDatabase({ path });
  const kinds = await db
    .tables<TicketTables>()
    .selectFrom("stock_ledger")
    .select("kind")
    .distinct()
    .execute();
  expect(kinds.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["receipt", "transfer_out", "transfer_in", "loan_out"]),
  );
  await db.close();
  rmSync(folder, { recursive: true, force: true });
}, 600_000);
