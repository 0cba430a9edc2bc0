import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";
import { limitUnfinished } from "./unfinished-requests.ts";

const token = `Bearer ${tokenOf("viewer")}`;
let app: FastifyInstance;
let port = 0;
const sockets: Socket[] = [];
beforeAll(async () => {
  const { ports } = await seededPorts(30);
  app = createServer(ports);
  await app.listen({ port: 0, host: "127.0.0.1" });
  ({ port } = app.server.address() as AddressInfo);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => app.close());

/** A connection from an address that no user has. */
function open(to = port): Socket {
  const socket = connect({ port: to, host: "127.0.0.1", localAddress: "127.0.0.2" });
  socket.on("error", () => undefined);
  // Who does not read does not notice the end.
  socket.resume();
  sockets.push(socket);
  return socket;
}
const closed = (socket: Socket) => new Promise<void>((done) => socket.once("close", () => done()));
/** Sends bytes; all that comes back until the connection is cut. */
async function answerTo(text: string): Promise<string> {
  const socket = open();
  let answer = "";
  socket.setEncoding("utf8").on("data", (part: string) => {
    answer += part;
  });
  socket.write(text);
  await closed(socket);
  return answer;
}
const statuses = (answer: string) =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
const othersGoOn = async () => {
  const url = `http://127.0.0.1:${port}/api/v1/machines?limit=1`;
  const reply = await fetch(url, { headers: { authorization: token } });
  expect(reply.status).toBe(200);
  await reply.json();
};
const inside = `GET /api/v1/machines HTTP/1.1\r\nhost: hub\r\nauthorization: ${token}\r\n\r\n`;
const post = (headers: string, body: string) =>
  `POST /api/v1/login HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n${headers}\r\n\r\n${body}`;
const chunked = `0\r\n\r\n${inside}`;

describe("hostile HTTP", () => {
  test.each([
    ["a length and chunks", post(`content-length: 4\r\ntransfer-encoding: chunked`, chunked)],
    ["chunks and a length", post(`transfer-encoding: chunked\r\ncontent-length: 4`, chunked)],
    ["two lengths", post(`content-length: 0\r\ncontent-length: ${inside.length}`, inside)],
    ["a length of two numbers", post(`content-length: 0, ${inside.length}`, inside)],
    ["a length with a sign", post(`content-length: +${inside.length}`, inside)],
    ["an encoding nobody knows", post("transfer-encoding: xchunked", chunked)],
    ["chunks that are not the last encoding", post("transfer-encoding: chunked, x", chunked)],
    ["a name with a space behind it", post("transfer-encoding : chunked", chunked)],
    ["a folded line", post("x: y\r\n transfer-encoding: chunked", chunked)],
    ["a line that ends with CR alone", post("x: y\rtransfer-encoding: chunked", chunked)],
    ["a chunk of no size", post("transfer-encoding: chunked", `zz\r\n${inside}`)],
    [
      "a chunk of more than there can be",
      post("transfer-encoding: chunked", `${"f".repeat(17)}\r\n`),
    ],
  ])(
    "G10: %s is refused and cut, and what is hidden behind is not carried out",
    async (_name, text) => {
      const answer = await answerTo(text);
      expect(statuses(answer)).toEqual([400]);
      expect(answer).not.toContain("JD5055E");
      await othersGoOn();
    },
  );

  test.each([
    ["no host", "GET /readyz HTTP/1.1\r\nconnection: close\r\n\r\n", 400],
    ["two hosts", "GET /readyz HTTP/1.1\r\nhost: a\r\nhost: b\r\nconnection: close\r\n\r\n", 400],
    ["a host with a path", "GET /readyz HTTP/1.1\r\nhost: a/b\r\nconnection: close\r\n\r\n", 400],
    ["a host with a user", "GET /readyz HTTP/1.1\r\nhost: u@a\r\nconnection: close\r\n\r\n", 400],
    ["a host of markup", "GET / HTTP/1.1\r\nhost: <b>\r\nconnection: close\r\n\r\n", 400],
    ["a URL of 100,000 characters", `GET /${"a".repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431],
    [
      "100,000 headers",
      `GET / HTTP/1.1\r\nhost: a\r\n${Array.from({ length: 100_000 }, (_, at) => `x-${at}: y\r\n`).join("")}\r\n`,
      431,
    ],
    ["one header of 1 MB", `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(1_000_000)}\r\n\r\n`, 431],
    ["no HTTP at all", "\u0016\u0003\u0001\u0002\u0000\r\n\r\n", 400],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ])("G10: %s is refused and cut", async (_name, text, status) => {
    const [said = status] = statuses(await answerTo(text));
    // Of much that is cut off while it is sent, nobody hears the answer.
    expect(said).toBe(status);
    await othersGoOn();
  });

  test.each(["hub", "hub.example.com:8080", "127.0.0.1:3000", "[::1]:3000", "xn--fiqs8s"])(
    "G10: a host that there could be, %s, is served",
    async (host) => {
      const answer = await answerTo(
        `GET /readyz HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
      );
      expect([200, 503]).toContain(statuses(answer)[0]);
    },
  );

  test("G10: slow headers and silence end, while others are served", async () => {
    const slow = Array.from({ length: 100 }, (_, at) => {
      const socket = open();
      if (at % 2) socket.write("GET / HTTP/1.1\r\nhost: a\r\nx-slow: ");
      const drip = setInterval(() => at % 2 && socket.write("y"), 500);
      socket.once("close", () => clearInterval(drip));
      return closed(socket);
    });
    await othersGoOn();
    await Promise.all(slow);
    await othersGoOn();
  });

  test("G10: whoever begins more requests than a browser would loses his own oldest, nobody else's", async () => {
    const small = createHttpServer((_request, response) => response.end("served"));
    limitUnfinished(small, { most: 3, connections: 6 });
    await new Promise<void>((done) => small.listen(0, "127.0.0.1", done));
    const { port: smallPort } = small.address() as AddressInfo;
    const get = async () => (await fetch(`http://127.0.0.1:${smallPort}/`)).text();
    const begun: Socket[] = [];
    const starts = [
      "GET / HTTP/1.1\r\nhost: a\r\nx: ",
      "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{",
    ];
    for (let at = 0; at < 12; at++) {
      const socket = open(smallPort);
      socket.write(starts[at % 2] ?? "");
      begun.push(socket);
      await once(socket, "ready");
    }
    await expect.poll(() => begun.filter(({ closed }) => closed).length).toBe(9);
    expect(begun.slice(-3).map(({ closed }) => closed)).toEqual([false, false, false]);
    expect(await get()).toBe("served");
    // What has been answered and waits for more makes room.
    for (let at = 0; at < 12; at++) {
      const socket = open(smallPort);
      socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      await Promise.race([once(socket, "data"), closed(socket)]);
    }
    expect(await get()).toBe("served");
    small.closeAllConnections();
    small.close();
  });
});
