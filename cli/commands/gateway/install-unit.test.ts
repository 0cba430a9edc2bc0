import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { installUnit } from "./install-unit.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-install-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = join(folder, "gateway.yaml");
writeFileSync(
  config,
  `version: 1
gatewayId: g
hub: { url: "mqtt://127.0.0.1:1883" }
spool: { folder: ../spool-of-g }
machines:
  - machineId: M
    plan: concrete-pump-truck
    sources: [{ kind: modbus-tcp, host: 127.0.0.1 }]
`,
);

describe("gateway --install", () => {
  test("--dry-run shows user, folders, unit and commands, in the order in which they are taken", () => {
    const told = installUnit({ config, dryRun: true });
    const parts = ["useradd --system", "# folder: ", "chown -R", "# file: ", "daemon-reload"];
    const places = parts.map((part) => told.indexOf(part));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(told).toContain(`ReadWritePaths="${join(folder, "../spool-of-g")}" "${folder}"`);
  });

  test("refuses a folder that the service's user must not be given", () => {
    expect(() => installUnit({ config: "/etc/gateway.yaml", dryRun: true })).toThrow(
      expect.objectContaining({ code: "INSTALL_NEEDS_OWN_FOLDER" }),
    );
  });
});
