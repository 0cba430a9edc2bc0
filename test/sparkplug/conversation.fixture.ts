import { type Gateway, startGateway } from "@firebreak/gateway/main.ts";
import { type Ingest, startIngest } from "@firebreak/ingest/start-ingest.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { decodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Payload } from "@firebreak/wire/sparkplug-types.ts";
import { type MessageType, parseTopic } from "@firebreak/wire/topics.ts";
import { HandFedSource, tractorPlan } from "../../gateway/test-source.fixture.ts";
import { until } from "../../ingest/fake-gateway.fixture.ts";
import { Mosquitto } from "../mosquitto.fixture.ts";
import { temporaryFolder } from "../product.fixture.ts";
import {
  type LoggedConnection,
  type LoggedPacket,
  PacketLog,
  type Sent,
} from "./packet-log.fixture.ts";

/** A Sparkplug message of a node, as it went over the line. */
export interface Message extends Sent {
  readonly type: MessageType;
  readonly device: string | undefined;
  readonly atMs: number;
  readonly content: Payload;
}

/** One connection of the gateway. */
export interface EdgeSession {
  readonly connection: LoggedConnection;
  readonly will: Sent;
  /** In order of sending. */
  readonly messages: readonly Message[];
  readonly births: readonly Message[];
}

/** Everything our gateway and our hub said to a Mosquitto, from the first packet to the last. */
export interface Conversation {
  readonly beganMs: number;
  readonly endedMs: number;
  readonly edge: {
    readonly connections: readonly LoggedConnection[];
    readonly sessions: readonly EdgeSession[];
  };
  readonly host: { readonly connections: readonly LoggedConnection[] };
  /** Commands of the hub. */
  readonly commands: readonly Message[];
}

export const edgeId = "gw-1";
export const machines = ["M-1", "M-2"] as const;

/**
 * A gateway with two machines and a hub at a real broker: births, more than 256 messages, a lost message and the
 * rebirth it leads to, a cut line of each, and both ends.
 */
export async function haveConversation(): Promise<Conversation> {
  const beganMs = Date.now();
  const broker = await Mosquitto.start();
  const [edge, host] = [await PacketLog.start(broker.port), await PacketLog.start(broker.port)];
  const ingest = await startIngest({
    dataFolder: temporaryFolder("conversation-hub"),
    storeId: "store-of-conversation",
    host: "127.0.0.1",
    mqttPort: 0,
    broker: { url: host.url },
    sparkplug: { reorderTimeoutMs: 100 },
    log: silentLogger,
  });
  await until("the hub to be connected", () => ingest.ready());
  const sources = machines.map(() => new HandFedSource());
  let vouchForClock = (_isSynchronized: boolean) => {};
  const vouched = new Promise<boolean>((resolve) => {
    vouchForClock = resolve;
  });
  const gateway = await startGateway({
    gatewayId: edgeId,
    hub: { url: edge.url },
    spoolFolder: temporaryFolder("conversation-gateway"),
    machines: machines.map((machineId, at) => ({
      machineId,
      plan: tractorPlan,
      sources: () => [sources[at] as HandFedSource],
    })),
    batchAgeMs: 5,
    syncIntervalMs: 5,
    healthLookMs: 100,
    isNtpSynchronized: () => vouched,
    reconnect: { minMs: 20, capMs: 100 },
    log: silentLogger,
  });
  await talk({ edge, host, ingest, gateway, sources, vouchForClock });
  await gateway.stop();
  await ingest.stop();
  await edge.close();
  await host.close();
  await broker.kill();
  const sessions = edge.connections.flatMap(sessionOf);
  return {
    beganMs,
    endedMs: Date.now(),
    edge: { connections: edge.connections, sessions },
    host: { connections: host.connections },
    commands: host.connections.flatMap((connection) => messagesOf(connection, "client")),
  };
}

interface Talk {
  readonly edge: PacketLog;
  readonly host: PacketLog;
  readonly ingest: Ingest;
  readonly gateway: Gateway;
  readonly sources: readonly HandFedSource[];
  /** Changes the state of the gateway's health: something to say in NDATA. */
  readonly vouchForClock: (isSynchronized: boolean) => void;
}

async function talk({ edge, host, ingest, gateway, sources, vouchForClock }: Talk): Promise<void> {
  const isSending = () => gateway.status().link.link === "sending";
  const node = () => ingest.status().gateways.find(({ gatewayId }) => gatewayId === edgeId);
  const give = async (rounds: number) => {
    for (let round = 0; round < rounds; round++) {
      for (const source of sources) source.give(1);
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
  };
  await until("a session", isSending);
  vouchForClock(true);
  await until("messages enough", async () => {
    await give(20);
    return sent(edge.connections) > 300 && hasNodeData(edge.connections);
  });
  edge.losesNext = "/DDATA/";
  await give(4);
  await until("a rebirth", () => (node()?.births ?? 0) >= 2);
  await give(3);
  edge.cut();
  await until("the gateway to be back", () => (node()?.births ?? 0) >= 3 && isSending());
  await give(3);
  host.cut();
  await give(3);
  await until(
    "the hub to be back",
    () => ingest.ready() && node()?.isOnline === true && isSending(),
  );
  await give(3);
  await gateway.drained();
}

const sent = (connections: readonly LoggedConnection[]): number =>
  connections
    .flatMap(({ packets }) => packets)
    .filter(({ packet, from }) => from === "client" && packet.kind === "publish").length;

const hasNodeData = (connections: readonly LoggedConnection[]): boolean =>
  connections.some((one) => messagesOf(one, "client").some(({ type }) => type === "NDATA"));

function sessionOf(connection: LoggedConnection): EdgeSession[] {
  const first = connection.packets[0]?.packet;
  if (first?.kind !== "connect" || first.will === undefined) return [];
  const messages = messagesOf(connection, "client");
  const births = messages.filter(({ type }) => type === "NBIRTH");
  return [{ connection, will: first.will, messages, births }];
}

export function messagesOf({ packets }: LoggedConnection, from: LoggedPacket["from"]): Message[] {
  return packets.flatMap((logged) => {
    if (logged.from !== from || logged.packet.kind !== "publish") return [];
    const { sent: one } = logged.packet;
    const topic = parseTopic(one.topic);
    if (!topic || topic.type === "STATE") return [];
    const { type, device } = topic;
    return [{ ...one, type, device, atMs: logged.atMs, content: decodePayload(one.payload) }];
  });
}
