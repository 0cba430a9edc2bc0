import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import type { LoginThrottle } from "../auth/login-throttle.ts";
import { type AccessTokens, tokenLifeSeconds } from "./access-tokens.ts";
import type { AempClientDesk } from "./client-files.ts";

const OAuthError = Type.Object({ error: Type.String(), error_description: Type.String() });
const Token = Type.Object({
  access_token: Type.String(),
  token_type: Type.Literal("Bearer"),
  expires_in: Type.Integer({ description: "seconds" }),
});

export interface TokenRouteOptions {
  readonly clients: Pick<AempClientDesk, "find" | "verify">;
  readonly tokens: AccessTokens;
  readonly throttle: LoginThrottle;
}

/** Client credentials for an access token. @see RFC 6749, 2.3.1, 4.4 and 5 */
export const tokenRoute: FastifyPluginAsyncTypebox<TokenRouteOptions> = async (
  app,
  { clients, tokens, throttle },
) => {
  const form = { parseAs: "string", bodyLimit: 4_096 } as const;
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    form,
    async (_: unknown, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
  const schema = {
    tags: ["iso15143"],
    summary: "An access token for a client: grant_type=client_credentials, as a form",
    description:
      "The id and the secret as Basic, or as client_id and client_secret in the form. Needs no login.",
    security: [],
    consumes: ["application/x-www-form-urlencoded"],
    response: { 200: Token, "4xx": OAuthError },
  };
  // Said here so that the audit log has it like any other login.
  const config = { access: "anybody" } as const;
  app.post("/oauth/token", { schema, config }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    const body = (request.body ?? {}) as Readonly<Record<string, string>>;
    const refuse = (status: number, error: string, error_description: string) => {
      request.refusalCode = error;
      return reply.code(status).send({ error, error_description });
    };
    const { id, secret } = credentialsOf(request.headers.authorization, body);
    const wait = throttle.waitSeconds(request.ip, `aemp ${id}`);
    if (wait > 0) {
      reply.header("retry-after", wait);
      return refuse(429, "temporarily_unavailable", `too many attempts, try again in ${wait} s`);
    }
    // What a stranger calls itself stays out of the logs.
    const isKnown = clients.find(id) !== undefined;
    if (isKnown) request.auditSubject = { kind: "aempClient", id };
    throttle.attempted(request.ip, `aemp ${id}`);
    if (clients.verify(id, secret) === undefined) {
      const about = { address: request.ip, code: "WRONG_CREDENTIALS" };
      request.log.warn(isKnown ? { clientId: id, ...about } : about, "client refused");
      reply.header("www-authenticate", 'Basic realm="ISO 15143-3"');
      return refuse(401, "invalid_client", "this client is not known, or its secret is another");
    }
    throttle.succeeded(request.ip, `aemp ${id}`);
    if (body.grant_type !== "client_credentials")
      return refuse(400, "unsupported_grant_type", "grant_type must be client_credentials");
    const access_token = tokens.issue(id);
    return reply.send({ access_token, token_type: "Bearer", expires_in: tokenLifeSeconds });
  });
};

/** Basic first; its two halves are form-encoded. @see RFC 6749, 2.3.1 */
function credentialsOf(
  authorization: string | undefined,
  { client_id = "", client_secret = "" }: Readonly<Record<string, string>>,
): { readonly id: string; readonly secret: string } {
  const [, basic] = /^Basic +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (basic === undefined) return { id: client_id.slice(0, 100), secret: client_secret };
  const [id = "", ...rest] = Buffer.from(basic, "base64").toString("utf8").split(":");
  return { id: decoded(id).slice(0, 100), secret: decoded(rest.join(":")) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
