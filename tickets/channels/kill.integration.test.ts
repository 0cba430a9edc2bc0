import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@firebreak/kit/database.ts";
import { expect, test } from "vitest";
import {
  createTestClock,
  enqueue,
  notice,
  serviceOf,
  startReceiver,
  webhook,
} from "./channels.fixture.ts";
import { migrateChannels } from "./channels-tables.ts";

test("a process killed between sending and noting it sends again, under the same id", async () => {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-kill-"));
  const path = join(folder, "firebreak.sqlite");
  const db = openDatabase({ path });
  const receiver = await startReceiver();
  try {
    await migrateChannels(db);
    const clock = createTestClock();
    await enqueue(db, clock, [notice()]);
    const child = spawn(process.execPath, [
      join(import.meta.dirname, "send-child.fixture.ts"),
      path,
      receiver.url,
    ]);
    // The message has arrived; the sender never hears so.
    receiver.answer = () => void child.kill("SIGKILL");
    const [, signal] = await new Promise<[unknown, unknown]>((done) =>
      child.once("exit", (code, killedBy) => done([code, killedBy])),
    );
    expect(signal).toBe("SIGKILL");
    receiver.answer = (_one, response) => void response.end();
    const service = serviceOf({ db, clock, targets: [webhook("erp", receiver.url)] });
    await service.runOnce();
    expect(receiver.received).toHaveLength(1);
    clock.advance(60_000);
    await service.runOnce();
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    expect((await service.deliveries({ state: "sent", limit: 5 })).items).toHaveLength(1);
    clock.advance(60_000);
    await service.runOnce();
    expect(receiver.received).toHaveLength(2);
  } finally {
    await receiver.stop();
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
