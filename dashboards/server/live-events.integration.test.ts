import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

interface Heard {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

let seeded: Awaited<ReturnType<typeof seededPorts>>;
let app: FastifyInstance;
let url: string;
beforeEach(async () => {
  seeded = await seededPorts();
  app = createServer(seeded.ports);
  url = await app.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(() => app.close());

/** Listens until `isEnough` of what was heard. */
async function listen(query: string, isEnough: (heard: Heard[]) => boolean, headers = {}) {
  const abort = new AbortController();
  const reply = await fetch(`${url}/api/v1/events${query}`, {
    headers: { authorization: `Bearer ${tokenOf("viewer")}`, ...headers },
    signal: abort.signal,
  });
  expect(reply.headers.get("content-type")).toContain("text/event-stream");
  const heard: Heard[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of reply.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    heard.push(...blocks.map(toHeard));
    if (isEnough(heard)) break;
  }
  abort.abort();
  return heard;
}

function toHeard(block: string): Heard {
  const fields = new Map(
    block.split("\n").map((line) => {
      const at = line.indexOf(": ");
      return [line.slice(0, at), line.slice(at + 2)] as const;
    }),
  );
  const data = JSON.parse(fields.get("data") ?? "{}");
  return { id: fields.get("id"), event: fields.get("event") ?? "", data };
}

const acknowledge = () =>
  seeded.ports.tickets.acknowledge({
    ticketId: "T-1001",
    actor: { kind: "person", id: "somebody" },
    commandId: "c-1",
  });
const has = (event: string) => (heard: Heard[]) => heard.some((one) => one.event === event);
/** Does something as soon as the line is open: before, nobody would be told of it. */
function onceOpen(act: () => void, isEnough: (heard: Heard[]) => boolean) {
  let isOpen = false;
  return (heard: Heard[]) => {
    if (!isOpen && has("status")(heard)) {
      isOpen = true;
      act();
    }
    return isEnough(heard);
  };
}

test("tells machines, tickets, live values and the state of the hub", async () => {
  const names = ["status", "signals", "ticket", "machine"];
  const stir = () => {
    seeded.touch("JD5055E-1");
    void acknowledge();
  };
  const isEnough = (heard: Heard[]) => names.every((name) => has(name)(heard));
  const heard = await listen("?machine=JD5055E-1", onceOpen(stir, isEnough));
  const ticket = heard.find(({ event }) => event === "ticket");
  expect(ticket?.data).toMatchObject({ change: "updated", ticketId: "T-1001" });
  const machine = heard.find(({ event }) => event === "machine");
  expect(machine?.data).toMatchObject({ machineId: "JD5055E-1", openTickets: 1 });
});

test("gives what was missed, once", async () => {
  // Somebody listens all the time: what happens while nobody does is forgotten, and asked for anew.
  const { promise: isListened, resolve } = Promise.withResolvers<void>();
  const always = listen(
    "",
    onceOpen(resolve, () => false),
  );
  await isListened;
  // The ticket, then the row of its machine: after both nothing more is to come.
  const isEnough = (heard: Heard[]) => has("ticket")(heard) && has("machine")(heard);
  const heard = await listen(
    "",
    onceOpen(() => void acknowledge(), isEnough),
  );
  const ids = heard.flatMap(({ event, id = "" }) => (event === "status" ? [] : [id]));
  expect(ids).toHaveLength(2);
  const [boot, number] = ids[0]?.split("-") ?? [];
  const before = `${boot}-${Number(number) - 1}`;
  const again = await listen("", has("status"), { "last-event-id": before });
  expect(again.map(({ event }) => event)).toEqual(["ticket", "machine", "status"]);
  expect(again.slice(0, 2).map(({ id }) => id)).toEqual(ids);
  const nothing = await listen("", has("status"), { "last-event-id": ids[1] });
  expect(nothing.map(({ event }) => event)).toEqual(["status"]);
  await app.close();
  await always;
});

test.each(["of-another-start", "0-0", "zzz", ""])("asks to fetch anew after %j", async (id) => {
  const heard = await listen(`?lastEventId=${id}`, has("status"));
  expect(heard[0]?.event).toBe("resync");
});

test("needs a login, and ends when the server closes", async () => {
  expect((await fetch(`${url}/api/v1/events`)).status).toBe(401);
  const close = () => void app.close();
  const heard = await listen(
    "",
    onceOpen(close, () => false),
  );
  expect(heard.at(0)?.event).toBe("status");
});
