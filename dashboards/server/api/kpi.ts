import { kpiGroups, kpiSpans } from "@firebreak/tickets/kpi/kpi-query.ts";
import { clockKinds } from "@firebreak/tickets/sla/sla-clock.ts";
import { priorities, ticketKinds } from "@firebreak/tickets/vocabulary.ts";
import { type Static, Type } from "typebox";
import { HttpError } from "./error-reply.ts";
import { OneOf } from "./schemas.ts";

const Word = Type.String({ minLength: 1, maxLength: 200 });
const Moment = Type.String({ format: "date-time", description: "ISO 8601" });
const Count = Type.Integer({ minimum: 0 });
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);
const Fen = Type.Number({ description: "fen" });

/** Time of a figure: `from` included, `to` excluded. */
export const SpanQuery = { from: Moment, to: Moment };

export const Month = Type.String({
  pattern: "^[0-9]{4}-(0[1-9]|1[0-2])$",
  description: "YYYY-MM, in China's time",
});

export const SelectionQuery = {
  ...SpanQuery,
  region: Type.Optional(Word),
  station: Type.Optional(Word),
  product: Type.Optional(Word),
  engineer: Type.Optional(Word),
  kind: Type.Optional(OneOf(ticketKinds)),
  priority: Type.Optional(OneOf(priorities)),
};
export const GroupQuery = Type.Optional(
  OneOf(kpiGroups, "region: the children of the region asked for; none when left out"),
);
export const TrendQuery = Type.Optional(
  OneOf(kpiSpans, "by time beside the groups; no trend when left out"),
);

const LONGEST_YEARS = 5;
const YEAR_MS = 365.25 * 24 * 3600 * 1000;

/** Instants in UTC. @throws HttpError BAD_TIME_RANGE */
export function spanOf(query: { readonly from: string; readonly to: string }) {
  const [fromMs, toMs] = [Date.parse(query.from), Date.parse(query.to)];
  if (!(fromMs < toMs) || toMs - fromMs > LONGEST_YEARS * YEAR_MS)
    throw new HttpError("BAD_TIME_RANGE", "`from` lies before `to`, by five years at the most");
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

export function selectionOf(query: Static<typeof Selection>) {
  const { region, station, engineer, product, kind, priority } = query;
  return {
    ...spanOf(query),
    regionId: region,
    stationId: station,
    engineerId: engineer,
    product,
    kind,
    priority,
  };
}
const Selection = Type.Object(SelectionQuery);

const Quantiles = Type.Object({ count: Count, medianMs: MaybeNumber, p90Ms: MaybeNumber });
const rate = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], { description });

export const Kpis = Type.Object(
  {
    tickets: Count,
    response: Quantiles,
    arrival: Quantiles,
    partsCycle: Quantiles,
    slaCompliance: Type.Partial(
      Type.Object(
        Object.fromEntries(clockKinds.map((kind) => [kind, Type.Number()])) as Record<
          (typeof clockKinds)[number],
          ReturnType<typeof Type.Number>
        >,
      ),
    ),
    firstTimeFixRate: rate("fixed at the first visit, of the closed repairs with a visit"),
    remoteResolutionRate: rate("fixed without a visit, of the closed repairs"),
    resolutionRate: rate("fixed, of the closed repairs"),
    mttrMs: MaybeNumber,
    activeRepairMs: MaybeNumber,
    downtimeMs: Type.Number(),
    partsFillRate: rate("lines on board at the first departure, of those needed"),
    blockedByParts: rate("repairs that waited for parts"),
    proactiveRatio: rate("work that nobody had to ask for"),
    inspectionCompletion: rate("inspections done in their window, of those due"),
    makersShare: rate("judged faults that were the maker's"),
    costPerServiceFen: MaybeNumber,
    unplannedStops: Count,
    failureRate: MaybeNumber,
    nps: Type.Union([Type.Number({ minimum: -100, maximum: 100 }), Type.Null()]),
    csat: rate("answers of 4 or 5 of 5"),
  },
  { title: "Kpis", description: "null wherever there is nothing to divide by" },
);

const KpisByKey = Type.Array(Type.Object({ key: Type.String(), kpis: Kpis }));

export const KpiReply = Type.Object({ total: Kpis, groups: KpisByKey, trend: KpisByKey });

export const FaultReply = Type.Object({
  top: Type.Array(Type.Object({ name: Type.String(), count: Count })),
  heatMap: Type.Array(
    Type.Object({ regionId: Type.String(), faultClass: Type.String(), count: Count }),
  ),
});

export const StockReply = Type.Object({
  consumptionValueFen: Fen,
  averageStockValueFen: Fen,
  turnover: MaybeNumber,
  inBand: rate("items between their minimum and maximum"),
  lossRate: MaybeNumber,
});

export const CurveReply = Type.Object({
  weeks: Type.Array(
    Type.Object({ week: Type.String(), quantity: Type.Integer(), forecast: MaybeNumber }),
  ),
});

export const ScoreReply = Type.Object({
  engineerId: Type.String(),
  month: Type.String(),
  level: Type.String(),
  total: Type.Number(),
  final: Type.Number({ description: "total · (1 + bonus of the level)" }),
  lines: Type.Array(
    Type.Object({
      ticketId: Type.Optional(Type.String()),
      seq: Type.Optional(Type.Integer({ description: "of the ticket's event it rests on" })),
      kind: Type.String(),
      points: Type.Number(),
      at: Type.Optional(Type.String()),
    }),
    { description: "customers' ratings in one sum for who may not see them one by one" },
  ),
});

export const StationReply = Type.Object({
  items: Type.Array(
    Type.Object({ stationId: Type.String(), engineers: Count, score: Type.Number() }),
  ),
  next: Type.Null(),
});

export const StaffingReply = Type.Object({
  items: Type.Array(
    Type.Object({
      regionId: Type.String(),
      machines: Count,
      engineers: Count,
      machinesPerEngineer: MaybeNumber,
      loadHours: Type.Number(),
      optimalHours: Type.Number(),
      maxHours: Type.Number(),
      zone: OneOf(["excess", "balanced", "above_optimal", "overload"]),
      coverage: rate("machines with a known place that a qualified engineer reaches in time"),
    }),
  ),
  next: Type.Null(),
});
