import { type Static, Type } from "typebox";
import { closed, Instant } from "../vocabulary.ts";

/** What became of it: codes, ids and numbers, never a name, an address or what somebody wrote. */
export const AuditFacts = Type.Record(
  Type.String({ pattern: "^[a-zA-Z]{1,40}$" }),
  Type.Union([Type.String({ maxLength: 120 }), Type.Number(), Type.Boolean(), Type.Null()]),
);
export type AuditFacts = Static<typeof AuditFacts>;

/** One line of the log: who did what to what, and with which result. */
export const AuditEntry = Type.Object(
  {
    entryId: Type.String(),
    at: Instant,
    actor: Type.String({ description: "user name, `token:<id>`, `system:<part>`, or `anybody`" }),
    action: Type.String({ description: "such as `user.disabled`, or the method and route" }),
    subjectKind: Type.String({ description: "such as `ticket`; empty where there is none" }),
    subjectId: Type.String(),
    facts: AuditFacts,
  },
  closed,
);
export type AuditEntry = Static<typeof AuditEntry>;

export interface AuditSubject {
  readonly kind: string;
  readonly id: string;
}

/** Ids, codes and instants: no blank, no `@`, nothing but ASCII, so neither a name nor an address fits. */
const harmless = /^[A-Za-z0-9_.:/-]{0,120}$/;
export const WITHHELD = "(withheld)";

/** The text itself where it is an id or a code, else a mark that something stood there. */
export const withoutPersonal = (text: string): string => (harmless.test(text) ? text : WITHHELD);

export function factsWithoutPersonal(facts: AuditFacts): AuditFacts {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === "string" ? withoutPersonal(value) : value,
    ]),
  );
}
