import type { Equipment, FleetDocument, Link } from "@firebreak/ingest/aemp/fleet-document.ts";
import { toJson, toXml } from "@firebreak/ingest/aemp/write-fleet.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../api/error-reply.ts";

/** Version of the standard's documents that ours follow. */
const documentVersion = "1";

/** Where in a list of pages one stands; pages are counted from 1. */
export interface Paging {
  readonly page: number;
  readonly pages: number;
  /** Path of a page, without the host. */
  path(page: number): string;
}

/** The number in a path. @throws HttpError NOT_FOUND beyond the last page, BAD_REQUEST for what is no number */
export function pageOf(text: string, pages: number): number {
  const page = Number(text);
  if (!/^\d{1,9}$/.test(text) || page < 1)
    throw new HttpError("BAD_REQUEST", "pages are counted from 1", "page");
  if (page > pages) throw new HttpError("NOT_FOUND", `there are ${pages} pages`, "page");
  return page;
}

/** A page in the form that was asked for; XML unless JSON was. */
export function sendFleet(
  request: FastifyRequest,
  reply: FastifyReply,
  given: {
    readonly equipment: readonly Equipment[];
    readonly nowMs: number;
    readonly paging: Paging;
  },
): FastifyReply {
  const document: FleetDocument = {
    version: documentVersion,
    snapshotMs: given.nowMs,
    links: linksOf(request, given.paging),
    equipment: given.equipment,
  };
  if (wantsJson(request.headers.accept))
    return reply.type("application/json; charset=utf-8").send(toJson(document));
  return reply.type("application/xml; charset=utf-8").send(toXml(document));
}

/** Links that lead nowhere are left out. */
function linksOf(request: FastifyRequest, { page, pages, path }: Paging): Link[] {
  const isHttps = request.headers["x-forwarded-proto"] === "https";
  const base = `${isHttps ? "https" : request.protocol}://${request.host}`;
  const all: readonly (readonly [rel: string, page: number])[] = [
    ["self", page],
    ["prev", page - 1],
    ["next", page + 1],
    ["last", pages],
  ];
  return all
    .filter(([, to]) => to >= 1 && to <= pages)
    .map(([rel, to]) => ({ rel, href: `${base}${path(to)}` }));
}

/** JSON when the caller names it and does not put XML before it. */
export function wantsJson(accept = ""): boolean {
  const weightOf = (pattern: RegExp) =>
    Math.max(
      0,
      ...accept
        .split(",")
        .filter((one) => pattern.test(one))
        .map((one) => Number(/;\s*q=([\d.]+)/.exec(one)?.[1] ?? 1)),
    );
  const json = weightOf(/application\/(\S+\+)?json/i);
  return json > 0 && json > weightOf(/(application|text)\/xml/i);
}
