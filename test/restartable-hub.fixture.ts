import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, type Finished, type Hub, startHub } from "./product.fixture.ts";
import { quietPort } from "./quiet-port.fixture.ts";

/** A hub on one data folder that can be killed and started again. */
export class RestartableHub {
  readonly data: string;
  readonly #args: readonly string[];
  #hub: Hub | undefined;
  #ownPort: number | undefined;
  #mqttPort = 0;

  constructor(data: string, args: readonly string[] = []) {
    this.data = data;
    this.#args = args;
  }

  /** The process of now, or the last one. */
  get current(): Hub {
    if (this.#hub === undefined) throw new Error("the hub was never started");
    return this.#hub;
  }

  /** Where its broker listens; the same after each start. */
  get mqttPort(): number {
    return this.#mqttPort;
  }

  /** Starts it and waits until it says that it is ready. */
  async start(): Promise<this> {
    this.#ownPort ??= await quietPort();
    const args = [...this.#args, "--mqtt-port", String(this.#ownPort)];
    this.#hub = await startHub({ data: this.data, args });
    const text = readFileSync(join(this.data, "hub.json"), "utf8");
    this.#mqttPort = Number(new URL((JSON.parse(text) as { mqtt: string }).mqtt).port);
    return this;
  }

  /** SIGKILL goes out before this returns; the promise waits for the end of the process. */
  kill(): Promise<void> {
    return this.current.kill();
  }

  async stop(): Promise<Finished | undefined> {
    return await this.#hub?.stop();
  }

  /** A metric's value by its line's beginning, such as `firebreak_refused{why="client-id"}`; 0 where it is not told. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.current.url}/metrics`)).text();
    const line = text.split("\n").find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  }

  async quarantine(): Promise<{ readonly topic: string; readonly reason: string }[]> {
    const page = await this.current.get<{ items: { topic: string; reason: string }[] }>(
      "quarantine",
    );
    return page.items;
  }
}

export interface Ledger {
  readonly produced: number;
  readonly stored: number;
  readonly journalled: number;
  readonly spooled: number;
  readonly quarantined: number;
  readonly lost: number;
}

/** Waits until nothing of a machine is under way any more; gives its ledger, which must balance without any loss. */
export async function settledLedger(hub: RestartableHub, machine: string): Promise<Ledger> {
  let last: Ledger | undefined;
  try {
    return await eventually(
      `everything of ${machine} stored`,
      async () => {
        last = await hub.current.get<Ledger>(`machines/${machine}/ledger`).catch(() => undefined);
        return last && last.produced > 0 && last.stored === last.produced && last;
      },
      120_000,
    );
  } catch (error) {
    throw new Error(`the ledger of ${machine} does not balance: ${JSON.stringify(last)}`, {
      cause: error,
    });
  }
}

export interface Ticket {
  readonly ticketId: string;
  readonly kind: string;
  readonly state: string;
  readonly occurrenceCount: number;
  readonly childIds: readonly string[];
}

/** Open tickets of a machine once there are two: the work and its parts. */
export async function workAndParts(
  hub: RestartableHub,
  machine: string,
): Promise<{ work: Ticket[]; parts: Ticket[] }> {
  const all = await eventually(`a ticket for ${machine} and its part`, async () => {
    const { items } = await hub.current.get<{ items: Ticket[] }>(
      `tickets?machine=${machine}&state=open`,
    );
    return items.length >= 2 && items;
  });
  return {
    work: all.filter(({ kind }) => kind !== "parts"),
    parts: all.filter(({ kind }) => kind === "parts"),
  };
}
