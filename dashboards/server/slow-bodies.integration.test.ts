import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { endSlowBodies } from "./slow-bodies.ts";

test("a body that does not come in time ends its connection, a whole one never", async () => {
  const app = Fastify();
  // So long that a busy computer takes the whole body within it.
  endSlowBodies(app, 3_000);
  app.post("/", async ({ body }) => body);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const whole = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    body: '{"a":1}',
    headers: { "content-type": "application/json" },
  });
  expect(await whole.json()).toEqual({ a: 1 });
  const slow = connect(port, "127.0.0.1");
  slow.on("error", () => {});
  slow.write(
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
  );
  await once(slow, "close");
  await app.close();
});
