import { decodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { checkId, parseTopic } from "@firebreak/wire/topics.ts";
import { expect } from "vitest";
import { type EdgeSession, edgeId, machines } from "./conversation.fixture.ts";
import type { EdgeJudge, Row } from "./edge-judge.fixture.ts";
import type { LoggedConnection } from "./packet-log.fixture.ts";

/** Topics, connections, births of the node, rebirths and ends. */
export const edgeSessionRows: readonly Row<EdgeJudge>[] = [
  // Topics and ids
  {
    name: "tck-id-topic-structure tck-id-topic-structure-namespace-a: namespace/group/type/node[/device], spBv1.0",
    check: ({ all }) => {
      for (const { topic } of all)
        expect(topic).toMatch(/^spBv1\.0\/[^/]+\/[ND](BIRTH|DEATH|DATA)\/[^/]+(\/[^/]+)?$/);
    },
  },
  {
    name: "tck-id-topic-structure-namespace-valid-group-id tck-id-topic-structure-namespace-valid-edge-node-id tck-id-topic-structure-namespace-valid-device-id tck-id-intro-group-id-string tck-id-intro-group-id-chars tck-id-intro-edge-node-id-string tck-id-intro-edge-node-id-chars tck-id-intro-device-id-string tck-id-intro-device-id-chars: ids are UTF-8 without +, / and #",
    check: ({ all }) => {
      for (const { topic } of all)
        for (const id of topic.split("/")) expect(checkId(id)).toBeUndefined();
    },
  },
  {
    name: "tck-id-topic-structure-namespace-device-id-associated-message-types tck-id-topic-structure-namespace-device-id-non-associated-message-types: D... messages name a device, N... messages none",
    check: ({ all }) => {
      for (const { type, topic } of all)
        expect(topic.split("/")).toHaveLength(type.startsWith("D") ? 5 : 4);
    },
  },
  {
    name: "tck-id-topic-structure-namespace-unique-device-id: each machine is born once per birth of the node",
    check: ({ sessions }) => {
      for (const { messages } of sessions)
        for (const [at, { type }] of messages.entries())
          if (type === "NBIRTH") {
            const born = messages
              .slice(at + 1, at + 1 + machines.length)
              .map(({ device }) => device);
            expect(born.toSorted()).toEqual(machines);
          }
    },
  },
  {
    name: "tck-id-topics-nbirth-topic tck-id-message-flow-edge-node-birth-publish-nbirth-topic",
    check: ({ topicIs }) => topicIs("NBIRTH", `spBv1.0/firebreak/NBIRTH/${edgeId}`),
  },
  {
    name: "tck-id-topics-ndata-topic",
    check: ({ topicIs }) => topicIs("NDATA", `spBv1.0/firebreak/NDATA/${edgeId}`),
  },
  {
    name: "tck-id-topics-ndeath-topic",
    check: ({ topicIs }) => topicIs("NDEATH", `spBv1.0/firebreak/NDEATH/${edgeId}`),
  },
  {
    name: "tck-id-topics-dbirth-topic tck-id-message-flow-device-birth-publish-dbirth-topic tck-id-message-flow-device-birth-publish-dbirth-match-edge-node-topic",
    check: ({ topicIs, deviceTopics }) => topicIs("DBIRTH", ...deviceTopics("DBIRTH")),
  },
  {
    name: "tck-id-topics-ddata-topic",
    check: ({ topicIs, deviceTopics }) => topicIs("DDATA", ...deviceTopics("DDATA")),
  },

  // CONNECT
  {
    name: "tck-id-principles-persistence-clean-session-311: MQTT 3.1.1 with clean session",
    check: ({ sessions }) => {
      for (const { connection } of sessions)
        expect(connection.packets[0]?.packet).toMatchObject({
          kind: "connect",
          level: 4,
          isClean: true,
        });
    },
  },
  {
    name: "tck-id-message-flow-edge-node-birth-publish-will-message tck-id-message-flow-edge-node-birth-publish-will-message-topic tck-id-payloads-ndeath-will-message: every CONNECT has NDEATH as its will",
    check: ({ talk, sessions }) => {
      expect(sessions).toHaveLength(talk.edge.connections.length);
      for (const { will } of sessions)
        expect(will.topic).toBe(`spBv1.0/firebreak/NDEATH/${edgeId}`);
    },
  },
  {
    name: "tck-id-message-flow-edge-node-birth-publish-will-message-qos tck-id-payloads-ndeath-will-message-qos tck-id-message-flow-edge-node-birth-publish-will-message-will-retained tck-id-payloads-ndeath-will-message-retain: QoS 1, not retained",
    check: ({ sessions }) => {
      for (const { will } of sessions) expect([will.qos, will.isRetained]).toEqual([1, false]);
    },
  },
  {
    name: "tck-id-message-flow-edge-node-birth-publish-will-message-payload tck-id-topics-ndeath-payload tck-id-topics-ndeath-seq tck-id-payloads-ndeath-seq: a Sparkplug payload of bdSeq alone, without seq",
    check: ({ sessions, of }) => {
      const deaths = [...sessions.map(({ will }) => will), ...of("NDEATH")];
      for (const { payload } of deaths) {
        const { seq, metrics } = decodePayload(payload);
        expect(seq).toBeUndefined();
        expect(metrics.map(({ name }) => name)).toEqual(["bdSeq"]);
      }
    },
  },
  {
    name: "tck-id-message-flow-edge-node-birth-publish-will-message-payload-bdSeq tck-id-topics-nbirth-bdseq-increment: INT64, from 0, one more for each CONNECT",
    check: ({ sessions, bdSeqOf }) => {
      const said = sessions.map(({ will }) => bdSeqOf(will.payload));
      expect(said.map((metric) => [metric?.datatype, metric?.value])).toEqual(
        said.map((_, at) => [4, at]),
      );
    },
  },
  {
    name: "tck-id-topics-nbirth-bdseq-included tck-id-topics-nbirth-bdseq-matching tck-id-payloads-nbirth-bdseq tck-id-payloads-nbirth-bdseq-repeat tck-id-message-flow-edge-node-birth-publish-nbirth-payload-bdSeq tck-id-payloads-ndeath-bdseq tck-id-operational-behavior-data-commands-rebirth-action-3: every birth of a connection has the bdSeq of its will, rebirths too",
    check: ({ sessions, named, bdSeqOf }) => {
      for (const { will, births, messages } of sessions) {
        const expected = bdSeqOf(will.payload)?.value;
        for (const birth of births)
          expect(named(birth, "bdSeq")).toMatchObject({ datatype: 4, value: expected });
        for (const { type, payload } of messages)
          if (type === "NDEATH") expect(bdSeqOf(payload)?.value).toBe(expected);
      }
      expect(Math.max(...sessions.map(({ births }) => births.length))).toBeGreaterThan(1);
    },
  },
  {
    name: "tck-id-message-flow-edge-node-ncmd-subscribe: its NCMD with QoS 1, before the birth",
    check: ({ sessions }) => {
      for (const { connection } of sessions) {
        const kinds = connection.packets
          .filter(({ from }) => from === "client")
          .map(({ packet }) => packet);
        const [subscribe] = kinds.filter(({ kind }) => kind === "subscribe");
        const filters = subscribe?.kind === "subscribe" ? subscribe.filters : [];
        expect(filters).toContainEqual({ topic: `spBv1.0/firebreak/NCMD/${edgeId}`, qos: 1 });
        expect(kinds.findIndex(({ kind }) => kind === "subscribe")).toBeLessThan(
          kinds.findIndex(({ kind }) => kind === "publish"),
        );
      }
    },
  },
  {
    name: "tck-id-message-flow-edge-node-birth-publish-connect tck-id-principles-birth-certificates-order: nothing is published before CONNACK, and NBIRTH first",
    check: ({ sessions }) => {
      for (const { connection, messages } of sessions) {
        const kinds = connection.packets.map(({ packet: { kind } }) => kind);
        expect(kinds.indexOf("connack")).toBeLessThan(kinds.indexOf("publish"));
        expect(messages[0]?.type).toBe("NBIRTH");
      }
    },
  },
  {
    name: "tck-id-operational-behavior-primary-application-state-with-multiple-servers-single-server: one connection at a time",
    check: ({ talk }) => {
      for (const [at, { openedMs }] of talk.edge.connections.entries())
        if (at > 0) expect(talk.edge.connections[at - 1]?.closedMs).toBeLessThanOrEqual(openedMs);
    },
  },

  // NBIRTH
  {
    name: "tck-id-topics-nbirth-mqtt tck-id-payloads-nbirth-qos tck-id-payloads-nbirth-retain tck-id-message-flow-edge-node-birth-publish-nbirth-qos tck-id-message-flow-edge-node-birth-publish-nbirth-retained",
    check: ({ isPlain }) => isPlain("NBIRTH"),
  },
  {
    name: "tck-id-topics-nbirth-seq-num tck-id-payloads-nbirth-seq tck-id-payloads-sequence-num-req-nbirth tck-id-message-flow-edge-node-birth-publish-nbirth-payload-seq: seq is 0",
    check: ({ countsOn }) => countsOn("NBIRTH"),
  },
  {
    name: "tck-id-topics-nbirth-timestamp tck-id-payloads-nbirth-timestamp tck-id-message-flow-edge-node-birth-publish-nbirth-payload",
    check: ({ hasTime }) => hasTime("NBIRTH"),
  },
  {
    name: "tck-id-topics-nbirth-metric-reqs tck-id-operational-behavior-data-publish-nbirth: whatever NDATA reports has been in the birth",
    check: ({ eachWithBirths }) =>
      eachWithBirths(({ type, content }, births, names) => {
        if (type === "NDATA")
          for (const { name, alias } of content.metrics)
            expect(alias === undefined ? names.has(name ?? "") : births.has(alias)).toBe(true);
      }),
  },
  {
    name: "tck-id-topics-nbirth-rebirth-metric tck-id-payloads-nbirth-rebirth-req tck-id-operational-behavior-data-commands-rebirth-name tck-id-operational-behavior-data-commands-rebirth-name-aliases tck-id-operational-behavior-data-commands-rebirth-datatype tck-id-operational-behavior-data-commands-rebirth-value: Node Control/Rebirth, Boolean, false, without alias",
    check: ({ of, named }) => {
      for (const birth of of("NBIRTH")) {
        const metric = named(birth, "Node Control/Rebirth");
        expect([metric?.datatype, metric?.value, metric?.alias]).toEqual([11, false, undefined]);
      }
    },
  },

  // Rebirth and ends
  {
    name: "tck-id-operational-behavior-data-commands-rebirth-action-1 tck-id-operational-behavior-data-commands-rebirth-action-2: after a request no data come before the whole birth",
    check: ({ talk, sessions, named }) => {
      const [asked] = talk.commands.filter((command) => named(command, "Node Control/Rebirth"));
      const atMs = asked?.atMs ?? 0;
      const { messages } = sessions.find(({ births }) => births.length > 1) as EdgeSession;
      const birthAt = messages.findIndex(({ type, atMs: at }) => type === "NBIRTH" && at >= atMs);
      expect(birthAt).toBeGreaterThan(0);
      expect(messages.slice(birthAt, birthAt + 3).map(({ type }) => type)).toEqual([
        "NBIRTH",
        "DBIRTH",
        "DBIRTH",
      ]);
      // A birth follows at most one a second behind the one before.
      expect((messages[birthAt]?.atMs ?? 0) - atMs).toBeLessThan(10_000);
    },
  },
  {
    name: "tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath tck-id-operational-behavior-edge-node-intentional-disconnect-packet tck-id-payloads-ndeath-will-message-publisher tck-id-payloads-ndeath-will-message-publisher-disconnect-mqtt311: NDEATH, then DISCONNECT",
    check: ({ sessions }) => {
      const last =
        sessions.at(-1)?.connection.packets.filter(({ from }) => from === "client") ?? [];
      const end = last.map(({ packet }) =>
        packet.kind === "publish" ? (parseTopic(packet.sent.topic)?.type ?? "") : packet.kind,
      );
      expect(end.at(-1)).toBe("disconnect");
      expect(end.filter((kind) => kind !== "other").at(-2)).toBe("NDEATH");
    },
  },
  {
    name: "tck-id-operational-behavior-primary-application-state-with-multiple-servers-state-subs tck-id-message-flow-edge-node-birth-publish-phid-wait-id: it listens to the STATE of its own hub and of no other",
    check: ({ sessions }) => {
      for (const { connection } of sessions)
        expect(subscribed(connection).filter((topic) => topic.includes("STATE"))).toEqual([
          "spBv1.0/STATE/firebreak-hub",
        ]);
    },
  },
];

const subscribed = ({ packets }: LoggedConnection): string[] =>
  packets.flatMap(({ packet }) =>
    packet.kind === "subscribe" ? packet.filters.map(({ topic }) => topic) : [],
  );
