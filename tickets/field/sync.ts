import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { Compile } from "typebox/compile";
import type { Acting, BeginWork } from "../begin-work.ts";
import type { Ticket } from "../ticket.ts";
import { findCommand, saveCommand } from "../ticket-store.ts";
import { carryOutField } from "./carry-out-field.ts";
import { type Claim, claimOf } from "./claimed-time.ts";
import {
  orderOf,
  type SyncAnswer,
  type SyncCommand,
  type SyncReply,
  syncCommands,
} from "./field-command.ts";
import { noteClaim } from "./field-notes.ts";
import { requireTicketOf } from "./require-ticket.ts";
import { refusalOf } from "./sync-refusal.ts";

export interface SyncOptions {
  readonly db: Database;
  readonly begin: BeginWork;
  /** Hears of what is ours to mend; the command may come again. */
  readonly onFault?: (error: unknown) => void;
}

export interface SyncOrder extends Acting {
  readonly deviceNow?: string | undefined;
  readonly nowMs: number;
  readonly commands: readonly unknown[];
}

const checkers = new Map([...syncCommands].map(([name, schema]) => [name, Compile(schema)]));
const checkerOf = (command: unknown) =>
  checkers.get(String((command as { readonly type?: unknown } | null)?.type));

/**
 * Carries out what a phone recorded without a line, in the order given, each in a transaction of its own and once
 * (TK-9). A refused command says why and what to do, leaves nothing behind, and keeps no later one from its turn.
 */
export async function syncField(
  options: SyncOptions,
  { commands, ...order }: SyncOrder,
): Promise<SyncReply> {
  const answers: SyncAnswer[] = [];
  for (const command of commands) answers.push(await answerTo(options, order, command));
  return { serverNow: new Date(order.nowMs).toISOString(), answers };
}

type Moment = Omit<SyncOrder, "commands">;

async function answerTo(
  options: SyncOptions,
  moment: Moment,
  command: unknown,
): Promise<SyncAnswer> {
  if (!isCommand(command)) return unreadable(command);
  try {
    return await options.db.transaction((tx) => carryOutOnce(options, moment, { tx, command }));
  } catch (error) {
    const ticket = await requireTicketOf(options.db, command.ticketId).catch(() => undefined);
    const refusal = refusalOf(error, command.type, ticket);
    if (refusal.code === "INTERNAL") options.onFault?.(error);
    const state = ticket ? { state: ticket.state } : {};
    return { commandId: command.commandId, status: "refused", ...state, ...refusal };
  }
}

const isCommand = (command: unknown): command is SyncCommand =>
  checkerOf(command)?.Check(command) ?? false;

function unreadable(command: unknown): SyncAnswer {
  const named = command as { readonly commandId?: unknown } | null;
  const commandId = typeof named?.commandId === "string" ? named.commandId : "";
  const [first] = checkerOf(command)?.Errors(command) ?? [];
  const where = first?.instancePath.split("/").slice(1).join(".") || "type";
  return {
    commandId,
    status: "refused",
    code: "BAD_REQUEST",
    message: `${where}: ${first?.message ?? "is none of those that a phone may send"}`,
    whatToDo: "correct",
  };
}

async function carryOutOnce(
  { begin }: SyncOptions,
  moment: Moment,
  { tx, command }: { readonly tx: Transaction; readonly command: SyncCommand },
): Promise<SyncAnswer> {
  const { commandId, ticketId, type } = command;
  // A name space of its own for each person: nobody can use up the command of another's phone.
  const key = `field/${moment.actor.id}/${commandId}`;
  const earlier = await findCommand(tx, key);
  const ticket = await requireTicketOf(tx, ticketId);
  if (earlier) {
    const isSame = earlier.ticketId === ticketId && earlier.name === type;
    return isSame ? { commandId, status: "already", state: ticket.state } : reused(commandId);
  }
  const claim = claimed(command, moment, ticket);
  const begun = begin(tx, moment.actor, moment.role, moment.engineerId);
  const work = claim?.isUsable ? { ...begun, claimedAt: claim.claimedAt } : begun;
  const after = await carryOutField(work, ticketId, orderOf(command), key);
  if (claim) await noteClaim(work, { ticketId, commandId, type, claim });
  await saveCommand(tx, { commandId: key, ticketId, name: type });
  return { commandId, status: "done", state: after.state };
}

/** ES-6: the phone's time is kept as evidence; clocks run by the server's, save where the claim may be believed. */
function claimed(
  { at, elapsedMs }: SyncCommand,
  { deviceNow, nowMs }: Moment,
  { assignment }: Ticket,
): Claim | undefined {
  if (at === undefined) return undefined;
  const limits = { deviceNow, serverNowMs: nowMs, notBefore: assignment?.at };
  return claimOf({ at, elapsedMs }, limits);
}

const reused = (commandId: string): SyncAnswer => ({
  commandId,
  status: "refused",
  code: "COMMAND_REUSED",
  message: "this id was used for something else; record it again",
  whatToDo: "correct",
});
