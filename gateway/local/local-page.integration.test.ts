import { request } from "node:http";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterEach, describe, expect, test } from "vitest";
import type { CanHearing, Source } from "../sources/source.ts";
import type { Inspectable, InspectedStatus } from "./facts.ts";
import { Inspector } from "./inspector.ts";
import { type LocalPage, startLocalPage } from "./local-page.ts";
import { SignalWatch } from "./signal-watch.ts";

const plan = loadPlan("loader-tractor");
const dictionary = dictionaryOfPlan(plan);

/** A gateway with one CAN bus, whose figures a test sets. */
function madeUpGateway() {
  const looked = { times: 0 };
  const heard: CanHearing = { senders: () => new Map([[61_444, [23]]]) };
  const source = {
    name: "candump-stream <b>can0</b>",
    lookCloser: () => {
      looked.times++;
      return Promise.resolve([]);
    },
  } as unknown as Source;
  const status: InspectedStatus = {
    gatewayId: "g-1",
    sources: [
      {
        machineId: "M-1",
        source: "candump-stream <b>can0</b>",
        state: "open",
        detail: "",
        counters: { frames: 10, errorFrames: 0 },
      },
    ],
    link: { link: "disconnected", detail: "ECONNREFUSED" },
    time: {
      trust: "unconfirmed",
      correctionMs: 0,
      sources: [],
      heldSamples: 0,
      hub: null,
      isSuspect: false,
      steps: { count: 0, lastMs: null },
      lostSamples: 0,
    },
  };
  const watch = new SignalWatch(dictionary.signals.length);
  const { acquisition } = plan;
  const gateway: Inspectable = {
    status: () => status,
    inspect: () => [
      { machineId: "M-1", acquisition, dictionary, watch, sources: [source], can: [heard] },
    ],
  };
  return { gateway, looked };
}

const pages: LocalPage[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

async function start() {
  const { gateway, looked } = madeUpGateway();
  const inspector = new Inspector({ gateway: () => gateway, clock: systemClock });
  const options = { inspector, clock: systemClock, log: silentLogger };
  const page = await startLocalPage({ ...options, address: "127.0.0.1", port: 0 });
  pages.push(page);
  return { page, looked };
}

/** The status under another host name: what a foreign page that points its name here would ask with. */
const asHost = (url: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });

describe("the local page", () => {
  test("tells in both languages, loads nothing from anywhere, and shows names as they are", async () => {
    const { page } = await start();
    const [english, chinese] = await Promise.all(
      ["en-GB", "zh-CN"].map((language) =>
        fetch(page.url, { headers: { "accept-language": language } }),
      ),
    );
    const texts = [await english?.text(), await chinese?.text()];
    expect(texts[0]).toContain("The hub is not reached. ECONNREFUSED");
    expect(texts[1]).toContain("连不上中心。ECONNREFUSED");
    for (const text of texts) {
      expect(text).toContain("candump-stream &lt;b&gt;can0&lt;/b&gt;");
      expect(text).not.toMatch(/<script|https?:\/\/|<b>can0/);
    }
    const policy = english?.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; img-src data:; style-src 'sha256-/);
    expect(policy).not.toContain("unsafe");
  });

  test("does nothing without the code in the log, and stops guessing", async () => {
    const { page, looked } = await start();
    const post = (code: string) =>
      fetch(`${page.url}look?lang=en`, {
        method: "POST",
        body: new URLSearchParams({ code }),
        redirect: "manual",
      });
    expect((await post("")).status).toBe(403);
    expect((await post(`${page.code}0`)).status).toBe(403);
    expect(looked.times).toBe(0);
    expect((await post(page.code)).status).toBe(303);
    expect(looked.times).toBe(1);
    for (let times = 0; times < 5; times++) await post("000000x");
    const locked = await post(page.code);
    expect(locked.status).toBe(429);
    expect(await locked.text()).toContain("Wait a minute");
    expect(looked.times).toBe(1);
  });

  test("answers nobody who asks under another name, and only what it has", async () => {
    const { page } = await start();
    expect(await asHost(page.url, "evil.example")).toBe(403);
    expect(await asHost(page.url, "192.168.1.5:8420")).toBe(200);
    expect((await fetch(`${page.url}etc/passwd`)).status).toBe(404);
    expect((await fetch(page.url, { method: "POST" })).status).toBe(404);
    const report = await (await fetch(`${page.url}report.json`)).json();
    expect(report).toMatchObject({ gatewayId: "g-1", buses: [{ machineId: "M-1" }] });
  });
});
