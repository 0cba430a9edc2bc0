import assert from "node:assert/strict";
import type { RouteOptions } from "fastify";

/** Refuses a route that does not say who may call it, and writes what it says into the document. */
export function declareAccess(route: RouteOptions): void {
  const access = route.config?.access;
  assert(access !== undefined, `${route.method} ${route.url} does not declare its access`);
  if (route.schema === undefined) return;
  const who = {
    anybody: "Needs no login.",
    self: "For whoever is logged in.",
  };
  const needs =
    access === "anybody" || access === "self" ? who[access] : `Needs the permission ${access}.`;
  const { description } = route.schema;
  route.schema = {
    ...route.schema,
    description: description ? `${description} ${needs}` : needs,
    ...(access === "anybody" ? { security: [] } : {}),
  };
}
