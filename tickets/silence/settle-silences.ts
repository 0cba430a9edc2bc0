import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { HOUR_MS, MINUTE_MS } from "../lifecycle/step.ts";
import type { MachineState } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { Reader } from "../ticket-store.ts";
import type { TicketWork } from "../ticket-work.ts";
import { dueSilences } from "./due-silences.ts";
import { endSilence } from "./end-silence.ts";
import { openSilence } from "./open-silence.ts";
import {
  changeEpisode,
  countOpenedSince,
  loadOpenEpisodes,
  type SilenceEpisode,
  stepOf,
} from "./silence-episode.ts";
import { type SilencePolicy, silencePolicy } from "./silence-policy.ts";
import type { SilenceSight } from "./silent-machine.ts";

export interface SilenceOptions {
  readonly db: Database;
  /** Begins a transaction's work in the name of the watch. */
  readonly begin: (tx: Transaction) => TicketWork;
  readonly nowMs: number;
  /** Of the machine, or of its file. */
  readonly planOf?: (machineId: string) => Plan | undefined;
  readonly policy?: SilencePolicy;
}

export interface SilenceReport {
  readonly opened: number;
  readonly ended: number;
  /** Machines that are to be looked at and wait for their ticket. */
  readonly waiting: number;
  /** Machines whose turn failed; the next run tries them again. */
  readonly failed: readonly { readonly machineId: string; readonly error: unknown }[];
}

/**
 * One inspection for each machine whose silence wants a visit, and its end once the machine is heard again. One
 * transaction for each machine, so that a kill loses nothing; run again, it opens nothing that was opened.
 */
export async function settleSilences(
  options: SilenceOptions,
  { silent, contactMs }: SilenceSight,
): Promise<SilenceReport> {
  const { db, nowMs, policy = silencePolicy } = options;
  const failed: { machineId: string; error: unknown }[] = [];
  const turn = async (machineId: string, work: (of: TicketWork) => Promise<boolean>) => {
    try {
      return (await db.transaction((tx) => work(options.begin(tx)))) ? 1 : 0;
    } catch (error) {
      failed.push({ machineId, error });
      return 0;
    }
  };
  const states = await loadIdleStates(db);
  const silentIds = new Set(silent.map(({ machineId }) => machineId));
  let ended = 0;
  const open = await loadOpenEpisodes(db);
  for (const episode of open) {
    const { machineId } = episode;
    const step = stepOf(episode, {
      isParked: parkedStates.has(states.get(machineId) ?? "in_service"),
      isSilent: silentIds.has(machineId),
      contactMs: contactMs(machineId),
      nowMs,
      backAfterMs: policy.backMinutes * MINUTE_MS,
    });
    if (step) ended += await turn(machineId, (work) => carryOn(work, episode, step));
  }
  const known = new Set(open.map(({ machineId }) => machineId));
  const { due, waiting } = dueSilences(silent, {
    policy,
    afterHoursOf: (machineId) => options.planOf?.(machineId)?.service.silentHours,
    isExcused: (machineId) => known.has(machineId) || states.has(machineId),
    openedLately: await countOpenedSince(db, new Date(nowMs - HOUR_MS).toISOString()),
  });
  let opened = 0;
  for (const machine of due)
    opened += await turn(machine.machineId, (work) => openSilence(work, machine));
  return { opened, ended, waiting, failed };
}

/** True when the silence is over. */
async function carryOn(
  work: TicketWork,
  episode: SilenceEpisode,
  step: NonNullable<ReturnType<typeof stepOf>>,
): Promise<boolean> {
  const { tx, at } = work;
  if (step === "heard" || step === "silent-again") {
    await changeEpisode(tx, episode.episodeId, { back_at: step === "heard" ? at : null });
    return false;
  }
  await endSilence(work, episode, step);
  return true;
}

/** A machine that does not work, by plan. One under repair has somebody beside it already: it stays as it is. */
const parkedStates: ReadonlySet<MachineState> = new Set(["standby", "retired", "scrapped"]);

/** Machines that are not in service, with their state. A machine without a file is. */
async function loadIdleStates(reader: Reader): Promise<ReadonlyMap<string, MachineState>> {
  const rows = await reader
    .tables<Pick<OrganisationTables, "machine_files">>()
    .selectFrom("machine_files")
    .select(["id", "state"])
    .where("state", "<>", "in_service")
    .execute();
  return new Map(rows.map(({ id, state }) => [id, state as MachineState]));
}
