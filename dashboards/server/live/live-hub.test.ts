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
  let hasEnded = false;
  const response = {
    write(text: string) {
      const [, data] = /^event: status\ndata: (.*)\n/m.exec(text) ?? [];
      if (data !== undefined) said.push(JSON.parse(data));
    },
    end: () => {
      hasEnded = true;
    },
    writableLength: 0,
  } as unknown as ServerResponse;
  const stream = new EventStream(response, { machineId: undefined, actor: "a", isStillAllowed });
  return { stream, said, hasEnded: () => hasEnded };
}

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
