import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Time in which the body of a request must have come, in ms; absent: 30 s. */
    bodyTimeoutMs?: number;
  }
}

const defaultBodyMs = 30_000;

/** Longest time any route gives a body: a film over a weak mobile line. */
export const longestBodyMs = 15 * 60_000;

/** Ends requests whose body does not come in time; routes that receive files say how much more they need. */
export function endSlowBodies(app: FastifyInstance, bodyMs = defaultBodyMs): void {
  app.addHook("onRequest", async ({ raw, routeOptions }) => {
    const { "content-length": length, "transfer-encoding": encoding } = raw.headers;
    if (encoding === undefined && (length === undefined || length === "0")) return;
    const timer = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, routeOptions.config.bodyTimeoutMs ?? bodyMs);
    raw.once("close", () => clearTimeout(timer));
  });
}
