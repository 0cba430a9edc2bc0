import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Language } from "./messages.ts";
import type { Audience } from "./notice.ts";

export type Reader = Pick<Database | Transaction, "tables">;

/** Somebody who can be told something. Read when it is needed and kept nowhere. */
export interface Recipient {
  readonly personId: string;
  readonly language: Language;
  readonly email?: string;
  readonly phone?: string;
}

/** Who belongs to an audience, and how they are reached. */
export interface Directory {
  /** Each person once. Empty when nobody fits. */
  recipientsOf(reader: Reader, audience: Audience): Promise<readonly Recipient[]>;
  /** Undefined for somebody who was erased. */
  recipient(reader: Reader, personId: string): Promise<Recipient | undefined>;
  /** In whose clock the times of a ticket are told: an IANA zone. */
  zoneOf(reader: Reader, ticketId: string): Promise<string>;
  /** Where a customer follows a ticket, relative to the pages; undefined when there is none. */
  pathOf(reader: Reader, ticketId: string): Promise<string | undefined>;
}
