import { randomUUID } from "node:crypto";
import multipart from "@fastify/multipart";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Media, mediaPurposes } from "@firebreak/tickets/field/media.ts";
import { extensionOf, mediaKinds } from "@firebreak/tickets/field/media-type.ts";
import { Type } from "typebox";
import { parseRange } from "../api/byte-range.ts";
import { HttpError } from "../api/error-reply.ts";
import { OneOf, Page, TicketId } from "../api/schemas.ts";
import { longestBodyMs } from "../slow-bodies.ts";
import type { RouteDeps } from "./route-deps.ts";
import { mediaIn, taking } from "./upload.ts";

const tags = ["field"];
const ticketParams = Type.Object({ ticketId: TicketId });

const uploadQuery = Type.Object({
  kind: OneOf(mediaKinds),
  purpose: OneOf(mediaPurposes),
  commandId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  keepsPlace: Type.Optional(
    Type.Boolean({ description: "the customer agrees that the file says where it was taken" }),
  ),
});

/** Photos and films of tickets. */
export const mediaRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { media } = ports;
  await app.register(multipart);

  const uploadSchema = {
    tags,
    summary: "Add a photo, film or signature to a ticket",
    description:
      "One file as multipart/form-data. What it is, is told by its first bytes. The place is taken out unless keepsPlace. The same commandId again gives the first answer.",
    params: ticketParams,
    querystring: uploadQuery,
    consumes: ["multipart/form-data"],
    response: { 200: Media },
  };
  app.post(
    "/tickets/:ticketId/media",
    {
      schema: uploadSchema,
      config: {
        access: "tickets.intake",
        bodyTimeoutMs: longestBodyMs - 60_000,
        rateLimit: { max: 300, timeWindow: 60_000 },
      },
    },
    async (request) => {
      const { principal, params, query } = request;
      if (principal === null) throw new HttpError("NOT_LOGGED_IN", "log in first");
      const { kind, purpose, commandId = randomUUID(), keepsPlace = false } = query;
      return taking(request, async () =>
        media.upload(await mediaIn(request, kind), {
          ...params,
          kind,
          purpose,
          keepsPlace,
          commandId,
          actor: { kind: "person", id: principal.actor },
        }),
      );
    },
  );

  const listSchema = {
    tags,
    summary: "Files of a ticket, oldest first",
    params: ticketParams,
    response: { 200: Page(Media) },
  };
  app.get(
    "/tickets/:ticketId/media",
    { schema: listSchema, config: { access: "tickets.read" } },
    async ({ params: { ticketId } }) => ({ items: await media.list(ticketId), next: null }),
  );

  const contentSchema = {
    tags,
    summary: "The file itself; parts of it with Range",
    params: Type.Object({ mediaId: Type.String({ pattern: "^[A-Za-z0-9_-]{1,64}$" }) }),
  };
  app.get(
    "/media/:mediaId/content",
    { schema: contentSchema, config: { access: "tickets.read" } },
    async ({ params: { mediaId }, headers }, reply) => {
      const { mime, sha256 } = await media.find(mediaId);
      const { file, bytes } = await media.files.open(sha256);
      const range = parseRange(headers.range, bytes);
      reply.headers({
        "content-type": mime,
        "content-disposition": `attachment; filename="${mediaId}.${extensionOf[mime]}"`,
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
        "accept-ranges": "bytes",
      });
      if (range === null) {
        await file.close();
        reply.header("content-range", `bytes */${bytes}`);
        throw new HttpError("RANGE_NOT_THERE", `the file has ${bytes} bytes`);
      }
      const { from, to } = range ?? { from: 0, to: bytes - 1 };
      if (range) reply.code(206).header("content-range", `bytes ${from}-${to}/${bytes}`);
      reply.header("content-length", to - from + 1);
      return reply.send(file.createReadStream({ start: from, end: to }));
    },
  );
};
