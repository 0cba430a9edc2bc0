import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import { diskSpace } from "@firebreak/kit/disk-space.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startFakeGateway, until } from "../../ingest/fake-gateway.fixture.ts";
import { enrolledGateway, startTestIngest, type TestGateway } from "../../ingest/ingest.fixture.ts";
import { hasPostgres, PostgresServer } from "../../kit/postgres-server.fixture.ts";
import { mountSmallDisk, noSmallDisk } from "../../kit/small-disk.fixture.ts";
import { openHubDatabase } from "../hub/hub-database.ts";
import { readOrCreateStoreId } from "../hub/hub-files.ts";
import { backupHub } from "./backup-hub.ts";
import { filesIn } from "./manifest.ts";
import { checkBackup, restoreHub } from "./restore-hub.ts";

let folder: string;
let data: string;
const endings: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-backup-"));
  data = join(folder, "data");
  mkdirSync(data);
  const storeId = readOrCreateStoreId(data);
  await (await openHubDatabase({ data, storeId, log: silentLogger })).close();
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  rmSync(folder, { recursive: true });
});

async function startOn(path: string): Promise<Ingest> {
  const ingest = await startTestIngest(path);
  endings.push(() => ingest.stop());
  return ingest;
}

async function deliver(ingest: Ingest, { spool, password }: TestGateway): Promise<void> {
  const link = await startFakeGateway(spool, { url: ingest.mqttUrl, password });
  const [machineId = ""] = spool.machines.keys();
  await until("online", () => ingest.live.machine(machineId)?.isOnline === true);
  await until("all acknowledged", () => {
    link.sendDue();
    return spool.acknowledged.through === spool.next - 1;
  });
  await link.close();
}

