import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { systemdUnit, unitName } from "./systemd-unit.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-unit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const unit = (spoolFolder: string) =>
  systemdUnit({
    node: process.execPath,
    script: join(folder, "fire break.js"),
    config: join(folder, "100%.yaml"),
    spoolFolder,
    user: "daemon",
  });

function hasSystemd(): boolean {
  if (spawnSync("systemd-analyze", ["--version"]).status === 0) return true;
  process.stdout.write("Skipped: the unit is not verified, systemd-analyze is missing\n");
  return false;
}

describe("the systemd unit", () => {
  test("writes nowhere but to the spool, has no rights, reaches serial ports", () => {
    const text = unit("/var/lib/firebreak/spool");
    for (const line of [
      'ReadWritePaths="/var/lib/firebreak/spool"',
      "ProtectSystem=strict",
      "PrivateTmp=yes",
      "NoNewPrivileges=yes",
      "CapabilityBoundingSet=",
      "AmbientCapabilities=",
      "DevicePolicy=closed",
      "DeviceAllow=char-ttyUSB rw",
      "SupplementaryGroups=dialout",
      "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_CAN AF_NETLINK",
      "SystemCallFilter=@system-service",
      "WatchdogSec=60",
      "RestartPreventExitStatus=78",
    ])
      expect(text.split("\n")).toContain(line);
  });

  test("keeps compiled code where the service alone can write", () => {
    const lines = unit("/var/lib/firebreak/spool").split("\n");
    expect(lines).toContain("CacheDirectory=firebreak-gateway");
    expect(lines).toContain("CacheDirectoryMode=0700");
    expect(lines).toContain("Environment=NODE_COMPILE_CACHE=%C/firebreak-gateway");
  });

  test.skipIf(!hasSystemd())("is what systemd understands, odd file names too", () => {
    const file = join(folder, unitName);
    writeFileSync(file, unit(join(folder, "the spool")));
    writeFileSync(join(folder, "fire break.js"), "");
    const { stderr, status } = spawnSync("systemd-analyze", ["verify", "--man=no", file], {
      encoding: "utf8",
    });
    const complaints = stderr.split("\n").filter((line) => line.includes(unitName));
    expect({ complaints, status }).toEqual({ complaints: [], status: 0 });
  });
});
