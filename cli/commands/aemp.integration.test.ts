import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAempClients } from "@firebreak/dashboards/server/aemp/client-files.ts";
import { expect, test } from "vitest";
import { readOrCreateStoreId } from "../hub/hub-files.ts";

const firebreak = join(import.meta.dirname, "../bin/firebreak.js");
const data = mkdtempSync(join(tmpdir(), "firebreak-aemp-cli-"));
const run = (...args: string[]): string =>
  execFileSync(process.execPath, [firebreak, "aemp", ...args, "--data", data], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

test("a client is made, listed and revoked while a hub may run; its secret is kept as a hash", () => {
  readOrCreateStoreId(data);
  expect(() => run("add", "nobody's")).toThrow(/say what it may see/);
  const [, id = "", secret = ""] =
    /^client_id=(\S+)\nclient_secret=(\S+)\n$/.exec(run("add", "ERP", "--customer", "C-1")) ?? [];
  const clients = openAempClients(data);
  expect(clients.verify(id, secret)?.scope).toEqual({ customerId: "C-1" });
  expect(clients.verify(id, `${secret.slice(1)}0`)).toBeUndefined();
  const [file = ""] = readdirSync(join(data, "aemp-clients"));
  const path = join(data, "aemp-clients", file);
  expect(readFileSync(path, "utf8")).not.toContain(secret);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(run("list"))).toMatchObject({ clientId: id, name: "ERP" });
  run("revoke", id);
  expect(clients.verify(id, secret)).toBeUndefined();
  expect(run("list")).toBe("");
  expect(() => run("revoke", id)).toThrow(/there is no client/);
});
