import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { TicketTables } from "./tables.ts";
import type { TicketIds } from "./ticket-ids.ts";
import type { Actor } from "./vocabulary.ts";

/** One transaction's work: who does it, when, and where ids come from. Every writing function takes it first. */
export interface ServiceWork {
  readonly tx: Transaction;
  readonly actor: Actor;
  readonly nowMs: number;
  /** `nowMs` as an ISO instant. */
  readonly at: string;
  readonly ids: TicketIds;
}

export interface ServiceCommand {
  /** The caller's; the same one again changes nothing. */
  readonly commandId: string;
  /** What is done, such as `stock.receive`. */
  readonly name: string;
  /** What it is done to: one command id serves one subject. */
  readonly subject: string;
}

/**
 * Carries a command out once (TK-9): the same id again gives the stored answer and does nothing. `Answer` must survive
 * JSON.
 * @throws CodedError COMMAND_REUSED when the id was used for something else
 */
export async function once<Answer>(
  { tx, at }: ServiceWork,
  { commandId, name, subject }: ServiceCommand,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const tables = tx.tables<TicketTables>();
  const earlier = await tables
    .selectFrom("service_commands")
    .selectAll()
    .where("command_id", "=", commandId)
    .executeTakeFirst();
  if (earlier && (earlier.name !== name || earlier.subject !== subject))
    throw new CodedError(
      "COMMAND_REUSED",
      `command ${commandId} was ${earlier.name} of ${earlier.subject}: take a new id`,
    );
  if (earlier) return JSON.parse(earlier.answer) as Answer;
  const answer = await run();
  await tables
    .insertInto("service_commands")
    .values({ command_id: commandId, name, subject, answer: JSON.stringify(answer ?? null), at })
    .execute();
  return answer;
}
