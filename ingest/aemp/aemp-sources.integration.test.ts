import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, expect, test } from "vitest";
import type { LatestSignal } from "../store/store.ts";
import { openAempSources } from "./aemp-sources.ts";
import { aempSignals } from "./machine-samples.ts";
import { readFleetAside } from "./read-aside.ts";
import { readFleet } from "./read-fleet.ts";
import type { AempSource } from "./source-config.ts";

const sample = (name: string): string =>
  readFileSync(new URL(`testcases/${name}.xml`, import.meta.url), "utf8");
const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serverOf(handler: Handler): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function opened(
  config: Partial<AempSource["config"]> & { url: string },
  stored: LatestSignal[] = [],
) {
  const written: { machineId: string; signal: string; value: number; timeMs: number }[] = [];
  const sources = openAempSources({
    sources: [{ config: { id: "other", auth: { kind: "none" }, ...config }, secret: "s3cret" }],
    store: { signals: async () => stored, caughtUp: async () => {} },
    write: async (_sourceId, machineId, samples) => {
      for (const { signal, ...rest } of samples)
        written.push({ machineId, signal: aempSignals[signal] ?? "", ...rest });
    },
    clock: systemClock,
    log: silentLogger,
    backoffMs: [20, 40],
  });
  endings.push(() => sources.close());
  const state = () => sources.states()[0];
  return { sources, written, state };
}

const answer = (response: ServerResponse, status: number, body = "", headers = {}) =>
  response.writeHead(status, headers).end(body);

test("a fleet over pages is read once, with the token of its client, and again nothing is new", async () => {
  const asked: string[] = [];
  let round = 0;
  const base = await serverOf((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`);
    if (request.url === "/token")
      return answer(response, 200, '{"access_token":"tok","expires_in":3600}');
    if (request.headers.authorization !== "Bearer tok") return answer(response, 401);
    const page = Number(request.url?.split("/").at(-1));
    if (page === 0) round++;
    // The last page names itself as the next one; a link behind a proxy says http and another port.
    const body = page === 0 ? sample("trackunit-fleet") : sample("takeuchi-fleet");
    const next = `http://127.0.0.1:1/Fleet/1`;
    answer(response, 200, body.replace(/(<rel>next<\/rel><href>)[^<]*/, `$1${next}`));
  });
  const { written, state, sources } = opened({
    url: `${base}/Fleet/0`,
    everyMinutes: 0.001,
    auth: { kind: "oauth2", tokenUrl: `${base}/token`, clientId: "me", clientSecret: { env: "X" } },
  });
  await expect.poll(() => round).toBeGreaterThan(2);
  expect(state()).toMatchObject({ state: "ok", problem: null, machines: 6 });
  expect(asked[0]).toBe(`POST /token Basic ${Buffer.from("me:s3cret").toString("base64")}`);
  const keys = written.map(({ machineId, signal, timeMs }) => `${machineId} ${signal} ${timeMs}`);
  expect(new Set(keys).size).toBe(keys.length);
  expect(written).toContainEqual({
    machineId: "other:WNK00000TEST00003",
    signal: "operatingHours",
    timeMs: Date.parse("2021-05-05T13:55:32Z"),
    value: 212.3,
  });
  expect(sources.about("other:190500001")).toMatchObject({ oemName: "Takeuchi", model: "TB290-2" });
});

test("what the store has already is not taken again", async () => {
  const base = await serverOf((_, response) => answer(response, 200, sample("full-equipment")));
  const known = { name: "operatingHours", unit: "h", value: 1, quality: "good" } as const;
  const { written, state } = opened({ url: `${base}/1` }, [
    { ...known, t: "2024-03-01T09:59:30Z" },
  ]);
  await expect.poll(() => state()?.state).toBe("ok");
  expect(written.some(({ signal }) => signal === "distance")).toBe(true);
  expect(written.some(({ signal }) => signal === "operatingHours")).toBe(false);
});

test.each<[string, reason: string, RegExp, Handler]>([
  ["401", "credentials", /refuses our credentials \(401\)/, (_, response) => answer(response, 401)],
  ["403", "not-allowed", /does not allow us to read/, (_, response) => answer(response, 403)],
  ["404", "nothing-there", /has nothing at this address/, (_, response) => answer(response, 404)],
  ["500", "own-fault", /has a fault of its own \(500\)/, (_, response) => answer(response, 500)],
  [
    "another address",
    "redirect",
    /another address \(302\)/,
    (_, response) => answer(response, 302, "", { location: "http://169.254.169.254/" }),
  ],
  ["no document", "document", /holds no fleet/, (_, response) => answer(response, 200, "<html/>")],
  [
    "entities",
    "document",
    /declares a document type/,
    (_, response) => answer(response, 200, '<!DOCTYPE a [<!ENTITY b "c">]><Fleet/>'),
  ],
  [
    "a page elsewhere",
    "other-host",
    /another host \(evil\.example\)/,
    (_, response) =>
      answer(
        response,
        200,
        "<Fleet><Links><rel>next</rel><href>https://evil.example/2</href></Links></Fleet>",
      ),
  ],
  [
    "no end",
    "too-much",
    /more than 8388608 bytes/,
    (_, response) => {
      response.writeHead(200);
      const piece = Buffer.alloc(1 << 20, 32);
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", more);
      more();
    },
  ],
])("%s is said in plain words, and tried again", async (_, reason, words, handler) => {
  let requests = 0;
  const base = await serverOf((request, response) => {
    requests++;
    handler(request, response);
  });
  const { state } = opened({ url: `${base}/Fleet/1` });
  await expect.poll(() => state()?.problem).toMatch(words);
  expect(state()).toMatchObject({ state: "failing", cause: { reason } });
  await expect.poll(() => requests).toBeGreaterThan(1);
});

test("whoever asks to wait is not asked before that", async () => {
  let requests = 0;
  const base = await serverOf((_, response) => {
    requests++;
    answer(response, 429, "", { "retry-after": "3600" });
  });
  const { state } = opened({ url: `${base}/Fleet/1` });
  await expect.poll(() => state()?.problem).toMatch(/asks to come back later \(429\)/);
  expect(Date.parse(state()?.nextAt ?? "") - Date.now()).toBeGreaterThan(3_500_000);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(requests).toBe(1);
});

test("a server that is not there is said in plain words", async () => {
  const { state } = opened({ url: "http://127.0.0.1:1/Fleet/1" });
  await expect.poll(() => state()?.problem).toMatch(/cannot be reached \(/);
  expect(state()?.cause).toEqual({
    reason: "unreachable",
    facts: { host: "127.0.0.1:1", reason: expect.any(String) },
  });
});

test("a document read aside says the same, and holds up nothing while it is read", async () => {
  const text = sample("full-equipment");
  expect(await readFleetAside(text)).toEqual(readFleet(text));
  await expect(readFleetAside("<html/>")).rejects.toMatchObject({ code: "AEMP_DOCUMENT" });
  const attributes = Array.from({ length: 60_000 }, (_, index) => `a${index}="1"`).join(" ");
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  await readFleetAside(`<Fleet ${attributes}/>`);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});
