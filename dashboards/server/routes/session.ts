import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  type Affiliation,
  affiliationOf,
  permissions,
  permissionsOf,
  type Role,
  roles,
} from "@firebreak/kit/roles.ts";
import { type Static, Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { OneOf } from "../api/schemas.ts";
import { checkSameOrigin } from "../auth/guard.ts";
import { checkPassword } from "../auth/passwords.ts";
import { sessionCookie } from "../auth/sessions.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["session"];
const Me = Type.Object({
  username: Type.Union([Type.String(), Type.Null()], {
    description: "null for a token, and when not logged in",
  }),
  role: Type.Union([OneOf(roles), Type.Null()], { description: "null when not logged in" }),
  permissions: Type.Array(OneOf(permissions)),
  engineerId: Type.Optional(Type.String()),
  stationId: Type.Optional(Type.String()),
  regionId: Type.Optional(Type.String()),
  customerId: Type.Optional(Type.String()),
});
type Me = Static<typeof Me>;

const describeMe = (who: Affiliation & { username: string | null; role: Role }): Me =>
  ({
    username: who.username,
    role: who.role,
    permissions: [...permissionsOf(who.role)],
    ...affiliationOf(who),
  }) as Me;
const maxChecksAtOnce = 4;

export const sessionRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports, guard, sessions, throttle },
) => {
  const { users, log } = ports;
  let checks = 0;

  const loginSchema = {
    tags,
    summary: "Log in with a password; sets the session cookie",
    body: Type.Object(
      {
        username: Type.String({ minLength: 1, maxLength: 100 }),
        password: Type.String({ minLength: 1, maxLength: 200 }),
      },
      { additionalProperties: false },
    ),
    response: { 200: Me },
  };
  app.post(
    "/login",
    { schema: loginSchema, config: { access: "anybody" } },
    async (request, reply) => {
      checkSameOrigin(request, false);
      const { username, password } = request.body;
      const wait = throttle.waitSeconds(request.ip, username);
      if (wait > 0 || checks >= maxChecksAtOnce) {
        reply.header("retry-after", Math.max(1, wait));
        throw new HttpError(
          "TOO_MANY_REQUESTS",
          `too many attempts, try again in ${Math.max(1, wait)} s`,
        );
      }
      throttle.attempted(request.ip, username);
      const user = await users.find(username);
      if (user !== undefined) request.auditSubject = { kind: "user", id: user.username };
      checks++;
      const isRight = await checkPassword(password, user?.passwordHash).finally(() => checks--);
      if (user === undefined || user.disabledAt !== undefined || !isRight) {
        log.warn({ username, address: request.ip, code: "WRONG_CREDENTIALS" }, "login refused");
        throw new HttpError("WRONG_CREDENTIALS", "user name or password is wrong");
      }
      throttle.succeeded(request.ip, username);
      const isSecure = request.protocol === "https";
      const cookie = { path: "/", httpOnly: true, sameSite: "strict", secure: isSecure } as const;
      reply.setCookie(sessionCookie, await sessions.open(username), cookie);
      log.info({ username, address: request.ip }, "logged in");
      request.principal = { actor: username, username, role: user.role, via: "session" };
      return describeMe(user);
    },
  );

  const logoutSchema = { tags, summary: "End the session", response: { 204: Type.Null() } };
  app.post(
    "/logout",
    { schema: logoutSchema, config: { access: "self" } },
    async (request, reply) => {
      const value = request.cookies[sessionCookie];
      if (value !== undefined) await sessions.close(value);
      reply.clearCookie(sessionCookie, { path: "/" });
      return reply.code(204).send(null);
    },
  );

  const meSchema = {
    tags,
    summary: "Who am I",
    description: "Nobody, without a login or after it ended; only a wrong token is refused.",
    response: { 200: Me },
  };
  app.get("/me", { schema: meSchema, config: { access: "anybody" } }, async (request) => {
    const principal = await guard.identify(request);
    if (principal !== null) return describeMe(principal);
    if (request.headers.authorization !== undefined)
      throw new HttpError("NOT_LOGGED_IN", "the token is not valid");
    return { username: null, role: null, permissions: [] };
  });
};
