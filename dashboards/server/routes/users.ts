import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { affiliationOf, roles } from "@firebreak/kit/roles.ts";
import { type Static, Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { OneOf, Page } from "../api/schemas.ts";
import { createAccounts } from "../auth/accounts.ts";
import { sessionCookie } from "../auth/sessions.ts";
import type { UserRecord } from "../ports.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["users"];
const mayWrite = { access: "users.write" } as const;
const closed = { additionalProperties: false };
const Username = Type.String({
  pattern: "^[a-z0-9][a-z0-9._-]{0,59}$",
  description: "stands in logs and timelines for good: a staff number rather than a name",
});
const Id = Type.Optional(Type.String({ minLength: 1, maxLength: 100 }));
const affiliation = { engineerId: Id, stationId: Id, regionId: Id, customerId: Id };
const Assignment = { role: OneOf(roles), ...affiliation };
const commandId = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 100,
    description: "may be sent; the same again changes nothing anyway",
  }),
);
const User = Type.Object({
  username: Type.String(),
  ...Assignment,
  disabledAt: Type.Union([Type.String(), Type.Null()]),
});
const WithPassword = Type.Object({
  user: User,
  password: Type.String({ description: "shown once, stored nowhere" }),
});
/** What was once accepted stays reachable, whatever its letters. */
const params = Type.Object({ username: Type.String({ minLength: 1, maxLength: 100 }) });

const toUser = ({ passwordHash: _secret, disabledAt, ...user }: UserRecord): Static<typeof User> =>
  ({ ...user, disabledAt: disabledAt ?? null }) as Static<typeof User>;

/** Who may log in, and as what. */
export const userRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports, sessions },
) => {
  const { users, clock } = ports;
  const accounts = createAccounts(users, { clock, sessions });

  const listSchema = { tags, summary: "All users, by name", response: { 200: Page(User) } };
  app.get("/users", { schema: listSchema, config: mayWrite }, async () => ({
    items: (await users.list()).map(toUser),
    next: null,
  }));

  const addSchema = {
    tags,
    summary: "Add a user; answers with a password, once",
    body: Type.Object({ username: Username, ...Assignment, commandId }, closed),
    response: { 201: WithPassword },
  };
  app.post("/users", { schema: addSchema, config: mayWrite }, async (request, reply) => {
    const { username, role, ...rest } = request.body;
    request.auditSubject = { kind: "user", id: username };
    request.auditFacts = { newRole: role };
    const { user, password } = await accounts.add(username, role, affiliationOf(rest));
    return reply.code(201).send({ user: toUser(user), password });
  });

  const assignSchema = {
    tags,
    summary: "Give a user a role and a place; counts from the next request on",
    description: "The place is the whole of it: what is left out is taken away.",
    params,
    body: Type.Object({ ...Assignment, commandId }, closed),
    response: { 200: User },
  };
  app.post("/users/:username/role", { schema: assignSchema, config: mayWrite }, async (request) => {
    const { role, ...rest } = request.body;
    request.auditFacts = { newRole: role };
    return toUser(await accounts.assign(request.params.username, role, affiliationOf(rest)));
  });

  for (const [what, summary] of [
    ["disable", "Keep a user out, at once; the last administrator stays"],
    ["enable", "Let a user in again"],
  ] as const) {
    const schema = { tags, summary, params, response: { 200: User } };
    app.post(`/users/:username/${what}`, { schema, config: mayWrite }, async (request) =>
      toUser(await accounts[what](request.params.username)),
    );
  }

  const resetSchema = {
    tags,
    summary: "Give a user a new password, once, and end all sessions",
    params,
    response: { 200: WithPassword },
  };
  app.post(
    "/users/:username/reset-password",
    { schema: resetSchema, config: mayWrite },
    async (request) => {
      const { user, password } = await accounts.resetPassword(request.params.username);
      return { user: toUser(user), password };
    },
  );
};

/** What everybody may do to the own account. */
export const ownAccountRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports, sessions, throttle },
) => {
  const accounts = createAccounts(ports.users, { clock: ports.clock, sessions });
  const schema = {
    tags: ["session"],
    summary: "Change the own password; every other session of the user ends",
    body: Type.Object(
      {
        current: Type.String({ minLength: 1, maxLength: 200 }),
        next: Type.String({ minLength: 1, maxLength: 200 }),
        commandId,
      },
      closed,
    ),
    response: { 204: Type.Null() },
  };
  app.post("/me/password", { schema, config: { access: "self" } }, async (request, reply) => {
    const username = request.principal?.username;
    const session = request.cookies[sessionCookie];
    if (!username || session === undefined)
      throw new HttpError("NOT_ALLOWED", "a token has no password");
    request.auditSubject = { kind: "user", id: username };
    if (throttle.waitSeconds(request.ip, username) > 0)
      throw new HttpError("TOO_MANY_REQUESTS", "too many attempts, try again later");
    throttle.attempted(request.ip, username);
    const sessionHash = sessions.hashOf(session);
    const { current, next } = request.body;
    await accounts.changePassword(username, { current, next, sessionHash });
    throttle.succeeded(request.ip, username);
    return reply.code(204).send(null);
  });
};
