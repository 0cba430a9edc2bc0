import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import multipart from "@fastify/multipart";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { customersConfig } from "@firebreak/tickets/customers/customers-config.ts";
import { FeedbackContent } from "@firebreak/tickets/customers/feedback.ts";
import { Progress } from "@firebreak/tickets/customers/progress.ts";
import { ReportContent } from "@firebreak/tickets/customers/report.ts";
import { lookalikeKeyOf } from "@firebreak/tickets/customers/serial-number.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { AddressLimit } from "../address-limit.ts";
import { HttpError } from "../api/error-reply.ts";
import { BothLanguages, OneOf, Page } from "../api/schemas.ts";
import { longestBodyMs } from "../slow-bodies.ts";
import type { RouteDeps } from "./route-deps.ts";
import { mediaIn, taking } from "./upload.ts";

const tags = ["public"];
const HOUR_MS = 3_600_000;
const anybody = { access: "anybody" } as const;
const codeParams = Type.Object({ code: Type.String({ minLength: 1, maxLength: 64 }) });
const notThere = () => new HttpError("LINK_UNKNOWN", "this link is not valid, or no longer");

const ReportBody = Type.Object(
  {
    ...ReportContent.properties,
    way: Type.Optional(OneOf(["web", "qr"], "qr: by the code on the machine")),
    commandId: Type.Optional(Type.String({ minLength: 16, maxLength: 100 })),
    website: Type.Optional(
      Type.String({ maxLength: 200, description: "left empty by people; forms hide it" }),
    ),
  },
  closed,
);

/**
 * For customers, without a login: reporting a fault, its photos, how far it is, rating it. A code that opens nothing and a
 * code that is over are answered alike, and a report of a machine we know like one of a machine we do not.
 */
export const publicRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { customers, clock } = ports;
  const { reportsPerAddress, reportsPerMachine, wrongCodesPerAddress } = customersConfig;
  const byAddress = new AddressLimit(clock, { most: reportsPerAddress, windowMs: HOUR_MS });
  const byMachine = new AddressLimit(clock, { most: reportsPerMachine, windowMs: HOUR_MS });
  const wrongCodes = new AddressLimit(clock, { most: wrongCodesPerAddress, windowMs: HOUR_MS / 6 });
  await app.register(multipart);

  /** Whoever guesses codes is slowed down; whoever has one is not. */
  const byCode = async <Answer>(ip: string, ask: () => Promise<Answer>): Promise<Answer> => {
    wrongCodes.check(ip);
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "LINK_UNKNOWN")
        wrongCodes.count(ip);
      throw error;
    }
  };

  const symptomsSchema = {
    tags,
    summary: "What may be wrong with machines of each type",
    response: {
      200: Page(
        Type.Object({
          productType: Type.String(),
          product: BothLanguages,
          failureMode: Type.String(),
          title: BothLanguages,
          symptom: BothLanguages,
        }),
      ),
    },
  };
  app.get("/public/symptoms", { schema: symptomsSchema, config: anybody }, async () => ({
    items: customers.symptoms(),
    next: null,
  }));

  const reportSchema = {
    tags,
    summary: "Report a fault",
    description:
      "The answer is the same whether the serial number is known or not. The code opens the page of the report; photos and films may be added with it for a day.",
    body: ReportBody,
    response: { 202: Type.Object({ progressCode: Type.String() }) },
  };
  app.post("/public/reports", { schema: reportSchema, config: anybody }, async (request, reply) => {
    const { way = "web", commandId, website, ...content } = request.body;
    byAddress.check(request.ip);
    byAddress.count(request.ip);
    const machine = lookalikeKeyOf(content.serialNumber ?? "");
    if (machine !== "") {
      byMachine.check(machine);
      byMachine.count(machine);
    }
    const answerAt = setTimeout(customersConfig.publicAnswerMs);
    // A program filled in what people do not see: it is answered, and nothing is kept.
    const isTrap = website !== undefined && website !== "";
    const progressCode = isTrap
      ? randomBytes(16).toString("base64url")
      : (
          await customers.takeReport({
            way,
            content,
            actor: { kind: "person", id: "customer" },
            commandId: `public/${commandId ?? randomUUID()}`,
          })
        ).progressCode;
    await answerAt;
    return reply.code(202).send({ progressCode });
  });

  const mediaSchema = {
    tags,
    summary: "Add a photo or film to a report",
    description:
      "One file as multipart/form-data. Where it was taken is removed from it, unless keepsPlace says that it may stay.",
    params: codeParams,
    querystring: Type.Object({
      kind: OneOf(["photo", "video"]),
      keepsPlace: Type.Optional(Type.Boolean({ description: "the place may stay in the file" })),
    }),
    consumes: ["multipart/form-data"],
    response: { 200: Type.Object({ mediaId: Type.String() }) },
  };
  app.post(
    "/public/reports/:code/media",
    {
      schema: mediaSchema,
      config: {
        ...anybody,
        bodyTimeoutMs: longestBodyMs - 60_000,
        rateLimit: { max: 30, timeWindow: HOUR_MS },
      },
    },
    async (request) => {
      const { code } = request.params;
      const { kind, keepsPlace = false } = request.query;
      return taking(request, () =>
        byCode(request.ip, async () => {
          await customers.mayAddMedia(code);
          return customers.addReportMedia(code, await mediaIn(request, kind), { kind, keepsPlace });
        }),
      );
    },
  );

  const progressSchema = {
    tags,
    summary: "How far a repair is",
    description: "Stage, expected arrival and the engineer's first name, nothing else.",
    params: codeParams,
    response: { 200: Progress },
  };
  app.get(
    "/public/progress/:code",
    {
      schema: progressSchema,
      config: { ...anybody, rateLimit: { max: 60, timeWindow: 60_000 } },
    },
    async ({ params: { code }, ip }) =>
      byCode(ip, async () => {
        const progress = await customers.progress(code);
        if (progress === undefined) throw notThere();
        return progress;
      }),
  );

  const linkSchema = {
    tags,
    summary: "What a rating link is for",
    params: codeParams,
    response: {
      200: Type.Object({
        source: OneOf(["micro", "follow_up", "quarterly"]),
        isUsed: Type.Boolean(),
      }),
    },
  };
  app.get(
    "/public/ratings/:code",
    { schema: linkSchema, config: { ...anybody, rateLimit: { max: 60, timeWindow: 60_000 } } },
    async ({ params: { code }, ip }) => byCode(ip, () => customers.ratingLink(code)),
  );

  const rateSchema = {
    tags,
    summary: "Rate a service; goes straight to headquarters",
    params: codeParams,
    body: FeedbackContent,
    response: { 204: Type.Null() },
  };
  app.post(
    "/public/ratings/:code",
    { schema: rateSchema, config: { ...anybody, rateLimit: { max: 30, timeWindow: 60_000 } } },
    async ({ params: { code }, body, ip }, reply) => {
      await byCode(ip, () => customers.rate(code, body));
      return reply.code(204).send(null);
    },
  );
};
