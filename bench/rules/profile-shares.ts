import { Session } from "node:inspector/promises";

/** Where in the source a share of the computing belongs, the first that fits. */
const parts: readonly (readonly [path: string, part: (match: RegExpMatchArray) => string])[] = [
  ["/rules/kinds/([a-z-]+)/", ([, kind]) => `kind ${kind}`],
  [
    String.raw`/rules/detectors/|/rules/kinds/detector-kind\.ts|/rules/engine/joint-rows\.ts`,
    () => "rows and detectors of the kinds",
  ],
  [
    String.raw`/rules/derived/|/rules/engine/(?:derive|compiled-derived)\.ts`,
    () => "derived signals",
  ],
  [String.raw`/rules/engine/hold\.ts`, () => "holds of the kinds"],
  [String.raw`/rules/engine/contexts\.ts`, () => "contexts"],
  ["/rules/", () => "engine"],
];

/** Shares of the computing time of `run`, in percent, the greatest first: a sample of the stack every 200 µs. */
export async function sharesOf(run: () => void): Promise<readonly (readonly [string, number])[]> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  run();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  const counts = new Map<string, number>();
  let total = 0;
  for (const { callFrame, hitCount = 0 } of profile.nodes) {
    const part = partOf(callFrame.functionName, callFrame.url);
    if (part === undefined || hitCount === 0) continue;
    counts.set(part, (counts.get(part) ?? 0) + hitCount);
    total += hitCount;
  }
  return [...counts]
    .map(([part, hits]): [string, number] => [part, (100 * hits) / total])
    .sort(([, one], [, other]) => other - one);
}

function partOf(functionName: string, url: string): string | undefined {
  if (functionName === "(garbage collector)") return "collection of garbage";
  if (functionName.startsWith("(")) return undefined;
  for (const [path, part] of parts) {
    const match = url.match(path);
    if (match) return part(match);
  }
  return "rest of the run";
}
