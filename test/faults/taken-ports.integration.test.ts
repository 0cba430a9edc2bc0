import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startHub, temporaryFolder } from "../product.fixture.ts";

test("a hub whose last ports are both taken chooses others, and ends when it is told", async () => {
  const data = temporaryFolder("taken-ports");
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ports.push((server.address() as AddressInfo).port);
  }
  const [http, mqtt] = ports;
  writeFileSync(join(data, "ports.json"), JSON.stringify({ http, mqtt }));
  const hub = await startHub({ data });
  expect(ports).not.toContain(Number(new URL(hub.url).port));
  const { code, stderr, stdout } = await hub.stop();
  expect(code).toBe(0);
  expect(stdout + stderr).not.toContain("broker cannot be reached");
  for (const server of servers) server.close();
});