describe("a backup", () => {
  test("D13: what came after it and is on no gateway any more is booked as lost, to the sample", async () => {
    const ingest = await startOn(data);
    const one = await enrolledGateway(data, "gw-lost", ["LOST-1"]);
    one.produce(10);
    await deliver(ingest, one);
    const to = join(folder, "backup");
    const { manifest } = await backupHub({ data, to });
    expect(manifest.journal).toEqual({ oldest: 0, end: ingest.journal.end });
    const freed = one.produce(10);
    await deliver(ingest, one);
    one.produce(5);
    await deliver(ingest, one);
    for (const number of freed) one.spool.held.delete(number);
    await endings.pop()?.();
    rmSync(data, { recursive: true });

    const elsewhere = join(folder, "elsewhere");
    await restoreHub({ from: to, data: elsewhere });
    const restored = await startOn(elsewhere);
    await deliver(restored, one);
    await restored.store.caughtUp();
    const { produced, stored, lost, spooled } = await restored.ledger.of("LOST-1");
    expect(lost).toBe((produced * freed.length) / 25);
    expect([stored + lost, spooled]).toEqual([produced, 0]);
  });

  test("D13: damage is found by its checksum and named, and nothing is restored", async () => {
    const ingest = await startOn(data);
    const one = await enrolledGateway(data, "gw-1", ["M-1"]);
    one.produce(5);
    await deliver(ingest, one);
    await ingest.store.caughtUp();
    writeFileSync(join(data, "hub.json"), "{}");
    const to = join(folder, "backup");
    await backupHub({ data, to });
    expect((await checkBackup(to)).storeId).toBe(readOrCreateStoreId(data));
    const files = filesIn(to);
    for (const name of files)
      expect([name, statSync(join(to, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(files).toEqual(
      expect.arrayContaining(["backup.json", "data/gateways/gw-1.json", "data/telemetry.sqlite"]),
    );
    expect(files.filter((name) => /lock\.|hub\.json|-wal$|-shm$|clean\.json/.test(name))).toEqual(
      [],
    );
    await expect(backupHub({ data, to })).rejects.toMatchObject({ code: "BACKUP_TARGET" });
    const within = { data, to: join(data, "backup") };
    await expect(backupHub(within)).rejects.toMatchObject({ code: "BACKUP_TARGET" });

    const damaged = join(to, "data/telemetry.sqlite");
    const bytes = readFileSync(damaged);
    bytes.writeUInt8(bytes.readUInt8(2_000) ^ 1, 2_000);
    writeFileSync(damaged, bytes);
    rmSync(join(to, "data/store.json"));
    writeFileSync(join(to, "data/another"), "");
    const target = join(folder, "target");
    const refusal = await restoreHub({ from: to, data: target }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "BACKUP_DAMAGED" });
    const { message } = refusal as Error;
    expect(message).toContain("data/telemetry.sqlite: is not what was written");
    expect(message).toContain("data/store.json: is missing");
    expect(message).toContain("data/another: does not belong");
    expect(existsSync(target)).toBe(false);

    rmSync(join(to, "SHA256SUMS"));
    await expect(restoreHub({ from: to, data: target })).rejects.toMatchObject({
      code: "BACKUP_INCOMPLETE",
    });
  });

  test.skipIf(noSmallDisk())("is restored into a disk that is mounted", async () => {
    const ingest = await startOn(data);
    await ingest.store.caughtUp();
    const to = join(folder, "backup");
    await backupHub({ data, to });
    const disk = mountSmallDisk("64m");
    endings.push(async () => disk[Symbol.dispose]());
    const target = disk.path;
    mkdirSync(join(target, "lost+found"));
    // What a restore that was interrupted leaves: no hub begins on it.
    mkdirSync(join(target, ".restoring"));
    expect(() => readOrCreateStoreId(target)).toThrow("a restore was interrupted");
    await restoreHub({ from: to, data: target });
    expect(readOrCreateStoreId(target)).toBe(readOrCreateStoreId(data));
    expect(existsSync(join(target, ".restoring"))).toBe(false);
    expect(filesIn(target)).toEqual(filesIn(join(to, "data")));
    await expect(restoreHub({ from: to, data: target })).rejects.toMatchObject({
      code: "RESTORE_TARGET",
    });
  });

  test("asks for the room that it takes, wherever the databases lie, while files come and go", async () => {
    const ingest = await startOn(data);
    await ingest.store.caughtUp();
    const more = (diskSpace(folder)?.free ?? 0) + 2 ** 36;
    mkdirSync(join(data, "exports"));
    writeFileSync(join(data, "exports", "large"), "");
    truncateSync(join(data, "exports", "large"), more);
    await backupHub({ data, to: join(folder, "backup") });
    const elsewhere = join(folder, "elsewhere.sqlite");
    writeFileSync(elsewhere, "");
    truncateSync(elsewhere, more);
    const options = { data, to: join(folder, "other"), database: { sqlite: elsewhere } };
    await expect(backupHub(options)).rejects.toMatchObject({ code: "NO_ROOM" });
  });

  test("refuses what is no hub's folder, and says which option is missing", async () => {
    const to = join(folder, "backup");
    await expect(backupHub({ data, to })).rejects.toThrow("holds no samples; say with --telemetry");
    rmSync(join(data, "firebreak.sqlite"));
    await expect(backupHub({ data, to })).rejects.toThrow("say with --database");
    rmSync(join(data, "store.json"));
    await expect(backupHub({ data, to })).rejects.toMatchObject({ code: "BACKUP_SOURCE" });
    expect(existsSync(to)).toBe(false);
  });

  test.skipIf(!hasPostgres())(
    "of a database in PostgreSQL is restored into an empty one",
    async () => {
      const server = await PostgresServer.start();
      const other = await PostgresServer.start();
      endings.push(
        () => server.stop(),
        () => other.stop(),
      );
      rmSync(join(data, "firebreak.sqlite"));
      const storeId = readOrCreateStoreId(data);
      const database = { url: server.url() };
      await (await openHubDatabase({ data, storeId, database, log: silentLogger })).close();
      const ingest = await startOn(data);
      const to = join(folder, "backup");
      const postgres = { url: server.url(), password: "secret" };
      await backupHub({ data, to, database: { postgres } });
      expect(filesIn(to)).toContain("postgres.dump");
      await ingest.stop();

      const target = join(folder, "target");
      await expect(restoreHub({ from: to, data: target })).rejects.toMatchObject({
        code: "BAD_CONFIGURATION",
      });
      await restoreHub({ from: to, data: target, postgres: { url: other.url() } });
      const restored = { url: other.url() };
      const again = openHubDatabase({
        data: target,
        storeId,
        database: restored,
        log: silentLogger,
      });
      await (await again).close();
      const twice = restoreHub({
        from: to,
        data: join(folder, "twice"),
        postgres: { url: other.url() },
      });
      await expect(twice).rejects.toMatchObject({ code: "POSTGRES_DUMP" });
      expect(existsSync(join(folder, "twice"))).toBe(false);
    },
  );
});
