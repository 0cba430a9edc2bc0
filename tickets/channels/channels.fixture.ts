import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Database } from "@firebreak/kit/database.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { ServiceWork } from "../service-work.ts";
import { createTicketIds } from "../ticket-ids.ts";
import type { TargetConfig } from "./channels-config.ts";
import type { ChannelLimits } from "./channels-defaults.ts";
import { ChannelsService } from "./channels-service.ts";
import type { Target } from "./load-channels.ts";
import { enqueueNotices, type Notice } from "./notice.ts";
import type { Directory, Recipient } from "./recipients.ts";

export const startMs = Date.parse("2026-03-02T00:00:00.000Z");

export const createTestClock = (firstMs = startMs) => {
  let nowMs = firstMs;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
};
export type TestClock = ReturnType<typeof createTestClock>;

export const notice = (facts: Partial<Notice> = {}): Notice => ({
  kind: "ticket-opened",
  audience: { to: "role", role: "dispatcher" },
  priority: "major",
  ticketId: "T-1",
  machineId: "M-1",
  ...facts,
});

export const dispatcherLi: Recipient = {
  personId: "p-li",
  language: "zh-CN",
  email: "li@example.com",
  phone: "+8613800000001",
};

/** Everybody it is given belongs to every audience. */
export const directoryOf = (...people: readonly Recipient[]): Directory => ({
  recipientsOf: async () => people,
  recipient: async (_reader, personId) => people.find((person) => person.personId === personId),
  zoneOf: async () => "Asia/Shanghai",
  pathOf: async (_reader, ticketId) => `/p/code-of-${ticketId}`,
});

export const enqueue = (db: Database, clock: TestClock, notices: readonly Notice[]) =>
  db.transaction((tx) => enqueueNotices(workAt(tx, clock), notices));

export const workAt = (tx: ServiceWork["tx"], clock: TestClock): ServiceWork => ({
  tx,
  actor: { kind: "system", id: "test" },
  nowMs: clock.nowMs(),
  at: new Date(clock.nowMs()).toISOString(),
  ids: createTicketIds(clock.nowMs),
});

export interface ServiceSetup {
  readonly db: Database;
  readonly clock: TestClock;
  readonly targets: readonly Target[];
  readonly directory?: Directory;
  readonly limits?: Partial<ChannelLimits>;
  readonly allowAddresses?: readonly string[];
  readonly site?: string;
}

export const serviceOf = (setup: ServiceSetup): ChannelsService =>
  new ChannelsService({
    db: setup.db,
    clock: setup.clock,
    log: silentLogger,
    directory: setup.directory ?? directoryOf(dispatcherLi),
    load: () => ({
      site: setup.site,
      allowAddresses: setup.allowAddresses ?? ["127.0.0.1"],
      targets: setup.targets,
    }),
    limits: setup.limits ?? {},
    random: () => 0.5,
  });

export const webhook = (id: string, url: string): Target => ({
  config: { id, kind: "webhook", url, secret: { env: "X" } },
  secret: "whsec_c2VjcmV0",
});

export const sms = (id: string, url: string, facts: Partial<TargetConfig> = {}): Target => ({
  config: {
    id,
    kind: "template",
    recipients: "person",
    url,
    body: { to: "{{phone}}", text: "{{title}}: {{text}}", id: "{{deliveryId}}" },
    ...facts,
  } as Extract<TargetConfig, { kind: "template" }>,
  signSecret: undefined,
  secrets: {},
});

export interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly url: string;
  readonly method: string;
  readonly body: string;
}

/** A real HTTP server that notes what it is sent; `answer` may be replaced at any time. */
export async function startReceiver() {
  const received: Received[] = [];
  const receiver = {
    received,
    url: "",
    answer: (_request: Received, response: ServerResponse): void => void response.end("{}"),
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { headers, url = "", method = "" } = request;
      const one = { headers, url, method, body: Buffer.concat(chunks).toString() };
      received.push(one);
      receiver.answer(one, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
