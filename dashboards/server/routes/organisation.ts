import { randomBytes } from "node:crypto";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { DraftKind } from "@firebreak/tickets/organisation/draft.ts";
import type { Person } from "@firebreak/tickets/organisation/person.ts";
import type { FileOf } from "@firebreak/tickets/organisation/write-file.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import type { FastifyInstance } from "fastify";
import { type Static, Type } from "typebox";
import {
  commandId,
  type FileRoute,
  fileRoutes,
  idSchemaOf,
  type PersonBody,
} from "../api/organisation.ts";
import { toFileViews } from "../api/organisation-view.ts";
import { Page, PageQuery } from "../api/schemas.ts";
import { machineCommandRoutes } from "./organisation-machines.ts";
import { actorOf, principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["organisation"];
const version = Type.Integer({ minimum: 1, description: "of the file as it was read" });

type ListQuery = Readonly<Record<string, string | undefined>> & { readonly limit?: number };
type Body = Readonly<Record<string, unknown>> & {
  readonly commandId?: string;
  readonly version?: number;
  readonly contacts?: readonly Static<typeof PersonBody>[];
  readonly person?: Omit<Person, "personId">;
};

/** Regions, centres, stations, customers, sites, engineers, machine files, commitments and plan overrides: list, one, create, change. */
export const organisationRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  for (const route of fileRoutes) {
    readRoutes(app as unknown as FastifyInstance, deps, route);
    writeRoutes(app as unknown as FastifyInstance, deps, route);
  }
  app.register(machineCommandRoutes, deps);
};

const viewOf = (route: FileRoute) =>
  Type.Object(
    { [route.id]: idSchemaOf(route), ...route.fields, version },
    { title: route.noun, description: "people only for who may see them" },
  );

function readRoutes(app: FastifyInstance, { ports }: RouteDeps, route: FileRoute): void {
  const { kind, noun, id, filters } = route;
  const desk = ports.organisation;
  const path = `/organisation/${kind}`;
  const config = { access: "organisation.read" } as const;
  const text = Type.Optional(Type.String({ minLength: 1, maxLength: 200 }));
  const listSchema = {
    tags,
    summary: `List: ${noun}`,
    description: "In the order of ids; `search` looks for part of an id or a name.",
    querystring: Type.Object({
      search: text,
      ...Object.fromEntries(Object.keys(filters).map((name) => [name, text])),
      ...PageQuery,
    }),
    response: { 200: Page(viewOf(route)) },
  };
  app.get<{ Querystring: ListQuery }>(path, { schema: listSchema, config }, async (request) => {
    const { search, cursor, limit = 500 } = request.query;
    const where = Object.fromEntries(
      Object.entries(filters).map(([name, column]) => [column, request.query[name]]),
    );
    const page = await desk.page(kind, { search, where, limit, after: cursor });
    const items = await toFileViews(desk, principalOf(request), kind, page.items);
    return { items, next: page.next };
  });
  const oneSchema = {
    tags,
    summary: `One ${noun}`,
    params: Type.Object({ [id]: idSchemaOf(route) }),
    response: { 200: viewOf(route) },
  };
  app.get<{ Params: Record<string, string> }>(
    `${path}/:${id}`,
    { schema: oneSchema, config },
    async (request) => {
      const stored = await desk.get(kind, request.params[id] ?? "");
      const [view] = await toFileViews(desk, principalOf(request), kind, [stored]);
      return view;
    },
  );
}

function writeRoutes(app: FastifyInstance, { ports }: RouteDeps, route: FileRoute): void {
  const { kind, noun, id, fields, write: access = "organisation.write" } = route;
  const desk = ports.organisation;
  const config = { access };
  const write = async (request: Parameters<typeof principalOf>[0], fileId: string, body: Body) => {
    const { commandId, version, contacts, person, ...rest } = body;
    // The body was checked against the schema of this kind.
    const file = { ...rest, ...noContacts(kind), [id]: fileId } as unknown as FileOf[DraftKind];
    const people = peopleOf(fileId, contacts, person);
    const order = { actor: actorOf(request), commandId, version, people };
    const stored = await desk.write(kind, { ...order, file });
    const [view] = await toFileViews(desk, principalOf(request), kind, [stored]);
    return view;
  };
  const createSchema = {
    tags,
    summary: `New ${noun}`,
    body: Type.Object({ commandId, [id]: idSchemaOf(route), ...fields }, closed),
    response: { 200: viewOf(route) },
  };
  app.post<{ Body: Body }>(
    `/organisation/${kind}`,
    { schema: createSchema, config },
    async (request) => {
      const { [id]: fileId, ...body } = request.body;
      return write(request, String(fileId), body as Body);
    },
  );
  const changeSchema = {
    tags,
    summary: `Change a ${noun}`,
    description: "The whole file is replaced. 409 when it was changed since `version` was read.",
    params: Type.Object({ [id]: idSchemaOf(route) }),
    body: Type.Object({ commandId, version, ...fields }, closed),
    response: { 200: viewOf(route) },
  };
  app.post<{ Body: Body; Params: Record<string, string> }>(
    `/organisation/${kind}/:${id}`,
    { schema: changeSchema, config },
    async (request) => write(request, request.params[id] ?? "", request.body),
  );
}

/** Which people a customer has is the desk's to keep. */
const noContacts = (kind: DraftKind) => (kind === "customers" ? { contactIds: [] } : {});

function peopleOf(
  fileId: string,
  contacts: Body["contacts"],
  person: Body["person"],
): Person[] | undefined {
  if (person) return [{ ...person, personId: fileId }];
  return contacts?.map(({ personId = `P-${randomBytes(9).toString("hex")}`, ...rest }) => ({
    personId,
    ...rest,
  }));
}
