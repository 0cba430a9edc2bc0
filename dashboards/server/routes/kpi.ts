import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { may } from "@firebreak/kit/roles.ts";
import type { ScoreLine } from "@firebreak/tickets/kpi/engineer-score.ts";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import {
  CurveReply,
  FaultReply,
  GroupQuery,
  KpiReply,
  Month,
  ScoreReply,
  SelectionQuery,
  SpanQuery,
  StaffingReply,
  StationReply,
  StockReply,
  selectionOf,
  spanOf,
  TrendQuery,
} from "../api/kpi.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["kpis"];
const config = { access: "kpi.read" } as const;
const Word = Type.String({ minLength: 1, maxLength: 200 });

/** Figures of service: of tickets, faults, stock, people. */
export const kpiRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  const { kpi } = deps.ports;
  const kpiSchema = {
    tags,
    summary: "Figures of the tickets opened in a time, all together and by group",
    querystring: Type.Object({ ...SelectionQuery, groupBy: GroupQuery, trendBy: TrendQuery }),
    response: { 200: KpiReply },
  };
  app.get("/kpis", { schema: kpiSchema, config }, async ({ query }) => {
    const { groupBy = "none", trendBy } = query;
    const { total, groups, trend } = await kpi.kpis({ ...selectionOf(query), groupBy, trendBy });
    return { total, groups: [...groups], trend: [...trend] };
  });

  const faultSchema = {
    tags,
    summary: "The most frequent faults, and the heat map of regions and fault classes",
    querystring: Type.Object({
      ...SelectionQuery,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 3 })),
    }),
    response: { 200: FaultReply },
  };
  app.get("/kpis/faults", { schema: faultSchema, config }, async ({ query }) => {
    const { top, heatMap } = await kpi.faults(selectionOf(query), query.limit ?? 3);
    return { top: [...top], heatMap: [...heatMap] };
  });
  app.register(stockFigureRoutes, deps);
  app.register(peopleFigureRoutes, deps);
};

const stockFigureRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const stockSchema = {
    tags,
    summary: "Turnover, share in the band and losses of the stock",
    querystring: Type.Object({ ...SpanQuery, region: Type.Optional(Word) }),
    response: { 200: StockReply },
  };
  app.get("/kpis/stock", { schema: stockSchema, config }, async ({ query }) =>
    ports.kpi.stock(spanOf(query), query.region),
  );

  const curveSchema = {
    tags,
    summary: "A part's consumption per week beside its forecast",
    querystring: Type.Object({ ...SpanQuery, partNo: Word, region: Type.Optional(Word) }),
    response: { 200: CurveReply },
  };
  app.get("/kpis/consumption", { schema: curveSchema, config }, async ({ query }) => {
    const { partNo, region } = query;
    const where = { partNo, ...(region === undefined ? {} : { regionId: region }) };
    return { weeks: await ports.kpi.curve({ ...spanOf(query), ...where }) };
  });
};

const peopleFigureRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const staffingSchema = {
    tags,
    summary: "Machines, people, load and coverage of each region",
    response: { 200: StaffingReply },
  };
  app.get("/kpis/staffing", { schema: staffingSchema, config }, async () => ({
    items: await ports.kpi.staffing(),
    next: null,
  }));

  const stationSchema = {
    tags,
    summary: "Stations by the mean score of their engineers",
    querystring: Type.Object({ month: Month }),
    response: { 200: StationReply },
  };
  app.get("/kpis/stations", { schema: stationSchema, config }, async ({ query }) => ({
    items: await ports.kpi.stationScores(query.month),
    next: null,
  }));

  const scoreSchema = {
    tags,
    summary: "An engineer's score in a month, with the events it rests on",
    description: "An engineer sees the own score only.",
    params: Type.Object({ engineerId: Word }),
    querystring: Type.Object({ month: Month }),
    response: { 200: ScoreReply },
  };
  app.get("/engineers/:engineerId/score", { schema: scoreSchema, config }, async (request) => {
    const { engineerId } = request.params;
    const principal = principalOf(request);
    if (principal.role === "engineer" && principal.engineerId !== engineerId)
      throw new HttpError("NOT_ALLOWED", "this is another engineer's score");
    const score = await ports.kpi.engineerScore(engineerId, request.query.month);
    const showsRatings = may(principal.role, "feedback.read");
    return { ...score, lines: showsRatings ? [...score.lines] : withoutRatings(score.lines) };
  });
};

/** A single rating goes to headquarters only (FB-2): others see all of a month as one number. */
function withoutRatings(lines: readonly ScoreLine[]) {
  const others = lines.filter(({ kind }) => kind !== "customer_rating");
  const points = lines
    .filter(({ kind }) => kind === "customer_rating")
    .reduce((sum, line) => sum + line.points, 0);
  return [...others, { kind: "customer_rating", points }];
}
