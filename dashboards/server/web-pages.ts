import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyPluginAsync } from "fastify";
import { HttpError } from "./api/error-reply.ts";

/**
 * The built web application. Its assets have a hash in the name and are cached for ever; every other path that is not
 * the interface's answers with the page itself, so that `/machines/<id>` and `/tickets/<id>` are links.
 */
export const webPages: FastifyPluginAsync<{ folder?: string | undefined }> = async (
  app,
  { folder },
) => {
  const notFound = () => {
    throw new HttpError("NOT_FOUND", "there is nothing here");
  };
  if (folder === undefined) {
    app.setNotFoundHandler(notFound);
    return;
  }
  await app.register(fastifyStatic, {
    root: join(folder, "assets"),
    prefix: "/assets/",
    preCompressed: true,
    immutable: true,
    maxAge: "365d",
    index: false,
    decorateReply: false,
  });
  serveRootFiles(app, folder);
  const page = readFileSync(join(folder, "index.html"));
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const isPage = request.method === "GET" || request.method === "HEAD";
    if (!isPage || /^\/(api|aemp|assets|metrics|healthz|readyz)(\/|$)/.test(path))
      return notFound();
    return reply.type("text/html; charset=utf-8").header("cache-control", "no-cache").send(page);
  });
};

const rootFiles = {
  "field-worker.js": "text/javascript; charset=utf-8",
  "field.webmanifest": "application/manifest+json; charset=utf-8",
  "icon-192.png": "image/png",
  "icon-512.png": "image/png",
} as const;

/** What browsers want under a name that never changes: asked for anew each time, so that nobody keeps an old worker. */
function serveRootFiles(app: FastifyInstance, folder: string): void {
  for (const [name, type] of Object.entries(rootFiles)) {
    if (!existsSync(join(folder, name))) continue;
    const content = readFileSync(join(folder, name));
    app.get(`/${name}`, async (_request, reply) =>
      reply.type(type).header("cache-control", "no-cache").send(content),
    );
  }
}
