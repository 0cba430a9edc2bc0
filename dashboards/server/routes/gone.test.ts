import { once } from "node:events";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { afterEach, expect, test } from "vitest";
import { sentOf } from "./gone.ts";

let server: Server;
afterEach(() => server.close());

/** A request whose answer the test writes. */
async function asked() {
  server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = request({ port, host: "127.0.0.1" });
  client.on("error", () => undefined);
  client.end();
  const [, raw] = (await once(server, "request")) as [unknown, ServerResponse];
  return { client, raw, reply: { raw } as unknown as FastifyReply };
}

test("an answer is out once it was taken, and who takes nothing is cut off", async () => {
  const { client, raw, reply } = await asked();
  const piece = Buffer.alloc(1_000_000);
  Readable.from(Array.from({ length: 64 }, () => piece)).pipe(raw);
  await once(client, "response");
  await sentOf(reply, 50);
  expect([raw.writableFinished, raw.destroyed]).toEqual([false, true]);
});

test("it is also when whoever asked had gone before", async () => {
  const { client, raw, reply } = await asked();
  client.destroy();
  await once(raw, "close");
  await sentOf(reply, 50);
  expect(raw.writableFinished).toBe(false);
});
