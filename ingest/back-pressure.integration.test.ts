import { createServer, type Server, type Socket } from "node:net";
import { stateTopic } from "@firebreak/wire/topics.ts";
import { Aedes } from "aedes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { quietPort } from "../test/quiet-port.fixture.ts";
import { startFakeGateway, until } from "./fake-gateway.fixture.ts";
import { enrolledGateway, startTestIngest, temporaryFolder } from "./ingest.fixture.ts";

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe("a journal that is full", () => {
  test("acknowledges nothing more, and goes on when a consumer lets go", async () => {
    const ingest = await startTestIngest(folder.path, { journal: { maxBytes: 512 * 1024 } });
    let stuckAt = 0;
    ingest.journal.addConsumer("stuck", () => stuckAt);
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    one.produce(300, 200);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    link.sendDue();
    await until("full", () => !ingest.ready());
    await until("deferred", () => ingest.status().feed.deferred > 0);
    const settled = one.spool.acknowledged.through;
    expect(settled).toBeLessThan(300);
    expect(one.spool.acknowledged.highest).toBeLessThan(300);

    stuckAt = Number.MAX_SAFE_INTEGER;
    await until("room again", () => ingest.ready(), 30_000);
    await until(
      "all acknowledged",
      () => {
        link.sendDue();
        return one.spool.acknowledged.through === 300;
      },
      60_000,
    );
    await ingest.store.caughtUp();
    const { produced, stored, lost } = await ingest.ledger.of("m-1");
    expect([stored, lost]).toEqual([produced, 0]);
    await link.close();
    await ingest.stop();
  });
});

describe("an external broker", () => {
  let server: Server;
  const sockets = new Set<Socket>();
  const listen = async (port: number) => {
    const broker = await Aedes.createBroker();
    server = createServer((socket) => {
      sockets.add(socket);
      broker.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return broker;
  };
  const stopServer = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  };

  test("C2: may lose everything it knows: the hub comes back and takes what is sent again", async () => {
    const port = await quietPort();
    await listen(port);
    const url = `mqtt://127.0.0.1:${port}`;
    const ingest = await startTestIngest(folder.path, { broker: { url } });
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    one.produce(5);
    const first = await startFakeGateway(one.spool, { url, password: "any" });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    await stopServer();
    await until("offline", () => ingest.live.machine("m-1")?.isOnline === false);
    expect(ingest.ready()).toBe(false);
    await first.close();

    await listen(port);
    const second = await startFakeGateway(one.spool, { url, password: "any" });
    await until("back", () => ingest.live.machine("m-1")?.isOnline === true, 60_000);
    second.sendDue();
    await until("acknowledged", () => one.spool.acknowledged.through === 5);
    await second.close();
    await ingest.stop();
    await stopServer();
  });

  test("tck-id-message-flow-hid-sparkplug-state-message-delivered: hears the hub say online again, and with a newer stamp where its own was outbid", async () => {
    const port = await quietPort();
    const broker = await listen(port);
    const url = `mqtt://127.0.0.1:${port}`;
    const states: { online: boolean; timestamp: number }[] = [];
    broker.on("publish", ({ topic, payload }) => {
      if (topic === stateTopic) states.push(JSON.parse(payload.toString()));
    });
    const ingest = await startTestIngest(folder.path, { broker: { url } });
    await until("said once", () => states.length === 1);
    const say = (timestamp: number) => {
      const payload = Buffer.from(JSON.stringify({ online: false, timestamp }));
      const packet = {
        cmd: "publish",
        topic: stateTopic,
        payload,
        qos: 1,
        retain: true,
        dup: false,
      };
      broker.publish(packet as Parameters<typeof broker.publish>[0], () => {});
    };
    const stamp = states[0]?.timestamp ?? 0;
    say(stamp - 60_000);
    await until("said again", () => states.length === 3);
    expect(states.at(-1)).toEqual({ online: true, timestamp: stamp });

    const outbid = Date.now() + 60_000;
    say(outbid);
    await until("outbid", () =>
      states.some(({ online, timestamp }) => online && timestamp > outbid),
    );
    expect(states[4]).toEqual({ online: true, timestamp: stamp });
    await ingest.stop();
    expect(states.at(-1)?.online).toBe(false);
    await stopServer();
  });
});
