import { decodePayload, type Metric } from "@firebreak/wire/sparkplug-payload.ts";
import { expect } from "vitest";
import { type Conversation, edgeId, type Message, machines } from "./conversation.fixture.ts";

/** One assertion, or several that one look decides: the ids stand in the name. */
export interface Row<Judge> {
  readonly name: string;
  readonly check: (judge: Judge) => void;
}

/** Questions to the packets of the gateway. */
export type EdgeJudge = ReturnType<typeof judgeEdge>;

export function judgeEdge(talk: Conversation) {
  const { sessions } = talk.edge;
  const all = sessions.flatMap(({ messages }) => messages);
  const of = (...types: Message["type"][]) => {
    const found = all.filter(({ type }) => types.includes(type));
    expect(found.length).toBeGreaterThan(0);
    return found;
  };
  const metricsOf = (messages: readonly Message[]) =>
    messages.flatMap(({ content }) => content.metrics);
  const named = ({ content }: Pick<Message, "content">, name: string) =>
    content.metrics.find((metric) => metric.name === name);
  const numbered = () =>
    sessions.map(({ messages }) => messages.filter(({ type }) => type !== "NDEATH"));

  /** QoS 0 and not retained. */
  const isPlain = (...types: Message["type"][]) => {
    for (const { qos, isRetained } of of(...types)) expect([qos, isRetained]).toEqual([0, false]);
  };
  /** The time of sending, in UTC: between the beginning and the end of the conversation. */
  const hasTime = (...types: Message["type"][]) => {
    for (const { content, atMs } of of(...types)) {
      expect(content.timestampMs).toBeGreaterThanOrEqual(talk.beganMs);
      expect(content.timestampMs).toBeLessThanOrEqual(atMs);
      expect(atMs - (content.timestampMs ?? 0)).toBeLessThan(10_000);
    }
  };
  const countsOn = (...types: Message["type"][]) => {
    of(...types);
    for (const messages of numbered()) {
      for (const [at, { content, type }] of messages.entries()) {
        const before = messages[at - 1]?.content.seq ?? -1;
        if (!types.includes(type)) continue;
        expect(content.seq).toBe(type === "NBIRTH" ? 0 : (before + 1) % 256);
      }
    }
  };
  const topicIs = (type: Message["type"], ...topics: string[]) => {
    expect([...new Set(of(type).map(({ topic }) => topic))].sort()).toEqual(topics);
  };
  const deviceTopics = (type: string) =>
    machines.map((id) => `spBv1.0/firebreak/${type}/${edgeId}/${id}`);
  /** Between a birth and what follows it: no data before every machine is born. */
  const birthsFirst = (...types: Message["type"][]) => {
    for (const { messages } of sessions) {
      expect(messages[0]?.type).toBe("NBIRTH");
      const afterBirth = messages.slice(1, 1 + machines.length);
      if (messages.length > 1)
        expect(afterBirth.map(({ type }) => type)).toEqual(["DBIRTH", "DBIRTH"]);
    }
    of(...types);
  };
  const bdSeqOf = (payload: Uint8Array) => {
    const { metrics } = decodePayload(payload);
    return metrics.find(({ name }) => name === "bdSeq");
  };
  /** What each metric of a birth is, by alias, at each message. */
  const eachWithBirths = (
    visit: (message: Message, births: Map<number, Metric>, names: Set<string>) => void,
  ) => {
    for (const { messages } of sessions) {
      const aliases = new Map<number, Metric>();
      const names = new Set<string>();
      for (const message of messages) {
        if (message.type === "NBIRTH") {
          aliases.clear();
          names.clear();
        }
        if (message.type.endsWith("BIRTH"))
          for (const metric of message.content.metrics) {
            if (metric.alias !== undefined) aliases.set(metric.alias, metric);
            names.add(metric.name ?? "");
          }
        else visit(message, aliases, names);
      }
    }
  };

  return {
    talk,
    sessions,
    all,
    of,
    metricsOf,
    named,
    numbered,
    isPlain,
    hasTime,
    countsOn,
    topicIs,
    deviceTopics,
    birthsFirst,
    bdSeqOf,
    eachWithBirths,
  };
}
