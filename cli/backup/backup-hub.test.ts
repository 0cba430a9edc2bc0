import { existsSync, statSync } from "node:fs";
import { expect, test } from "vitest";
import { backupHub } from "./backup-hub.ts";

const disk = "/dev/shm";
const isMounted = existsSync(disk) && statSync(disk).dev !== statSync("/dev").dev;

test.skipIf(!isMounted)(
  "a disk itself is refused before anything is copied: it could not be renamed to at the end",
  async () => {
    await expect(backupHub({ data: "/nowhere", to: disk })).rejects.toMatchObject({
      code: "BACKUP_TARGET",
      message: expect.stringContaining("a folder on it"),
    });
  },
);
