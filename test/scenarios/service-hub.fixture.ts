import { createToken } from "@firebreak/kit/api-tokens.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import type { Affiliation, Role } from "@firebreak/kit/roles.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { HubOptions } from "../../cli/hub/hub-options.ts";
import { startHub } from "../../cli/hub/start-hub.ts";
import { eventually, runCli, temporaryFolder } from "../product.fixture.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const JSON_TYPE = { "content-type": "application/json" };

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the interface answered, as a customer of it sees it
  readonly body: any;
}

/** Somebody who speaks to the hub over HTTP, and nothing else. */
export interface Caller {
  get(path: string): Promise<Answer>;
  post(path: string, body?: object): Promise<Answer>;
  put(path: string, body: object): Promise<Answer>;
  /** A list in a CSV file, all of it or nothing. */
  importList(list: string, csv: string): Promise<Answer>;
  /** An order of a ticket that must be taken; gives the ticket. */
  order(ticketId: string, name: string, body?: object): Promise<Ticket>;
}

export interface ServiceHub {
  readonly data: string;
  /** Of pages and interface. */
  readonly url: string;
  nowMs(): number;
  /** Somebody with a token of that role, or without one. */
  as(role: Role | "anybody", affiliation?: Affiliation): Caller;
  ticket(ticketId: string): Promise<Ticket>;
  tickets(query: string): Promise<Ticket[]>;
  /** Time passes, and what has come due is done. */
  pass(ms: number): Promise<void>;
  /** For a browser that is somebody of that role. */
  token(role: Role): string;
  /**
   * A recording is played as a machine by a gateway of its own, ending now or at another time of the hub's clock, and is
   * stored; once or several times end to end. Gives what the command said.
   */
  replay(machineId: string, recording: string, options?: ReplayOptions): Promise<Replayed>;
  stop(): Promise<void>;
}

export interface ReplayOptions {
  readonly repeat?: number;
  readonly plan?: string;
}

export interface Replayed {
  readonly firstStamp: string;
  readonly lastStamp: string;
  readonly samples: number;
}

/**
 * A whole hub with its own clock, on a new data folder with the demonstration's organisation and stock. `given`: what
 * else it is started with, such as targets of notices.
 */
export async function openServiceHub(
  at: string | number,
  given: Partial<HubOptions> = {},
): Promise<ServiceHub> {
  let nowMs = typeof at === "number" ? at : Date.parse(at);
  // What has come due is done when time passes; how long an answer may take is measured in real time.
  const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now() };
  const { data = temporaryFolder("scenario") } = given;
  const options = { data, host: "127.0.0.1", port: 0, mqttPort: 0, clock };
  const hub = await startHub({ ...options, log: createLogger("silent"), ...given });
  const as: ServiceHub["as"] = (role, affiliation) =>
    callerOf(hub.url, role === "anybody" ? undefined : createToken(data, role, affiliation));
  const admin = as("admin");
  return {
    data,
    url: hub.url,
    nowMs: () => nowMs,
    token: (role) => createToken(data, role),
    as,
    ticket: async (ticketId) => good(await admin.get(`tickets/${ticketId}`)),
    tickets: async (query) => good(await admin.get(`tickets?limit=200&${query}`)).items,
    async pass(ms) {
      nowMs += ms;
      await hub.turn();
    },
    async replay(machineId, recording, { repeat = 1, plan = "loader-tractor" } = {}) {
      const endsAt = new Date(nowMs).toISOString();
      const what = [recording, "--plan", plan, "--machine", machineId, "--repeat", String(repeat)];
      const how = ["--data", data, "--speed", "max", "--ends-at", endsAt];
      const { code, stdout, stderr } = await runCli(["replay", ...what, ...how]);
      if (code !== 0) throw new Error(`replay ended with ${code}: ${stderr}`);
      await eventually(`everything of ${machineId} stored`, async () => {
        const { body } = await admin.get(`machines/${machineId}/ledger`);
        return body.produced > 0 && body.stored === body.produced;
      });
      return JSON.parse(stdout);
    },
    stop: hub.stop,
  };
}

function callerOf(url: string, token: string | undefined): Caller {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const reply = await fetch(`${url}/api/v1/${path}`, init);
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? null : JSON.parse(text) };
  };
  const send = (method: string, path: string, body: object) =>
    ask(path, { method, headers: { ...headers, ...JSON_TYPE }, body: JSON.stringify(body) });
  const post: Caller["post"] = (path, body = {}) => send("POST", path, body);
  return {
    get: (path) => ask(path, { headers }),
    post,
    put: (path, body) => send("PUT", path, body),
    importList(list, csv) {
      const body = new FormData();
      body.append("file", new Blob([csv]), `${list}.csv`);
      return ask(`exchange/imports/${list}?mode=import`, { method: "POST", headers, body });
    },
    order: async (ticketId, name, body) => good(await post(`tickets/${ticketId}/${name}`, body)),
  };
}

/** The body of an answer that says yes. */
export function good({ status, body }: Answer): Answer["body"] {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}

export const clockOf = ({ sla }: Ticket, wanted: string) => sla.find(({ kind }) => kind === wanted);
export const typesOf = ({ timeline }: Ticket): string[] => timeline.map(({ type }) => type);

const noFault = { judgement: "looked it over", handling: "measured", result: "no_fault_found" };
export const fixed = { judgement: "the cause was found", handling: "replaced", result: "fixed" };
export const notFixed = { ...fixed, handling: "cleaned", result: "not_fixed" };
export const lookedOver = noFault;

/** What every report must say. */
export const reportText = {
  cause: "seal worn",
  solution: "seal replaced",
  preventionAdvice: "keep the rod clean",
};

/** From the way there until the work has begun. */
export async function goAndBegin(engineer: Caller, ticketId: string): Promise<Ticket> {
  await engineer.order(ticketId, "depart");
  await engineer.order(ticketId, "arrive", { reason: "no position" });
  return engineer.order(ticketId, "start-work", { isSafetyChecked: true });
}

/** A machine file with what every one has; a customer of Changsha, where nothing else is said. */
export async function newMachine(
  by: Caller,
  file: { readonly machineId: string; readonly productType: string } & Record<string, unknown>,
): Promise<void> {
  good(
    await by.post("organisation/machines", {
      serialNumber: `SN-${file.machineId}`,
      state: "in_service",
      customerId: "C-001",
      siteId: "S-002",
      regionId: "hunan",
      stationId: "changsha",
      handoverAt: "2025-01-10",
      demonstrationSite: false,
      peakPeriods: [],
      ...file,
    }),
  );
}
