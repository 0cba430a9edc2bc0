import { beforeAll, describe, expect, test } from "vitest";
import { hasMosquitto } from "../mosquitto.fixture.ts";
import { type Conversation, haveConversation } from "./conversation.fixture.ts";
import { judgeEdge } from "./edge-judge.fixture.ts";
import { edgePayloadRows } from "./edge-payload-rows.fixture.ts";
import { edgeSessionRows } from "./edge-session-rows.fixture.ts";
import { hostRows } from "./host-rows.fixture.ts";

/** What a real gateway and a real hub say to each other at a real broker, packet by packet. */
describe.skipIf(!hasMosquitto())("our gateway and our hub at a Mosquitto", () => {
  let talk: Conversation;
  beforeAll(async () => {
    talk = await haveConversation();
  });

  test("the conversation held what is to be judged: births, a lost line of each, more than 256 messages", () => {
    const { sessions, of, numbered } = judgeEdge(talk);
    expect(sessions.length).toBeGreaterThanOrEqual(2);
    expect(talk.host.connections.length).toBeGreaterThanOrEqual(2);
    expect(of("NBIRTH").length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...numbered().map(({ length }) => length))).toBeGreaterThan(256);
    for (const type of ["DBIRTH", "DDATA", "NDATA", "NDEATH"] as const) of(type);
  });

  for (const { name, check } of [...edgeSessionRows, ...edgePayloadRows])
    test(name, () => check(judgeEdge(talk)));

  for (const { name, check } of hostRows) test(name, () => check(talk));
});
