import {
  type Affiliation,
  affiliationOf,
  may,
  type Permission,
  type Role,
} from "@firebreak/kit/roles.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { HttpError } from "../api/error-reply.ts";
import type { TokenVerifier } from "../ports.ts";
import { type Sessions, sessionCookie } from "./sessions.ts";

/** What a route asks for: a permission, `self` for whoever is logged in, `anybody` without a login. */
export type Access = Permission | "self" | "anybody";

/** Who is asking. `actor` is written into timelines and logs. */
export interface Principal extends Affiliation {
  readonly actor: string;
  readonly username: string | null;
  readonly role: Role;
  readonly via: "token" | "session";
}

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** Every route says it; one that does not is refused when the server is put together. */
    access?: Access;
  }
}

const isSafe = (method: string): boolean => method === "GET" || method === "HEAD";

/** The host a browser shows in its address bar, for comparison with `Origin`. */
function originHost(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}

/**
 * Throws CROSS_SITE unless the browser says that our own page sent this. A cookie travels by itself, so a request
 * that changes something must prove where it comes from; one that says nothing is refused.
 */
export function checkSameOrigin(request: FastifyRequest, mustSay: boolean): void {
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isOurs =
    site === undefined
      ? origin === undefined
        ? !mustSay
        : originHost(origin) === host
      : site === "same-origin" || (site === "none" && !mustSay);
  if (!isOurs) throw new HttpError("CROSS_SITE", "the request does not come from this site");
}

/** Finds out who is asking: a bearer token first, else the session cookie. */
export function createGuard(sessions: Sessions, tokens: TokenVerifier) {
  const userOf = ({ method }: FastifyRequest, value: string) =>
    isSafe(method) ? sessions.readerOf(value) : sessions.userOf(value);
  const identify = async (request: FastifyRequest): Promise<Principal | null> => {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const [, token] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
      const holder = token === undefined ? undefined : tokens.verify(token);
      if (holder === undefined) return null;
      const { id, role } = holder;
      return { ...affiliationOf(holder), actor: `token:${id}`, username: null, role, via: "token" };
    }
    const value = request.cookies[sessionCookie];
    const user = value === undefined ? undefined : await userOf(request, value);
    if (user === undefined) return null;
    const { username, role } = user;
    return { ...affiliationOf(user), actor: username, username, role, via: "session" };
  };

  /** Throws NOT_LOGGED_IN, NOT_ALLOWED or CROSS_SITE; otherwise `request.principal` is set. */
  const admit = async (
    request: FastifyRequest,
    reply: FastifyReply,
    access: Permission | "self",
  ) => {
    const principal = await identify(request);
    if (principal === null) {
      reply.header("www-authenticate", "Bearer");
      throw new HttpError("NOT_LOGGED_IN", "log in, or send a token as Authorization: Bearer");
    }
    if (principal.via === "session") checkSameOrigin(request, !isSafe(request.method));
    request.principal = principal;
    if (access !== "self" && !may(principal.role, access))
      throw new HttpError("NOT_ALLOWED", `this needs the permission ${access}`);
  };

  return { identify, admit };
}

export type Guard = ReturnType<typeof createGuard>;
