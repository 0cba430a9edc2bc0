import type { HealthChange } from "../health/health-file.ts";
import { interruptions } from "../health/interruptions.ts";

/** What earlier losses of contact turned out to be, once the gateway was back; goodbyes are no losses. Pure. */
export function earlierEnds(
  changes: readonly HealthChange[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): { readonly link: number; readonly off: number } {
  const goodbyes = new Set(
    changes.flatMap(({ path, atMs }) =>
      path[1] === "goodbye" ? [new Date(atMs).toISOString()] : [],
    ),
  );
  const facts = { machineId: "", changes, losses: [], spooled: 0, fromMs, toMs };
  let [link, off] = [0, 0];
  let offEnd: string | null = null;
  for (const { cause, from, to } of interruptions(facts)) {
    const isGoodbye = goodbyes.has(from);
    // Between its start and its session the link was not lost.
    if (cause === "gateway-off") offEnd = to;
    if (to === null || isGoodbye) continue;
    if (cause === "gateway-off") off++;
    else if (cause === "link" && from !== offEnd) link++;
  }
  return { link, off };
}
