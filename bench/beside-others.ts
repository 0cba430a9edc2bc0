/** What one person's flood of questions costs another. */
import { setTimeout as sleep } from "node:timers/promises";
import { tokenOf } from "@firebreak/dashboards/server/seeded-ports.fixture.ts";
import { type BenchResult, toResult } from "./result.ts";

const atOnce = 200;
const asks = 60;
/** After a refusal; who floods does not keep to `Retry-After`. */
const pauseMs = 100;

/** 95th percentile of a chart that somebody asks for again and again, alone and beside 200 long ones of another. */
export async function besideOthers(options: {
  readonly url: string;
  /** What the other one asks for. */
  readonly long: string;
  readonly chart: string;
}): Promise<BenchResult[]> {
  const { url, long, chart } = options;
  const ask = (path: string, who: "viewer" | "analyst", signal?: AbortSignal) =>
    fetch(`${url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${tokenOf(who)}` },
      ...(signal ? { signal } : {}),
    });
  const p95 = async () => {
    const times: number[] = [];
    for (let turn = 0; turn < asks; turn++) {
      const started = performance.now();
      const reply = await ask(chart, "analyst");
      await reply.arrayBuffer();
      if (!reply.ok) throw new TypeError(`the other one was refused: ${reply.status}`);
      times.push(performance.now() - started);
    }
    return times.sort((one, other) => one - other)[Math.floor(asks * 0.95)] ?? Number.NaN;
  };
  await p95();
  const alone = await p95();
  const over = new AbortController();
  const flood = Array.from({ length: atOnce }, async () => {
    while (!over.signal.aborted) {
      const reply = await ask(long, "viewer", over.signal).catch(() => undefined);
      await reply?.arrayBuffer().catch(() => undefined);
      if (!reply?.ok) await sleep(pauseMs);
    }
  });
  await sleep(500);
  const beside = await p95();
  over.abort();
  await Promise.all(flood);
  const times = (beside / alone).toFixed(1);
  return [
    toResult("a chart of an hour, 95th percentile, alone", "ms", [alone], `${asks} in turn`),
    toResult(
      `the same while another asks for ${atOnce} charts of 90 days at once`,
      "ms",
      [beside],
      `${times} times as long`,
    ),
  ];
}
