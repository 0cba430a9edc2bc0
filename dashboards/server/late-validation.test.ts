import Fastify, { type FastifyInstance, type FastifySchema, type RouteOptions } from "fastify";
import { describe, expect, test } from "vitest";
import { createServer, validation } from "./create-server.ts";
import { compileWhenAsked } from "./late-validation.ts";
import { seededPorts } from "./seeded-ports.fixture.ts";

const parts = ["body", "querystring", "params", "headers"] as const;
const asked = ({ schema = {} }: RouteOptions): FastifySchema =>
  Object.fromEntries(
    parts.flatMap((part) => (schema[part] === undefined ? [] : [[part, schema[part]]])),
  );

async function routesOfHub(): Promise<RouteOptions[]> {
  const routes: RouteOptions[] = [];
  const app = createServer((await seededPorts(1)).ports);
  app.addHook("onRoute", (route) => void routes.push(route));
  await app.ready();
  await app.close();
  return routes;
}

describe("schemas that are compiled when they are asked for", () => {
  test("can be compiled, every one of the hub's", async () => {
    const routes = (await routesOfHub()).filter((route) => Object.keys(asked(route)).length > 0);
    expect(routes.length).toBeGreaterThan(200);
    const eager = Fastify({ ajv: { customOptions: validation }, exposeHeadRoutes: false });
    const handler = async () => null;
    for (const route of routes)
      if (route.method !== "HEAD")
        eager.route({ method: route.method, url: route.url, schema: asked(route), handler });
    await eager.ready();
    await eager.close();
  });

  const shape = {
    body: {
      type: "object",
      required: ["name"],
      properties: { name: { type: "string" }, count: { type: "integer", default: 3 } },
    },
    querystring: {
      type: "object",
      properties: { limit: { type: "integer", maximum: 9 }, tag: { type: "array" } },
    },
  };
  const serverOf = (onCreate?: typeof compileWhenAsked): FastifyInstance => {
    const app = Fastify({ ajv: { customOptions: validation, ...(onCreate && { onCreate }) } });
    app.post("/", { schema: shape }, async ({ body, query }) => ({ body, query }));
    return app;
  };

  test.each([
    { name: "good", url: "/?limit=4&tag=a", body: { name: "x", more: 1 }, status: 200 },
    { name: "coerced", url: "/", body: { name: 7, count: "2" }, status: 200 },
    { name: "without a body", url: "/", body: undefined, status: 400 },
    { name: "without a name", url: "/", body: {}, status: 400 },
    { name: "too much", url: "/?limit=10", body: { name: "x" }, status: 400 },
    { name: "no number", url: "/?limit=ten", body: { name: "x" }, status: 400 },
  ])("say of what is $name what Fastify's own say", async ({ url, body, status }) => {
    const [own, late] = [serverOf(), serverOf(compileWhenAsked)];
    const ask = { method: "POST", url, ...(body && { payload: body }) } as const;
    // The second time it is compiled already, and remembers nothing of the first.
    for (let time = 0; time < 2; time++) {
      const [expected, said] = [await own.inject(ask), await late.inject(ask)];
      expect(said.statusCode).toBe(status);
      expect(said.json()).toEqual(expected.json());
    }
    await Promise.all([own.close(), late.close()]);
  });
});
