import { type Static, Type } from "typebox";
import { emailPattern } from "../organisation/fields.ts";
import { savePerson } from "../organisation/people.ts";
import type { ServiceWork } from "../service-work.ts";
import { closed } from "../vocabulary.ts";

/** How somebody who reports or complains is reached; whoever gives a number or an address hears how it goes on. */
export const Contact = Type.Object(
  {
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: "how to address the person" }),
    ),
    phone: Type.Optional(
      Type.String({ pattern: "^[+0-9][0-9 ()-]{4,30}$", description: "telephone number" }),
    ),
    email: Type.Optional(Type.String({ pattern: emailPattern, maxLength: 200 })),
    language: Type.Optional(
      Type.Enum(["zh-CN", "en"], {
        description: "in which messages are written; zh-CN when left out",
      }),
    ),
  },
  { ...closed, description: "kept as a person, who can be erased" },
);
export type Contact = Static<typeof Contact>;

/** A person of its own; gives the id, or nothing when nothing was said by which somebody could be called. */
export async function saveContact(
  { tx, ids }: Pick<ServiceWork, "tx" | "ids">,
  { name, phone, email, language }: Contact = {},
): Promise<string | undefined> {
  const called = name ?? phone ?? email;
  if (called === undefined) return undefined;
  const personId = `R${ids.rowId()}`;
  await savePerson(tx, {
    personId,
    name: called,
    ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }),
    ...(language === undefined ? {} : { language }),
  });
  return personId;
}
