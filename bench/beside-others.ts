/** What one person's flood of questions costs another. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenOf } from "@firebreak/dashboards/server/seeded-ports.fixture.ts";
import type { AskingOrder, AskingReport } from "./asking-process.ts";
import { type BenchResult, toResult } from "./result.ts";

const atOnce = 200;
const asks = 400;
/** Until all of the flood are connected and the first have had an answer. */
const settleMs = 2_000;
/** All of 127.0.0.0/8 is this machine on Linux; elsewhere both share an address. */
const isLinux = process.platform === "linux";
const addressOf = { flood: isLinux ? "127.0.0.2" : "127.0.0.1", other: "127.0.0.1" };

/**
 * 95th percentile of a chart that somebody asks for again and again, alone and beside 200 long ones of another. Both
 * are processes of their own, the flooding one of the lowest priority.
 */
export async function besideOthers(options: {
  readonly url: string;
  /** What the other one asks for. */
  readonly long: string;
  readonly chart: string;
}): Promise<BenchResult[]> {
  const { url, long, chart } = options;
  const p95 = async () => {
    const address = addressOf.other;
    const order = { url: `${url}/api/v1${chart}`, token: tokenOf("analyst"), address };
    const { ms, byStatus } = await reportOf(start({ ...order, how: { inTurn: asks } }));
    if (byStatus[200] !== asks)
      throw new TypeError(`the other one was refused: ${JSON.stringify(byStatus)}`);
    return ms.toSorted((one, other) => one - other)[Math.floor(asks * 0.95)] ?? Number.NaN;
  };
  await p95();
  const alone = await p95();
  const flood = start({
    ...{ url: `${url}/api/v1${long}`, token: tokenOf("viewer"), address: addressOf.flood },
    how: { flood: atOnce },
  });
  await sleep(settleMs);
  const beside = await p95();
  flood.send("stop");
  const { byStatus, seconds } = await reportOf(flood);
  const times = (beside / alone).toFixed(1);
  const answers = Object.entries(byStatus)
    .map(([status, count]) => `${Math.round(count / seconds)} times ${status}`)
    .join(", ");
  return [
    toResult("a chart of an hour, 95th percentile, alone", "ms", [alone], `${asks} in turn`),
    toResult(
      `the same while another asks for ${atOnce} long charts at once`,
      "ms",
      [beside],
      `${times} times as long; the other has ${answers} a second`,
    ),
  ];
}

function start(order: AskingOrder): ChildProcess {
  const child = fork(join(import.meta.dirname, "asking-process.ts"), [], { execArgv: [] });
  child.send(order);
  return child;
}

async function reportOf(child: ChildProcess): Promise<AskingReport> {
  const [report] = (await once(child, "message")) as [AskingReport];
  return report;
}
