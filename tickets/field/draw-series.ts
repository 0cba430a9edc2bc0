import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Evidence } from "../evidence.ts";
import type { Ticket } from "../ticket.ts";
import { fieldConfig } from "./field-config.ts";
import type { DrawnSeries } from "./work-order.ts";

/** What is drawn from: the telemetry store, and what plans derive from what is stored there. */
export interface SeriesReader {
  buckets(query: {
    readonly machineId: string;
    readonly signal: string;
    readonly fromNs: bigint;
    readonly toNs: bigint;
    readonly points: number;
  }): Promise<{
    readonly t: readonly string[];
    readonly min: readonly (number | null)[];
    readonly max: readonly (number | null)[];
  }>;
}

export interface Drawing {
  readonly signal: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number | null;
}

/** Which signals to draw, and when: those of the newest evidence, then those that the checks look at. Pure. */
export function drawingsOf(
  { evidence, checks }: Pick<Ticket, "evidence" | "checks">,
  plan: Plan | undefined,
): Drawing[] {
  const [first, last] = [evidence[0], evidence.at(-1)];
  if (!first || !last) return [];
  const margin = fieldConfig.workOrderMarginMs;
  const window = (piece: Evidence) => ({
    fromMs: Date.parse(piece.from) - margin,
    toMs: Date.parse(piece.to) + margin,
  });
  const wanted = [
    ...evidence.toReversed().flatMap((piece) => {
      // There is nothing to draw of a time in which nothing came.
      if (piece.kind === "silence") return [];
      if (piece.kind === "signal")
        return [
          { signal: piece.signal, ...window(piece), limit: limitOfValue(piece) },
          ...(piece.others ?? []).map((signal) => ({ signal, ...window(piece), limit: null })),
        ];
      const seen = { ...window(piece), limit: null };
      return signalsOfSpn(plan, piece.spn).map((signal) => ({ signal, ...seen }));
    }),
    ...checks.flatMap(({ signal }) => (signal ? [{ signal, ...window(last), limit: null }] : [])),
  ];
  const bySignal = new Map<string, Drawing>();
  for (const drawing of wanted)
    if (!bySignal.has(drawing.signal)) bySignal.set(drawing.signal, drawing);
  return [...bySignal.values()].slice(0, fieldConfig.workOrderSeries);
}

/** A limit of a rate or a count is no line among the signal's values. */
const limitOfValue = ({ limit, measure }: Extract<Evidence, { kind: "signal" }>) =>
  measure === undefined ? limit : null;

/** What a trouble code speaks of. */
const signalsOfSpn = (plan: Plan | undefined, spn: number): string[] =>
  Object.entries(plan?.acquisition.signals ?? {}).flatMap(([name, { j1939 }]) =>
    j1939?.spn === spn ? [name] : [],
  );

/** Reads the drawings of a ticket; a signal without a sample in its window is left out. */
export async function drawSeries(
  reader: SeriesReader,
  ticket: Pick<Ticket, "machineId" | "evidence" | "checks">,
  plan: Plan | undefined,
): Promise<DrawnSeries[]> {
  const { machineId } = ticket;
  if (machineId === undefined) return [];
  const drawn = await Promise.all(
    drawingsOf(ticket, plan).map(async ({ signal, fromMs, toMs, limit }) => {
      const known = plan?.acquisition.signals[signal] ?? plan?.rules.derived?.[signal];
      const { t, min, max } = await reader.buckets({
        machineId,
        signal,
        fromNs: BigInt(Math.floor(fromMs)) * 1_000_000n,
        toNs: BigInt(Math.ceil(toMs)) * 1_000_000n,
        points: fieldConfig.workOrderPoints,
      });
      return {
        signal,
        title: known?.title ?? { en: signal, "zh-CN": signal },
        unit: known?.unit ?? "",
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        limit,
        t: [...t],
        min: [...min],
        max: [...max],
      };
    }),
  );
  return drawn.filter(({ t }) => t.length > 0);
}
