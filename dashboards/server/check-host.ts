import type { FastifyInstance } from "fastify";
import { HttpError } from "./api/error-reply.ts";

/** A name or an address, and a port. */
const hostPattern = /^([\w.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/;

/** Refuses requests that name two hosts, or none that there could be: what stands before us may take another one than we. */
export function checkHost(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ raw }) => {
    const hosts = raw.rawHeaders.filter(
      (one, at) => at % 2 === 0 && one.toLowerCase() === "host",
    ).length;
    const { host } = raw.headers;
    if (hosts > 1 || (host !== undefined && !hostPattern.test(host)))
      throw new HttpError("BAD_REQUEST", "the request does not say which host it is for", "host");
  });
}
