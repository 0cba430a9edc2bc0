import type { ServiceWork } from "../service-work.ts";
import type { Priority } from "../vocabulary.ts";
import type { ChannelTables } from "./channels-tables.ts";

/** Whom a notice is for. Who these are, and where they are reached, is looked up when it is sent. */
export type Audience =
  /** Everybody of a role; at one station or in one region when named. */
  | {
      readonly to: "role";
      readonly role: string;
      readonly stationId?: string;
      readonly regionId?: string;
    }
  | { readonly to: "engineer"; readonly engineerId: string }
  /** Whoever reported the ticket, and the contacts of the customer; `personId`: this one alone. */
  | {
      readonly to: "customer";
      /** Empty when it is not known whose machine it is. */
      readonly customerId: string;
      readonly ticketId?: string;
      readonly personId?: string;
    };

/** Something that people must hear of. Never holds personal data: ids, codes and figures only. */
export interface Notice {
  /** A key of the message catalogue, such as `ticket-opened` or `clock-breached`. */
  readonly kind: string;
  readonly audience: Audience;
  readonly priority: Priority;
  readonly ticketId?: string;
  readonly machineId?: string;
  /** What the message's text names. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** Puts notices into the outbox, in the transaction of what they tell of; they are sent after it is committed. */
export async function enqueueNotices(
  { tx, at, ids }: ServiceWork,
  notices: readonly Notice[],
): Promise<void> {
  for (const notice of notices)
    await tx
      .tables<ChannelTables>()
      .insertInto("notices")
      .values({ notice_id: ids.rowId(), at, body: JSON.stringify(notice), is_pending: 1 })
      .execute();
}
