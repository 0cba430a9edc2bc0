import type { ServerResponse } from "node:http";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { seededPorts } from "../seeded-ports.fixture.ts";
import { EventStream } from "./event-stream.ts";
import { LiveHub } from "./live-hub.ts";
import { OpenTickets } from "./open-tickets.ts";

const everyMs = 15_000;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Status {
  readonly now: string;
  readonly problems: readonly { readonly name: string; readonly since: string }[];
}

/** A browser's end of the line. */
function browser(isStillAllowed: () => Promise<boolean>) {
  const said: Status[] = [];
  const texts: string[] = [];
  let hasEnded = false;
  const response = {
    write(text: string) {
      texts.push(text);
      const [, data] = /^event: status\ndata: (.*)\n/m.exec(text) ?? [];
      if (data !== undefined) said.push(JSON.parse(data));
    },
    end: () => {
      hasEnded = true;
    },
    writableLength: 0,
  } as unknown as ServerResponse;
  const stream = new EventStream(response, { machineId: undefined, actor: "a", isStillAllowed });
  const heard = (name: string) => texts.filter((text) => text.includes(`event: ${name}\n`));
  return { stream, said, heard, hasEnded: () => hasEnded };
}

const allowed = async () => true;
const beatMs = 500;

test("G11: listeners go on while nobody can be looked up, and hear since when what is wrong; one who may no longer is cut", async () => {
  const { ports, problems } = await seededPorts(1);
  const hub = new LiveHub(ports, new OpenTickets(ports.tickets));
  hub.start();
  const away = async () => Promise.reject(new CodedError("DATABASE_IO", "refused"));
  const [going, out] = [browser(away), browser(async () => false)];
  problems.text = "the database does not answer";
  const firstMs = Date.now();
  await hub.add(going.stream, undefined);
  await hub.add(out.stream, undefined);
  const turn = async (count: number) => {
    await vi.advanceTimersByTimeAsync(everyMs);
    await vi.waitFor(() => expect(going.said).toHaveLength(count));
  };
  await turn(2);
  await turn(3);
  const since = going.said.map(({ problems: [first] }) => first?.since);
  expect(new Set(since)).toEqual(new Set([new Date(firstMs).toISOString()]));
  expect(Date.parse(going.said.at(-1)?.now ?? "") - firstMs).toBe(2 * everyMs);
  expect(going.hasEnded()).toBe(false);

  problems.text = undefined;
  await turn(4);
  problems.text = "again";
  await turn(5);
  expect(going.said.at(-1)?.problems[0]?.since).toBe(going.said.at(-1)?.now);

  // Once somebody can be looked up again, who may no longer listen is cut.
  Object.assign(going.stream, { isStillAllowed: async () => true });
  await vi.advanceTimersByTimeAsync(everyMs);
  await vi.waitFor(() => expect(out.hasEnded()).toBe(true));
  expect(going.hasEnded()).toBe(false);
  hub.stop();
});

test("G8: a line that breaks before anything happened hears afterwards what it missed", async () => {
  const { ports, touch } = await seededPorts(1);
  const hub = new LiveHub(ports, new OpenTickets(ports.tickets));
  hub.start();
  const [early, other, again] = [browser(allowed), browser(allowed), browser(allowed)];
  await hub.add(early.stream, undefined);
  await hub.add(other.stream, undefined);
  const [, id] = /^id: (.*)$/m.exec(early.heard("status").join("")) ?? [];
  hub.remove(early.stream);
  touch("JD5055E-1");
  await vi.advanceTimersByTimeAsync(beatMs);
  await vi.waitFor(() => expect(other.heard("machine")).toHaveLength(1));
  await hub.add(again.stream, id);
  expect(again.heard("machine")).toEqual(other.heard("machine"));
  expect(again.heard("resync")).toEqual([]);
  hub.stop();
});

test("what was otherwise while nobody listened is told when it is as before again", async () => {
  const { ports, machines, touch } = await seededPorts(1);
  const hub = new LiveHub(ports, new OpenTickets(ports.tickets));
  hub.start();
  const machine = machines.get("JD5055E-1");
  if (machine === undefined) throw new Error("the fixture has this machine");
  const turn = async (online: boolean) => {
    machines.set("JD5055E-1", { ...machine, online });
    touch("JD5055E-1");
    await vi.advanceTimersByTimeAsync(beatMs);
  };
  const [first, second] = [browser(allowed), browser(allowed)];
  await hub.add(first.stream, undefined);
  await turn(true);
  await vi.waitFor(() => expect(first.heard("machine")).toHaveLength(1));
  hub.remove(first.stream);
  await turn(false);
  // Comes with a fleet list that says offline.
  await hub.add(second.stream, undefined);
  await turn(true);
  await vi.waitFor(() => expect(second.heard("machine")).toHaveLength(1));
  hub.stop();
});
