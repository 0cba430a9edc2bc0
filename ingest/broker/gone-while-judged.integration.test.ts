import { once } from "node:events";
import { connect } from "node:net";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { generate } from "mqtt-packet";
import { expect, test } from "vitest";
import { until } from "../fake-gateway.fixture.ts";
import { createAudit } from "./audit.ts";
import { startEmbeddedBroker } from "./embedded-broker.ts";

const credential = { gatewayId: "gw-1", machines: ["m-1"], salt: "", hash: "", createdAt: "" };

test("a gateway whose line breaks while its password is hashed is not counted as being there", async () => {
  const judging: ((isRight: boolean) => void)[] = [];
  const admitted: string[] = [];
  const broker = await startEmbeddedBroker({
    ...{ host: "127.0.0.1", port: 0, clock: systemClock, log: silentLogger },
    audit: createAudit(systemClock),
    credentials: {
      find: async () => credential,
      verify: () => new Promise((answer) => judging.push(answer)),
    },
    onAdmit: (gatewayId) => admitted.push(gatewayId),
  });
  const come = async () => {
    const socket = connect(broker.port, "127.0.0.1");
    await once(socket, "connect");
    const who = { clientId: "gw-1", username: "gw-1", password: Buffer.from("any") };
    const packet = { cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true } as const;
    socket.write(generate({ ...packet, keepalive: 20, ...who }));
    return socket;
  };
  try {
    const gone = await come();
    await until("its password is looked at", () => judging.length === 1);
    gone.resetAndDestroy();
    await until("its line is closed", () => broker.connections === 0);
    judging[0]?.(true);
    // Whoever comes after is judged after, so what became of the first is known by then.
    const there = await come();
    await until("the next one's too", () => judging.length === 2);
    expect([admitted, [...broker.online]]).toEqual([[], []]);
    judging[1]?.(true);
    await until("it is in", () => broker.online.has("gw-1"));
    expect(admitted).toEqual(["gw-1"]);
    there.destroy();
    await until("it is out", () => broker.online.size === 0);
  } finally {
    await broker.close();
  }
});
