import type { JournalEntry } from "@firebreak/ingest/consume/consumer.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { JudgeOptions } from "./judge.ts";

/** Records judged again between two breaks for whatever else the process has to do. */
const recordsAtOnce = 500;

/** Keeps what is needed to judge a chunk again whose writing failed. */
export interface Recovery {
  /** Before anything is judged; returns what came of judging again, which is nothing unless a record is refused. */
  goBack(): Promise<Finding[]>;
  /** Rule states of these machines have seen more than what is written, and it will come again. */
  failed(machineIds: Iterable<string>): void;
  passed(step: {
    readonly entries: readonly JournalEntry[];
    readonly offset: number;
    readonly nextOffset: number;
  }): void;
  readonly isBehind: boolean;
  readonly judgedTo: number;
  readonly savedOffset: number;
}

/** `judgeAgain` takes records into the rules and returns what they found. */
export function createRecovery(
  { engine, store, checkpoints, reread, offset, log }: JudgeOptions,
  judgeAgain: (entry: JournalEntry) => readonly Finding[],
): Recovery {
  const ahead = new Set<string>();
  /** Records that nothing could be made of: passed over this time too. */
  let refused: { readonly from: number; readonly to: number }[] = [];
  let judgedTo = offset;
  let savedOffset = offset;

  /** Brings the states of `ahead` from what is written to `judgedTo`. */
  const catchUp = async (): Promise<Finding[]> => {
    const found: Finding[] = [];
    const lacks = (machineId: string) => checkpoints.lacks(machineId) ?? judgedTo;
    const from = Math.min(judgedTo, ...[...ahead].map(lacks));
    let count = 0;
    for (const entry of reread(from, judgedTo)) {
      const { position, record } = entry;
      if (record.kind !== "batch" || !ahead.has(record.machineId)) continue;
      if (position < lacks(record.machineId)) continue;
      if (refused.some((range) => position >= range.from && position < range.to)) continue;
      found.push(...judgeAgain(entry));
      if (++count % recordsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (count > 0) log.info({ machines: ahead.size, records: count }, "judged again after a fault");
    return found;
  };

  return {
    async goBack() {
      if (ahead.size === 0) return [];
      const stored = await store.loadStates();
      const texts = new Map(stored.map(({ machineId, text }) => [machineId, text]));
      for (const machineId of ahead) {
        engine.forget(machineId);
        engine.restore(machineId, texts.get(machineId) ?? "");
      }
      const found = await catchUp();
      ahead.clear();
      return found;
    },
    failed(machineIds) {
      for (const machineId of machineIds) ahead.add(machineId);
    },
    passed({ entries, offset: saved, nextOffset }) {
      if (entries.length === 0 && nextOffset > judgedTo)
        refused.push({ from: judgedTo, to: nextOffset });
      judgedTo = nextOffset;
      savedOffset = saved;
      refused = refused.filter(({ to }) => to > savedOffset);
    },
    get isBehind() {
      return ahead.size > 0;
    },
    get judgedTo() {
      return judgedTo;
    },
    get savedOffset() {
      return savedOffset;
    },
  };
}
