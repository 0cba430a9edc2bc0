import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import { emailPattern, OrganisationId, phonePattern, ShortText } from "./fields.ts";

/** All that is personal of somebody; everything else refers to him by `personId`, so that this row can be erased. */
export const Person = Type.Object(
  {
    personId: OrganisationId,
    name: ShortText,
    /** What a customer is shown (TK-8). */
    firstName: Type.Optional(ShortText),
    phone: Type.Optional(Type.String({ pattern: phonePattern })),
    email: Type.Optional(Type.String({ pattern: emailPattern })),
    /** In which messages are written to him; zh-CN when he did not say. */
    language: Type.Optional(Type.Enum(["zh-CN", "en"])),
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    /** What he is to his firm: operator, owner, site manager. */
    position: Type.Optional(ShortText),
  },
  closed,
);
export type Person = Static<typeof Person>;
