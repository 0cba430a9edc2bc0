import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { actorOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const Erasure = Type.Object({
  personId: Type.String(),
  redactedTexts: Type.Integer({
    description: "notes and reports that named the person; 0 when asked again",
  }),
});

/** The rights of people over what is kept of them. */
export const peopleRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const schema = {
    tags: ["people"],
    summary: "Erase everything personal of a person, for good",
    description:
      "Name, numbers and addresses go, also out of notes and reports; timelines and ratings stay. Asked again it changes nothing.",
    params: Type.Object({ personId: Type.String({ minLength: 1, maxLength: 100 }) }),
    response: { 200: Erasure },
  };
  app.post(
    "/people/:personId/erase",
    { schema, config: { access: "people.erase" } },
    async (request) => {
      const { personId, redactedTexts } = await ports.erasure.erase(
        request.params.personId,
        actorOf(request),
      );
      request.auditFacts = { redactedTexts };
      return { personId, redactedTexts };
    },
  );
};
