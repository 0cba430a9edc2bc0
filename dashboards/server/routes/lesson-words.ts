import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { principalOf } from "./principal-of.ts";

export const tags = ["lessons"];
export const reading = { access: "lessons.read" } as const;
export const writing = { access: "lessons.write" } as const;
export const done = { 204: Type.Null() };
export const Word = Type.String({ minLength: 1, maxLength: 200 });
export const Note = Type.String({ minLength: 1, maxLength: 2000 });

/** Who commands; a caller that sends no command id gets a new one each time. */
export const orderOf = (request: FastifyRequest, id: string | undefined) => ({
  actorId: principalOf(request).actor,
  commandId: id ?? randomUUID(),
});
