/** A person's programs, in a process of their own: what they cost is not the hub's. */
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

export interface AskingOrder {
  readonly url: string;
  readonly token: string;
  /** Where the person sits; the hub limits each address. */
  readonly address: string;
  /** So many at a time, for as long as nobody says `stop`; or so many in turn, each timed. */
  readonly how: { readonly flood: number } | { readonly inTurn: number };
}

/** Answers by status, and how long those in turn took. */
export interface AskingReport {
  readonly byStatus: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly ms: readonly number[];
}

/** After a refusal; who floods does not keep to `Retry-After`. */
const pauseMs = 100;

async function ask({ url, token, address, how }: AskingOrder): Promise<AskingReport> {
  const isFlood = "flood" in how;
  const agent = new Agent({ keepAlive: true, maxSockets: isFlood ? how.flood : 1 });
  const byStatus: Record<string, number> = {};
  const ms: number[] = [];
  const over = new AbortController();
  const one = async (): Promise<number> => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      const options = { agent, headers, localAddress: address, signal: over.signal };
      request(url, options, resolve).on("error", reject).end();
    });
    answer.resume();
    await once(answer, "end");
    const status = answer.statusCode ?? 0;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    return status;
  };
  const started = performance.now();
  if (isFlood) {
    // Somewhere else in the world: it takes no time of this machine from the hub.
    setPriority(constants.priority.PRIORITY_LOW);
    process.once("message", () => over.abort());
    await Promise.all(
      Array.from({ length: how.flood }, async () => {
        while (!over.signal.aborted)
          if ((await one().catch(() => 0)) !== 200 && !over.signal.aborted) await sleep(pauseMs);
      }),
    );
  } else
    for (let turn = 0; turn < how.inTurn; turn++) {
      const before = performance.now();
      await one();
      ms.push(performance.now() - before);
    }
  agent.destroy();
  return { byStatus, ms, seconds: (performance.now() - started) / 1_000 };
}

process.once("message", async (order: AskingOrder) => {
  process.send?.(await ask(order), () => process.disconnect());
});
