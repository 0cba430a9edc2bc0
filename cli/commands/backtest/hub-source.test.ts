import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { openHubSource } from "./hub-source.ts";

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** A hub that answers as told; the first question is put off. */
async function hubThatSays(answers: Readonly<Record<string, object>>): Promise<string> {
  let asked = 0;
  server = createServer((request, reply) => {
    const answer = answers[request.url ?? ""];
    const isAllowed = request.headers.authorization === "Bearer secret";
    if (asked++ === 0) reply.writeHead(503, { "retry-after": "0.01" }).end();
    else if (!isAllowed || answer === undefined) reply.writeHead(404).end("no such thing");
    else reply.end(JSON.stringify(answer));
  });
  const listening = server;
  await new Promise<void>((done) => listening.listen(0, "127.0.0.1", done));
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
}

test("asks a hub page by page, and again later where it has too much to do", async () => {
  const url = await hubThatSays({
    "/api/v1/machines?limit=500": {
      items: [
        { machineId: "A", plan: "p" },
        { machineId: "B", plan: "q" },
      ],
      next: "2 3",
    },
    "/api/v1/machines?limit=500&cursor=2%203": {
      items: [{ machineId: "C", plan: "p" }],
      next: null,
    },
    "/api/v1/machines/A%2F1/series?signal=oil&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-02T00%3A00%3A00.000Z":
      { t: ["1970-01-01T00:00:01Z"], value: [1], quality: ["good"], gaps: [] },
    "/api/v1/machines/A%2F1/codes/history?to=1970-01-02T00%3A00%3A00.000Z": {
      knownFrom: "1970-01-01T00:00:00Z",
      items: [{ at: "1970-01-01T00:00:02Z", network: 0, sa: 1, spn: 7, fmi: 4, oc: 2, cm: 1 }],
    },
  });
  const source = openHubSource(url, "secret");
  expect(await source.machinesOf("p")).toEqual(["A", "C"]);
  const span = { machineId: "A/1", signal: "oil", fromMs: 0, toMs: 86_400_000 };
  expect((await source.samples(span)).value).toEqual([1]);
  expect(await source.codes("A/1", 86_400_000)).toEqual({
    knownFromMs: 0,
    steps: [{ atMs: 2_000, network: 0, sa: 1, dtc: { spn: 7, fmi: 4, oc: 2, cm: 1 } }],
  });
  expect(await source.codes("of an older hub", 1)).toEqual({ knownFromMs: null, steps: [] });
  await expect(source.tickets()).rejects.toMatchObject({ code: "HUB_REFUSED" });
  await source.close();
});

test("says that something that answers is no hub", async () => {
  server = createServer((_, reply) => reply.end("<html>welcome</html>"));
  const listening = server;
  await new Promise<void>((done) => listening.listen(0, "127.0.0.1", done));
  const address = listening.address();
  const port = typeof address === "object" ? address?.port : 0;
  await expect(openHubSource(`http://127.0.0.1:${port}`, "t").tickets()).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
  });
});

test("says which address does not answer", async () => {
  const url = await hubThatSays({});
  server?.close();
  await expect(openHubSource(url, "secret").tickets()).rejects.toMatchObject({
    code: "HUB_UNREACHABLE",
    message: expect.stringContaining("127.0.0.1"),
  });
});
