import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readGatewayConfig } from "@firebreak/gateway/config.ts";
import { listPlans } from "@firebreak/plans/load-plans.ts";
import type { Claim } from "@firebreak/wire/claim.ts";
import { afterAll, describe, expect, test } from "vitest";
import { starterConfig } from "./starter-config.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-starter-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "gateway.yaml");

const claim = { gatewayId: "g-1", machines: ["PUMP-7"] } as unknown as Claim;
const hub = ["hub:", '  url: "mqtts://hub.example:8883"', '  identity: "identity"'];
const ports = {
  serial: ["/dev/serial/by-id/usb-a", "/dev/serial/by-id/usb-b"],
  can: ["can1"],
};

describe("the configuration that a claim leaves", () => {
  test("names what this device has, and does not load before plan and buses are chosen", () => {
    const text = starterConfig(claim, hub, path, ports);
    writeFileSync(path, text);
    expect(() => readGatewayConfig(path)).toThrow(/plan|sources/);
    expect(text).toContain(`plan: # ${listPlans().join(", ")}`);
    expect(text).toContain("#   port: /dev/serial/by-id/usb-a");
    expect(text).toContain("#   port: /dev/serial/by-id/usb-b");
    expect(text).toContain("#   interface: can1");
  });

  test("loads once a plan is named and the # of its buses are taken away, all of them or one", () => {
    const text = starterConfig(claim, hub, path, ports).replace(
      /plan: #.*/,
      "plan: concrete-pump-truck",
    );
    const all = text
      .split("\n")
      .filter((line) => !line.includes("# serial ports here"))
      .map((line) => line.replace(/^ {6}# /, "      "))
      .join("\n");
    writeFileSync(path, all);
    expect(readGatewayConfig(path)).toMatchObject({
      gatewayId: "g-1",
      spoolFolder: join(folder, "spool"),
      local: { address: "127.0.0.1", port: 8420 },
    });
    const one = text.replace(/# (- kind: modbus-tcp)\n {6}# /, "$1\n      ");
    writeFileSync(path, one);
    expect(readGatewayConfig(path).machines).toHaveLength(1);
  });

  test("keeps the spool out of /etc", () => {
    const text = starterConfig(claim, hub, "/etc/firebreak/gateway.yaml", ports);
    expect(text).toContain("folder: /var/lib/firebreak/spool");
  });
});
