import { expect } from "vitest";
import { type Conversation, edgeId, messagesOf } from "./conversation.fixture.ts";
import type { Row } from "./edge-judge.fixture.ts";
import type { LoggedConnection, LoggedPacket, Packet, Sent } from "./packet-log.fixture.ts";

const stateTopic = "spBv1.0/STATE/firebreak-hub";

const sentBy = ({ packets }: LoggedConnection): LoggedPacket[] =>
  packets.filter(({ from }) => from === "client");
const willOf = (connection: LoggedConnection): Sent => {
  const first = connection.packets[0]?.packet;
  if (first?.kind !== "connect" || first.will === undefined)
    throw new Error("a CONNECT without a will");
  return first.will;
};
const statesOf = (connection: LoggedConnection): Sent[] =>
  sentBy(connection).flatMap(({ packet }) =>
    packet.kind === "publish" && packet.sent.topic === stateTopic ? [packet.sent] : [],
  );
const parse = ({ payload }: Sent) =>
  JSON.parse(payload.toString("utf8")) as { online: unknown; timestamp: unknown };
const birthOf = (connection: LoggedConnection): Sent => statesOf(connection)[0] as Sent;
const indexOf = (connection: LoggedConnection, is: (packet: Packet) => boolean): number =>
  connection.packets.findIndex(({ packet }) => is(packet));
const isState = (packet: Packet) => packet.kind === "publish" && packet.sent.topic === stateTopic;

/** For each connection of the hub. */
const each = (talk: Conversation, check: (connection: LoggedConnection) => void) => {
  const opened = talk.host.connections.filter(({ packets }) =>
    packets.some(({ packet }) => packet.kind === "connack"),
  );
  expect(opened.length).toBeGreaterThanOrEqual(2);
  for (const connection of opened) check(connection);
};
/** What the hub said as it left. */
const goodbye = ({ host }: Conversation) => {
  const last = host.connections.at(-1) as LoggedConnection;
  const packets = sentBy(last).map(({ packet }) => packet);
  const saidAt = packets.findLastIndex(isState);
  return { said: statesOf(last).at(-1) as Sent, after: packets.slice(saidAt + 1), last };
};
const commandsOf = (talk: Conversation) => {
  expect(talk.commands.length).toBeGreaterThan(0);
  return talk.commands;
};
const rebirths = (talk: Conversation) =>
  commandsOf(talk).flatMap(({ content, ...command }) =>
    content.metrics
      .filter(({ name }) => name === "Node Control/Rebirth")
      .map((metric) => ({ ...command, metric })),
  );

