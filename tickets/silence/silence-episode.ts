import type { Transaction } from "@firebreak/kit/database.ts";
import { isOfFormerOwner } from "../former-owner.ts";
import type { TicketTables } from "../tables.ts";
import type { Reader } from "../ticket-store.ts";
import type { SilenceTables } from "./silence-tables.ts";

/** A silence that somebody was asked to look at and that is not over. */
export interface SilenceEpisode {
  readonly episodeId: string;
  readonly machineId: string;
  readonly sinceMs: number;
  readonly ticketId: string;
  /** Since when the machine is heard again; null while it is not. */
  readonly backMs: number | null;
  /** The machine has gone to another customer since. */
  readonly isOfFormerOwner: boolean;
}

/** What is to be done about an episode; undefined: nothing now. */
export type EpisodeStep = "back" | "parked" | "sold" | "heard" | "silent-again" | undefined;

/** Pure. Times in ms. */
export function stepOf(
  { sinceMs, backMs, isOfFormerOwner }: SilenceEpisode,
  now: {
    readonly isParked: boolean;
    readonly isSilent: boolean;
    readonly contactMs: number;
    readonly nowMs: number;
    readonly backAfterMs: number;
  },
): EpisodeStep {
  if (isOfFormerOwner) return "sold";
  if (now.isParked) return "parked";
  if (now.isSilent) return backMs === null ? undefined : "silent-again";
  if (now.contactMs <= sinceMs) return undefined;
  if (backMs === null) return "heard";
  return now.nowMs - backMs >= now.backAfterMs ? "back" : undefined;
}

const tablesOf = (reader: Reader) => reader.tables<SilenceTables & Pick<TicketTables, "tickets">>();

/** Of one machine, or all; by machine. */
export async function loadOpenEpisodes(
  reader: Reader,
  machineId?: string,
): Promise<SilenceEpisode[]> {
  let query = tablesOf(reader)
    .selectFrom("silence_episodes")
    .innerJoin("tickets", "tickets.ticket_id", "silence_episodes.ticket_id")
    .select([
      "silence_episodes.episode_id",
      "silence_episodes.machine_id",
      "silence_episodes.since",
      "silence_episodes.ticket_id",
      "silence_episodes.back_at",
      "tickets.problem_key",
    ])
    .where("silence_episodes.ended_at", "is", null)
    .orderBy("silence_episodes.machine_id");
  if (machineId !== undefined) query = query.where("silence_episodes.machine_id", "=", machineId);
  return (await query.execute()).map((row) => ({
    episodeId: row.episode_id,
    machineId: row.machine_id,
    sinceMs: Date.parse(row.since),
    ticketId: row.ticket_id,
    backMs: row.back_at === null ? null : Date.parse(row.back_at),
    isOfFormerOwner: isOfFormerOwner(row.problem_key),
  }));
}

export async function countOpenedSince(reader: Reader, at: string): Promise<number> {
  const { count } = await tablesOf(reader)
    .selectFrom("silence_episodes")
    .select((select) => select.fn.countAll<number>().as("count"))
    .where("opened_at", ">", at)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export const addEpisode = async (
  tx: Transaction,
  episode: {
    readonly episodeId: string;
    readonly machineId: string;
    readonly since: string;
    readonly ticketId: string;
    readonly openedAt: string;
  },
): Promise<void> =>
  void (await tablesOf(tx)
    .insertInto("silence_episodes")
    .values({
      episode_id: episode.episodeId,
      machine_id: episode.machineId,
      since: episode.since,
      ticket_id: episode.ticketId,
      opened_at: episode.openedAt,
      back_at: null,
      ended_at: null,
    })
    .execute());

export const changeEpisode = async (
  tx: Transaction,
  episodeId: string,
  change: { readonly back_at: string | null } | { readonly ended_at: string },
): Promise<void> =>
  void (await tablesOf(tx)
    .updateTable("silence_episodes")
    .set(change)
    .where("episode_id", "=", episodeId)
    .execute());
