import type { TelemetryStore } from "@firebreak/ingest/store/store.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { derivedOf, withDerived } from "@firebreak/plans/derived-inputs.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { SeriesReader } from "@firebreak/tickets/field/draw-series.ts";
import { readDerived } from "./derived-series.ts";
import { staleAfter } from "./signals.ts";

/** Stored telemetry to draw from, with what a machine's plan derives from it. Too much to be reckoned is not drawn. */
export const drawnTelemetry = (
  store: Pick<TelemetryStore, "buckets" | "raw">,
  planOf: (machineId: string) => Plan | undefined,
): SeriesReader => ({
  async buckets(query) {
    const { machineId, signal, points } = query;
    const plan = planOf(machineId);
    if (plan === undefined || !Object.hasOwn(derivedOf(plan), signal)) return store.buckets(query);
    const planned = withDerived(plan).acquisition.signals[signal];
    const gapNs = BigInt(staleAfter(planned)) * 1_000_000_000n;
    try {
      const { t, value } = await readDerived(store, { ...query, plan, gapNs }, points, {});
      return { t, min: value, max: value };
    } catch (error) {
      if (errorCode(error) !== "QUERY_TOO_LARGE") throw error;
      return { t: [], min: [], max: [] };
    }
  },
});