/** Our hub as a host application. */
export const hostRows: readonly Row<Conversation>[] = [
  {
    name: "tck-id-conformance-primary-host tck-id-intro-sparkplug-host-state tck-id-components-ph-state: it says by STATE that it is online and that it is not",
    check: (talk) => {
      each(talk, (connection) => expect(parse(birthOf(connection)).online).toBe(true));
      expect(parse(goodbye(talk).said).online).toBe(false);
    },
  },
  {
    name: "tck-id-host-topic-phid-death-required tck-id-payloads-state-will-message tck-id-operational-behavior-host-application-connect-will: every CONNECT has a will",
    check: (talk) =>
      each(talk, (connection) => expect(willOf(connection).payload.length).toBeGreaterThan(0)),
  },
  {
    name: "tck-id-host-topic-phid-death-topic tck-id-operational-behavior-host-application-connect-will-topic tck-id-operational-behavior-host-application-death-topic: on spBv1.0/STATE/<host id>",
    check: (talk) => {
      each(talk, (connection) => expect(willOf(connection).topic).toBe(stateTopic));
      expect(goodbye(talk).said.topic).toBe(stateTopic);
    },
  },
  {
    name: "tck-id-host-topic-phid-death-qos tck-id-payloads-state-will-message-qos tck-id-operational-behavior-host-application-connect-will-qos tck-id-operational-behavior-host-application-death-qos: QoS 1",
    check: (talk) => {
      each(talk, (connection) => expect(willOf(connection).qos).toBe(1));
      expect(goodbye(talk).said.qos).toBe(1);
    },
  },
  {
    name: "tck-id-host-topic-phid-death-retain tck-id-payloads-state-will-message-retain tck-id-operational-behavior-host-application-connect-will-retained tck-id-operational-behavior-host-application-death-retained: retained",
    check: (talk) => {
      each(talk, (connection) => expect(willOf(connection).isRetained).toBe(true));
      expect(goodbye(talk).said.isRetained).toBe(true);
    },
  },
  {
    name: "tck-id-host-topic-phid-death-payload tck-id-payloads-state-will-message-payload tck-id-operational-behavior-host-application-connect-will-payload tck-id-operational-behavior-host-application-death-payload: JSON of online false and a time, nothing else",
    check: (talk) =>
      each(talk, (connection) =>
        expect(parse(willOf(connection))).toEqual({ online: false, timestamp: expect.any(Number) }),
      ),
  },
  {
    name: "tck-id-host-topic-phid-death-payload-timestamp-connect: the time of the will is that of CONNECT",
    check: (talk) =>
      each(talk, (connection) => {
        const atMs = connection.packets[0]?.atMs ?? 0;
        const { timestamp } = parse(willOf(connection));
        expect(Math.abs(atMs - Number(timestamp))).toBeLessThan(10_000);
      }),
  },
  {
    name: "tck-id-message-flow-phid-sparkplug-clean-session-311: MQTT 3.1.1 with clean session",
    check: (talk) =>
      each(talk, ({ packets }) =>
        expect(packets[0]?.packet).toMatchObject({ kind: "connect", level: 4, isClean: true }),
      ),
  },
  {
    name: "tck-id-host-topic-phid-birth-sub-required tck-id-message-flow-phid-sparkplug-subscription tck-id-payloads-state-subscribe: it subscribes to the namespace and to its own STATE, before it says anything",
    check: (talk) =>
      each(talk, (connection) => {
        const subscribed = connection.packets.flatMap(({ packet }) =>
          packet.kind === "subscribe" ? packet.filters.map(({ topic }) => topic) : [],
        );
        expect(subscribed).toEqual(expect.arrayContaining([stateTopic, "spBv1.0/firebreak/#"]));
        const at = indexOf(connection, ({ kind }) => kind === "subscribe");
        const isSaid = (packet: Packet) =>
          packet.kind === "publish" &&
          connection.packets.some((one) => one.packet === packet && one.from === "client");
        expect(at).toBeLessThan(indexOf(connection, isSaid));
      }),
  },
  {
    name: "tck-id-host-topic-phid-birth-message tck-id-host-topic-phid-birth-required tck-id-message-flow-phid-sparkplug-state-publish tck-id-payloads-state-birth tck-id-operational-behavior-host-application-connect-birth tck-id-operational-behavior-primary-application-state-with-multiple-servers-state: the first message of every session is its STATE",
    check: (talk) =>
      each(talk, (connection) => {
        const [first] = sentBy(connection).filter(({ packet }) => packet.kind === "publish");
        expect(first && isState(first.packet)).toBe(true);
      }),
  },
  {
    name: "tck-id-host-topic-phid-birth-topic tck-id-operational-behavior-host-application-connect-birth-topic: on spBv1.0/STATE/<host id>",
    check: (talk) => each(talk, (connection) => expect(birthOf(connection).topic).toBe(stateTopic)),
  },
  {
    name: "tck-id-host-topic-phid-birth-qos tck-id-operational-behavior-host-application-connect-birth-qos: QoS 1",
    check: (talk) => each(talk, (connection) => expect(birthOf(connection).qos).toBe(1)),
  },
  {
    name: "tck-id-host-topic-phid-birth-retain tck-id-operational-behavior-host-application-connect-birth-retained: retained",
    check: (talk) => each(talk, (connection) => expect(birthOf(connection).isRetained).toBe(true)),
  },
  {
    name: "tck-id-host-topic-phid-birth-payload tck-id-host-topic-phid-birth-payload-timestamp tck-id-message-flow-phid-sparkplug-state-publish-payload tck-id-message-flow-phid-sparkplug-state-publish-payload-timestamp tck-id-payloads-state-birth-payload tck-id-operational-behavior-host-application-connect-birth-payload: JSON of online true and the time of its own will, nothing else",
    check: (talk) =>
      each(talk, (connection) =>
        expect(parse(birthOf(connection))).toEqual({
          online: true,
          timestamp: parse(willOf(connection)).timestamp,
        }),
      ),
  },
  {
    name: "tck-id-operational-behavior-host-application-termination tck-id-operational-behavior-host-application-disconnect-intentional tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean tck-id-host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet: it says with the time of now that it leaves, then DISCONNECT",
    check: (talk) => {
      const { said, after, last } = goodbye(talk);
      const { online, timestamp } = parse(said);
      expect(online).toBe(false);
      expect(Number(timestamp)).toBeGreaterThan(Number(parse(willOf(last)).timestamp));
      expect(Math.abs((last.closedMs ?? 0) - Number(timestamp))).toBeLessThan(10_000);
      expect(after.map(({ kind }) => kind).filter((kind) => kind !== "other")).toEqual([
        "disconnect",
      ]);
    },
  },
  {
    name: "tck-id-topics-ncmd-topic tck-id-operational-behavior-data-commands-ncmd-verb: commands to a node are NCMD on its topic",
    check: (talk) => {
      for (const { type, topic } of commandsOf(talk))
        expect([type, topic]).toEqual(["NCMD", `spBv1.0/firebreak/NCMD/${edgeId}`]);
    },
  },
  {
    name: "tck-id-topics-ncmd-mqtt tck-id-payloads-ncmd-qos tck-id-payloads-ncmd-retain: QoS 0, not retained",
    check: (talk) => {
      for (const { qos, isRetained } of commandsOf(talk))
        expect([qos, isRetained]).toEqual([0, false]);
    },
  },
  {
    name: "tck-id-topics-ncmd-timestamp tck-id-payloads-ncmd-timestamp tck-id-payloads-name-cmd-requirement: with the time of sending, of the payload and of each metric",
    check: (talk) => {
      for (const { content, atMs } of commandsOf(talk))
        for (const timestampMs of [
          content.timestampMs,
          ...content.metrics.map((metric) => metric.timestampMs),
        ])
          expect(Math.abs(atMs - (timestampMs ?? 0))).toBeLessThan(10_000);
    },
  },
  {
    name: "tck-id-payloads-ncmd-seq: without seq",
    check: (talk) => {
      for (const { content } of commandsOf(talk)) expect(content.seq).toBeUndefined();
    },
  },
  {
    name: "tck-id-topics-ncmd-payload tck-id-operational-behavior-data-commands-ncmd-metric-name tck-id-operational-behavior-data-commands-ncmd-metric-value: metrics that the birth of the node named, with values of their type",
    check: (talk) => {
      const births = talk.edge.connections
        .flatMap((connection) => messagesOf(connection, "client"))
        .filter(({ type }) => type === "NBIRTH");
      const types = new Map(
        births[0]?.content.metrics.map(({ name, datatype }) => [name, datatype]),
      );
      for (const { content } of commandsOf(talk)) {
        expect(content.metrics.length).toBeGreaterThan(0);
        for (const { name, datatype, value } of content.metrics) {
          expect(types.get(name)).toBe(datatype);
          expect(typeof value).toBe(datatype === 11 ? "boolean" : "string");
        }
      }
    },
  },
  {
    name: "tck-id-operational-behavior-data-commands-ncmd-rebirth-verb tck-id-operational-behavior-data-commands-ncmd-rebirth-name tck-id-operational-behavior-data-commands-ncmd-rebirth-value: a rebirth is asked for by NCMD with Node Control/Rebirth true",
    check: (talk) => {
      expect(rebirths(talk).length).toBeGreaterThan(0);
      for (const { type, metric } of rebirths(talk))
        expect([type, metric.datatype, metric.value]).toEqual(["NCMD", 11, true]);
    },
  },
];
