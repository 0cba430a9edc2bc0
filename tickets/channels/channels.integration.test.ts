import type { Database } from "@firebreak/kit/database.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createTestClock,
  directoryOf,
  dispatcherLi,
  enqueue,
  notice,
  type Receiver,
  serviceOf,
  sms,
  startReceiver,
  type TestClock,
  webhook,
} from "./channels.fixture.ts";
import { migrateChannels } from "./channels-tables.ts";
import { isSignedBy } from "./signature.ts";

const minute = 60_000;
const hour = 60 * minute;

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => notice({ ticketId: `T-${from + index}` }));
const ticketsIn = (receiver: Receiver) =>
  receiver.received.map(({ body }) => JSON.parse(body).notices[0].ticketId as string);

describeEachDatabase("channels", (open) => {
  let db: Database;
  let clock: TestClock;
  let good: Receiver;
  let bad: Receiver;
  beforeEach(async () => {
    db = await open();
    await migrateChannels(db);
    clock = createTestClock();
    good = await startReceiver();
    bad = await startReceiver();
  });
  afterEach(async () => {
    await good.stop();
    await bad.stop();
  });

  describe("a webhook", () => {
    test("is signed, so that the receiver can tell who sent it and what", async () => {
      const service = serviceOf({ db, clock, targets: [webhook("erp", good.url)] });
      await enqueue(db, clock, [notice({ facts: { path: "/p/secret-code", clock: "arrival" } })]);
      await service.runOnce();
      const [one] = good.received;
      expect(JSON.parse(one?.body ?? "")).toMatchObject({
        id: one?.headers["webhook-id"],
        notices: [{ kind: "ticket-opened", ticketId: "T-1", facts: { clock: "arrival" } }],
        title: "New ticket T-1 (major)",
      });
      expect(one?.body).not.toContain("secret-code");
      const signed = {
        id: String(one?.headers["webhook-id"]),
        timestamp: Number(one?.headers["webhook-timestamp"]),
        body: one?.body ?? "",
      };
      const signature = String(one?.headers["webhook-signature"]);
      expect(isSignedBy("whsec_c2VjcmV0", signature, signed)).toBe(true);
      expect(isSignedBy("other", signature, signed)).toBe(false);
      expect(isSignedBy("whsec_c2VjcmV0", signature, { ...signed, body: "{}" })).toBe(false);
    });

    test("F6: a target that is down 6 h, then answers 500, then hangs, loses nothing and holds up no other", async () => {
      // Enough for the good one on a busy computer, too; only what hangs waits for so long.
      const limits = { attemptTimeoutMs: 5_000 };
      const targets = [webhook("bad", bad.url), webhook("good", good.url)];
      const service = serviceOf({ db, clock, targets, limits });
      const phases = [
        { hours: 6, answer: (_: unknown, response: { destroy(): void }) => response.destroy() },
        {
          hours: 3,
          answer: (_: unknown, response: { writeHead(code: number): void; end(): void }) => {
            response.writeHead(500);
            response.end();
          },
        },
        { hours: 0.5, answer: () => undefined },
      ];
      let sent = 0;
      for (const { hours, answer } of phases) {
        bad.answer = answer as Receiver["answer"];
        for (let step = 0; step < hours * 4; step++) {
          await enqueue(db, clock, numbered(sent, 3));
          sent += 3;
          await service.runOnce();
          expect(good.received).toHaveLength(sent);
          clock.advance(15 * minute);
        }
      }
      const [down] = await service.targets();
      expect(down).toMatchObject({ id: "bad", state: "down", queuedCount: sent, deadCount: 0 });
      expect(down?.error).toMatch(/^TARGET_TIMEOUT/);
      const heard = new Set<string>();
      bad.received.length = 0;
      bad.answer = (one, response) => {
        heard.add(JSON.parse(one.body).id);
        response.end();
      };
      for (let step = 0; step < 4; step++) {
        clock.advance(15 * minute);
        await service.runOnce();
      }
      expect(heard.size).toBe(sent);
      expect(new Set(ticketsIn(bad)).size).toBe(sent);
      expect(await service.targets()).toMatchObject([
        { id: "bad", state: "up", queuedCount: 0, deadCount: 0, sentCount: sent },
        { id: "good", state: "up", queuedCount: 0, deadCount: 0, sentCount: sent },
      ]);
    });

    test("F6: after 24 h a delivery is dead, shown, and sent again when a person asks", async () => {
      const service = serviceOf({ db, clock, targets: [webhook("bad", bad.url)] });
      bad.answer = (_one, response) => void response.writeHead(503).end();
      await enqueue(db, clock, numbered(0, 5));
      for (let step = 0; step < 24 * 4 + 2; step++) {
        await service.runOnce();
        clock.advance(15 * minute);
      }
      const { items } = await service.deliveries({ state: "dead", limit: 100 });
      expect(items).toHaveLength(5);
      expect(items[0]).toMatchObject({ targetId: "bad", error: "TARGET_REFUSED: answered 503" });
      expect(await service.resend({ deliveryId: items[0]?.deliveryId ?? "" })).toBe(1);
      await expect(service.resend({ deliveryId: "none" })).rejects.toMatchObject({
        code: "DELIVERY_UNKNOWN",
      });
      expect(await service.resend({ targetId: "bad" })).toBe(4);
      bad.answer = (_one, response) => void response.end();
      bad.received.length = 0;
      clock.advance(hour);
      await service.runOnce();
      expect(new Set(ticketsIn(bad)).size).toBe(5);
      expect((await service.deliveries({ state: "undelivered", limit: 100 })).items).toEqual([]);
    });

    test("keeps to what the target asks for, follows no redirect, reads no endless answer", async () => {
      const service = serviceOf({ db, clock, targets: [webhook("bad", bad.url)] });
      const secret = good.url;
      bad.answer = (_one, response) => void response.writeHead(302, { location: secret }).end();
      await enqueue(db, clock, [notice()]);
      await service.runOnce();
      expect(good.received).toEqual([]);
      bad.answer = (_one, response) => void response.writeHead(429, { "retry-after": "600" }).end();
      clock.advance(minute);
      await service.runOnce();
      expect(bad.received).toHaveLength(2);
      clock.advance(9 * minute);
      await service.runOnce();
      expect(bad.received).toHaveLength(2);
      let written = 0;
      bad.answer = (_one, response) => {
        const pour = () => {
          while (written < 64 * 1024 * 1024 && response.write("x".repeat(16_384)))
            written += 16_384;
          response.once("drain", pour);
        };
        pour();
      };
      clock.advance(2 * minute);
      await service.runOnce();
      expect(written).toBeLessThan(64 * 1024 * 1024);
      expect((await service.deliveries({ state: "sent", limit: 10 })).items).toHaveLength(1);
    });

    test("goes to no address of the inside, by whatever name, unless the operator lists it", async () => {
      const inside = good.url.replace("127.0.0.1", "localhost");
      const mapped = good.url.replace("127.0.0.1", "[::ffff:127.0.0.1]");
      const octal = good.url.replace("127.0.0.1", "0177.0.0.1");
      const targets = [good.url, inside, mapped, octal].map((url, at) => webhook(`t-${at}`, url));
      const service = serviceOf({ db, clock, targets, allowAddresses: [] });
      await enqueue(db, clock, [notice()]);
      await service.runOnce();
      expect(good.received).toEqual([]);
      const { items } = await service.deliveries({ state: "undelivered", limit: 10 });
      expect(items.map(({ error }) => error?.split(":")[0])).toEqual(
        targets.map(() => "TARGET_ADDRESS"),
      );
    });

    test("connects to the address that was checked, whatever the name says a moment later", async () => {
      const { port } = new URL(good.url);
      let asked = 0;
      const { safeRequest } = await import("./safe-request.ts");
      const order = {
        url: new URL(`http://rebind.example:${port}/x`),
        method: "POST",
        headers: {},
        body: "{}",
      };
      const options = {
        timeoutMs: 20_000,
        answerLimitBytes: 1_000,
        mayConnect: (address: string) => address === "127.0.0.1",
        resolve: async () => {
          asked++;
          return asked === 1 ? ["127.0.0.1"] : ["127.0.0.2"];
        },
      };
      expect(await safeRequest(order, options)).toMatchObject({ status: 200 });
      expect(asked).toBe(1);
      expect(good.received[0]?.headers.host).toBe(`rebind.example:${port}`);
      await expect(safeRequest(order, options)).rejects.toMatchObject({ code: "TARGET_ADDRESS" });
      expect(good.received).toHaveLength(1);
    });
  });

  describe("messages to persons", () => {
    test("F4: 200 machines with 5 codes in 10 s are nine messages and one digest, and nothing is dropped", async () => {
      const service = serviceOf({ db, clock, targets: [sms("sms", good.url)] });
      for (let second = 0; second < 10; second++) {
        const burst = Array.from({ length: 100 }, (_, index) => {
          const number = second * 100 + index;
          return notice({ machineId: `M-${number % 200}`, ticketId: `T-${number}` });
        });
        await enqueue(db, clock, burst);
        await service.runOnce();
        clock.advance(1_000);
      }
      for (let step = 0; step < 9; step++) {
        clock.advance(minute);
        await service.runOnce();
      }
      expect(good.received).toHaveLength(10);
      const digest = JSON.parse(good.received.at(-1)?.body ?? "");
      expect(digest.text).toMatch(/^991 条通知汇总/);
      expect(digest.text).toContain("另有 971 条");
      const told = await service.deliveries({ digestId: digest.id, limit: 200 });
      expect(told.items).toHaveLength(200);
      expect((await service.targets())[0]).toMatchObject({ queuedCount: 0, sentCount: 1_001 });
      await enqueue(db, clock, numbered(5_000, 1));
      await service.runOnce();
      expect(good.received).toHaveLength(10);
      clock.advance(10 * minute);
      await service.runOnce();
      expect(good.received).toHaveLength(11);
    });

    test("F4: a person reached by two targets is still told ten times at most", async () => {
      const targets = [sms("sms", good.url), sms("app", bad.url)];
      const service = serviceOf({ db, clock, targets });
      await enqueue(db, clock, numbered(0, 30));
      for (let step = 0; step < 9; step++) {
        await service.runOnce();
        clock.advance(minute);
      }
      expect(good.received.length + bad.received.length).toBeLessThanOrEqual(10);
      for (let step = 0; step < 30; step++) {
        await service.runOnce();
        clock.advance(minute);
      }
      expect(await service.targets()).toMatchObject([{ queuedCount: 0 }, { queuedCount: 0 }]);
    });

    test("says the same once within the quiet time", async () => {
      const service = serviceOf({ db, clock, targets: [sms("sms", good.url)] });
      await enqueue(db, clock, [notice(), notice(), notice({ priority: "emergency" })]);
      await service.runOnce();
      expect(good.received).toHaveLength(2);
      await enqueue(db, clock, [notice()]);
      await service.runOnce();
      expect(good.received).toHaveLength(2);
      const { items } = await service.deliveries({ state: "sent", limit: 10 });
      expect(items.map(({ repeats }) => repeats).sort()).toEqual([0, 2]);
      clock.advance(hour);
      await enqueue(db, clock, [notice()]);
      await service.runOnce();
      expect(good.received).toHaveLength(3);
    });

    test("speaks to each in the own language, and not to somebody who was erased", async () => {
      const people = [dispatcherLi, { personId: "p-eve", language: "en" as const, phone: "+4915" }];
      const directory = directoryOf(...people);
      const service = serviceOf({ db, clock, directory, targets: [sms("sms", good.url)] });
      await enqueue(db, clock, [notice()]);
      await service.emptyOutbox();
      people.shift();
      const gone = { ...directory, recipient: directoryOf(...people).recipient };
      const later = serviceOf({ db, clock, directory: gone, targets: [sms("sms", good.url)] });
      await later.runOnce();
      expect(good.received.map(({ body }) => JSON.parse(body).text)).toEqual([
        "New ticket T-1 (major): Machine M-1 has a new ticket T-1: please take it up.",
      ]);
      const { items } = await later.deliveries({ state: "dead", limit: 10 });
      expect(items).toMatchObject([{ recipientId: "p-li", attempts: 1 }]);
    });

    test("counts an answer 200 that says no as a failure", async () => {
      const robot = sms("robot", good.url, {
        recipients: "group",
        accept: { field: "errcode", equals: 0 },
      });
      const service = serviceOf({ db, clock, targets: [robot] });
      good.answer = (_one, response) => void response.end('{"errcode":310000,"errmsg":"sign"}');
      await enqueue(db, clock, [notice()]);
      await service.runOnce();
      expect((await service.targets())[0]).toMatchObject({
        state: "failing",
        error: "TARGET_REFUSED: answered errcode = 310000",
      });
      good.answer = (_one, response) => void response.end('{"errcode":0}');
      clock.advance(minute);
      await service.runOnce();
      expect((await service.targets())[0]).toMatchObject({ state: "up", queuedCount: 0 });
    });
  });
});
