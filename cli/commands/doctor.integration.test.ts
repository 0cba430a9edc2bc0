import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockFolder } from "@firebreak/kit/file-lock.ts";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "firebreak-doctor-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = join(folder, "gateway.yaml");
// Port 9 is discard's: nobody listens there.
writeFileSync(
  config,
  `version: 1
gatewayId: g
hub: { url: "mqtts://127.0.0.1:9", identity: identity }
spool: { folder: kept/spool }
machines:
  - machineId: M
    plan: concrete-pump-truck
    sources: [{ kind: modbus-tcp, host: 127.0.0.1, port: 9 }]
`,
);

async function doctor(...words: string[]) {
  const script = join(import.meta.dirname, "../bin/firebreak.js");
  const given = [script, "doctor", "--config", config, "--seconds", "1", "--no-look", ...words];
  const child = spawn(process.execPath, given, { stdio: ["ignore", "pipe", "pipe"] });
  let [out, complaints] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => {
    out += bytes.toString();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    complaints += bytes.toString();
  });
  // At its exit not all that it said need have been read.
  const [code] = await once(child, "close");
  return { code, out, complaints };
}

describe("firebreak doctor", () => {
  test("before a gateway runs it tells buses, hub, disk and certificate, touches nothing, and ends with 1 for faults", async () => {
    const { code, out } = await doctor("--json");
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report.disk).toMatchObject({ problem: "" });
    expect(report.disk.freeBytes).toBeGreaterThan(0);
    expect(report.link).toMatchObject({ link: "disconnected" });
    const codes = report.findings.map((found: { code: string }) => found.code);
    expect(codes).toEqual(expect.arrayContaining(["bus-unreachable", "link-down", "certificate"]));
    expect(report.certificate.problem).toContain("get a new claim from the hub");
  });

  test("while a gateway without a page has the buses it does not listen in between", async () => {
    const lock = lockFolder(join(folder, "kept/spool/log"));
    const { code, complaints } = await doctor();
    lock.release();
    expect(code).toBe(1);
    expect(complaints).toContain(`the gateway runs as process ${process.pid}`);
  });
});
