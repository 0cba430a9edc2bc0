import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { HeldPart } from "@firebreak/tickets/parts/held-parts.ts";
import { StockLocation } from "@firebreak/tickets/parts/location.ts";
import { partCategories, tiers } from "@firebreak/tickets/parts/part.ts";
import {
  MovementView,
  PartView,
  PartWithPlaces,
  StockView,
} from "@firebreak/tickets/parts/stock-views.ts";
import { closed, priorities } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { OneOf, Page, PageQuery } from "../api/schemas.ts";
import { commandId, itemParams, Level, LocationId, PartNo, Pieces, Reason } from "../api/stock.ts";
import { partsMasterRoutes } from "./parts-master.ts";
import { partsRequestRoutes } from "./parts-requests.ts";
import { actorOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";
import { transferRoutes } from "./transfers.ts";

const tags = ["stock"];
const mayRead = { access: "stock.read" } as const;
const mayWrite = { access: "stock.write" } as const;

/** Parts, places, what lies there, how it moves, and who asks for it. */
export const stockRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  app.register(partRoutes, deps);
  app.register(partsMasterRoutes, deps);
  app.register(levelRoutes, deps);
  app.register(bookingRoutes, deps);
  app.register(transferRoutes, deps);
  app.register(partsRequestRoutes, deps);
};

const partRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const desk = ports.stock;
  const listSchema = {
    tags,
    summary: "Parts of the master, in the order of their numbers",
    querystring: Type.Object({
      search: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 200,
          description: "in number, name, specification, or the type of machine it is for",
        }),
      ),
      category: Type.Optional(OneOf(partCategories)),
      ...PageQuery,
    }),
    response: { 200: Page(PartView) },
  };
  app.get("/parts", { schema: listSchema, config: mayRead }, async ({ query }) => {
    const { search, category, cursor, limit = 500 } = query;
    const also = search === undefined ? undefined : partsOfTypes(ports.plans.values(), search);
    return copyOf(await desk.parts({ search, category, also, limit, after: cursor }));
  });

  const oneSchema = {
    tags,
    summary: "One part: master data, who plans it, where it is kept",
    params: Type.Object({ partNo: PartNo }),
    response: { 200: PartView },
  };
  app.get("/parts/:partNo", { schema: oneSchema, config: mayRead }, async ({ params }) =>
    desk.part(params.partNo),
  );

  const placesSchema = {
    tags,
    summary: "Where a part could come from, best first, with the arrival at a place",
    params: Type.Object({ partNo: PartNo }),
    querystring: Type.Object({
      destination: LocationId,
      quantity: Type.Optional(Pieces),
      engineer: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      tier: Type.Optional(OneOf(tiers)),
      priority: Type.Optional(OneOf(priorities)),
      neededBy: Type.Optional(Type.String({ format: "date-time" })),
    }),
    response: { 200: PartWithPlaces },
  };
  app.get("/parts/:partNo/places", { schema: placesSchema, config: mayRead }, async (request) => {
    const { destination, quantity = 1, engineer, neededBy } = request.query;
    const { tier = "meet", priority = "general" } = request.query;
    const nowMs = ports.clock.nowMs();
    const [found] = await desk.places(
      { destinationId: destination, engineerId: engineer, tier, priority, neededBy, nowMs },
      [{ partNo: request.params.partNo, quantity }],
    );
    if (!found) throw new TypeError("one part was asked for");
    return found;
  });
};

/** Part numbers that plans name for types of machine whose title or id has the text in it. */
function partsOfTypes(plans: Iterable<Plan>, search: string): ReadonlySet<string> {
  const text = search.toLowerCase();
  const isMeant = ({ plan, title, service }: Plan) =>
    [plan, title.en, title["zh-CN"], service.productType].some((word) =>
      word.toLowerCase().includes(text),
    );
  return new Set(
    [...plans].filter(isMeant).flatMap(({ service }) => {
      const ofFaults = Object.values(service.failureModes).flatMap(({ parts = [] }) => parts);
      return [...ofFaults, ...(service.parts ?? [])].map(({ partNo }) => partNo);
    }),
  );
}

/** Schemas name plain arrays; pages of desks cannot be changed. */
const copyOf = <Item>({
  items,
  next,
}: {
  readonly items: readonly Item[];
  readonly next: string | null;
}) => ({ items: [...items], next });

const levelRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const desk = ports.stock;
  const listSchema = {
    tags,
    summary: "What places have, by part and place",
    querystring: Type.Object({
      part: Type.Optional(PartNo),
      location: Type.Optional(LocationId),
      band: Type.Optional(
        OneOf(
          ["below", "within", "above", "outside"],
          "against the reasonable interval min to max; outside: below or above",
        ),
      ),
      ...PageQuery,
    }),
    response: { 200: Page(StockView) },
  };
  app.get("/stock", { schema: listSchema, config: mayRead }, async ({ query }) => {
    const { part, location, band, cursor, limit = 500 } = query;
    const wanted = { partNo: part, locationId: location, band, limit, after: cursor };
    return copyOf(await desk.stock(wanted));
  });

  const ledgerSchema = {
    tags,
    summary: "The ledger of a part, newest first",
    params: Type.Object({ partNo: PartNo }),
    querystring: Type.Object({ location: Type.Optional(LocationId), ...PageQuery }),
    response: { 200: Page(MovementView) },
  };
  app.get(
    "/stock/:partNo/ledger",
    { schema: ledgerSchema, config: mayRead },
    async ({ params: { partNo }, query: { location, cursor, limit = 500 } }) =>
      copyOf(await desk.ledger({ partNo, locationId: location, limit, after: cursor })),
  );

  const heldSchema = {
    tags,
    summary: "For whom a part is kept: its reservations, oldest first",
    params: Type.Object({ partNo: PartNo }),
    response: { 200: Page(HeldPart) },
  };
  app.get(
    "/stock/:partNo/reservations",
    { schema: heldSchema, config: mayRead },
    async ({ params }) => ({ items: await desk.held(params.partNo), next: null }),
  );

  const locationsSchema = {
    tags,
    summary: "All stock locations",
    response: { 200: Page(StockLocation) },
  };
  app.get("/stock-locations", { schema: locationsSchema, config: mayRead }, async () => ({
    items: await desk.locations(),
    next: null,
  }));

  const { locationId: _id, ...facts } = StockLocation.properties;
  const putSchema = {
    tags,
    summary: "A stock location, new or changed",
    params: Type.Object({ locationId: LocationId }),
    body: Type.Object({ commandId, ...facts }, closed),
    response: { 200: StockLocation },
  };
  app.put(
    "/stock-locations/:locationId",
    { schema: putSchema, config: mayWrite },
    async (request) => {
      const { commandId: id, ...location } = request.body;
      const order = { actor: actorOf(request), commandId: id };
      const { locationId } = request.params;
      return desk.putLocation({ ...order, location: { ...location, locationId } });
    },
  );
};

const bookingRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const desk = ports.stock;
  const itemPath = "/stock/:partNo/:locationId";
  const schemaOf = <Body extends Parameters<typeof Type.Object>[0]>(
    summary: string,
    body: Body,
  ) => ({
    tags,
    summary,
    params: itemParams,
    body: Type.Object({ commandId, ...body }, closed),
    response: { 200: StockView },
  });

  app.post(
    `${itemPath}/receive`,
    {
      schema: schemaOf("Pieces came in; whoever waits for them is looked after", {
        quantity: Pieces,
        bin: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
        reason: Type.Optional(Reason),
      }),
      config: mayWrite,
    },
    async (request) =>
      desk.receive({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  app.post(
    `${itemPath}/adjust`,
    {
      schema: schemaOf("Book a difference, up or down", {
        by: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
        reason: Reason,
      }),
      config: mayWrite,
    },
    async (request) => desk.adjust({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  app.post(
    `${itemPath}/count`,
    {
      schema: schemaOf("Somebody counted: the difference is booked", {
        counted: Level,
        reason: Reason,
      }),
      config: mayWrite,
    },
    async (request) => desk.count({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  app.post(
    `${itemPath}/policy`,
    {
      schema: schemaOf("Bin, band, planned quantity and ring-fence of an item", {
        bin: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
        min: Type.Optional(Level),
        target: Type.Optional(Level),
        max: Type.Optional(Level),
        plannedQty: Type.Optional(Level),
        ringFenced: Type.Optional(
          Type.Object(
            {
              exceed: Type.Optional(Level),
              above: Type.Optional(Level),
              meet: Type.Optional(Level),
            },
            closed,
          ),
        ),
      }),
      config: mayWrite,
    },
    async (request) =>
      desk.setPolicy({ ...request.body, ...request.params, actor: actorOf(request) }),
  );
};
