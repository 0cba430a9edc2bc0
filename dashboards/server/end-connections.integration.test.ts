import { once } from "node:events";
import { Agent, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { endConnections } from "./end-connections.ts";

const hour = 3_600_000;

/** A server with one page, which answers when the test says so, and keeps connections for an hour. */
async function opened(graceMs: number) {
  const app = Fastify({ keepAliveTimeout: hour });
  endConnections(app, graceMs);
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  app.get("/", async () => {
    await mayAnswer;
    return "answered";
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { app, port, answer };
}
/** A request of a browser, which keeps its connection for another one. */
async function asked(port: number, server: NodeJS.EventEmitter) {
  const client = request({ port, host: "127.0.0.1", agent: new Agent({ keepAlive: true }) });
  client.on("error", () => undefined);
  client.end();
  await once(server, "request");
  return client;
}

test("an answer under way when the server closes goes out, and its connection is not kept", async () => {
  const { app, port, answer } = await opened(hour);
  const client = await asked(port, app.server);
  const closing = app.close();
  const answered = once(client, "response");
  answer();
  const [reply] = await answered;
  expect(reply.statusCode).toBe(200);
  reply.resume();
  await closing;
});

test("a connection that was opened ahead and not used keeps nobody waiting", async () => {
  const { app, port } = await opened(hour);
  const ahead = connect(port, "127.0.0.1");
  ahead.on("error", () => undefined);
  await once(app.server, "connection");
  await app.close();
  ahead.destroy();
});

test("an answer without end is cut off in the end", async () => {
  const { app, port } = await opened(200);
  const client = await asked(port, app.server);
  const cut = new Promise((done) => client.once("close", done));
  await app.close();
  await cut;
});
