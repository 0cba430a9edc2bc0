import { healthIndex } from "@firebreak/dashboards/server/api/health.ts";
import type { MachineState } from "@firebreak/rules/engine/machine-state.ts";
import type { RuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { Observation, WatchedSample } from "@firebreak/tickets/verification/evaluate.ts";
import type { Batch } from "@firebreak/wire/batch.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/** What one step of the judge brought of the machines whose repairs are being proved. */
export interface RepairFeed {
  /** A batch that the rules have judged. Costs next to nothing for a machine that nobody watches. */
  take(machineId: string, batch: Batch, dictionary: SignalDictionary): void;
  /** By machine, in the order of the batches; with what the rules found and think now. */
  observations(findings: readonly Finding[]): Map<string, Observation[]>;
}

export function createRepairFeed(
  engine: Pick<RuleEngine, "machineState">,
  watched: (machineId: string) => ReadonlySet<string> | undefined,
): RepairFeed {
  const pieces = new Map<string, { epoch: string; samples: WatchedSample[] }[]>();

  const closing = (machineId: string, findings: readonly Finding[]) => {
    const state = engine.machineState(machineId);
    const open = state ? lasting(state) : [];
    return {
      onsets: findings
        .filter((one) => one.machineId === machineId && one.isOnset && one.mode !== "shadow")
        .map((finding) => ({
          fault: faultOf(finding),
          atMs: Date.parse(finding.at),
          findingId: finding.findingId,
        })),
      open: open.map(faultOf),
      health: state ? healthIndex({ ...state, findings: open }) : null,
    };
  };

  return {
    take(machineId, { header, samples }, { signals }) {
      const names = watched(machineId);
      if (names === undefined) return;
      const wanted = signals.map(({ name }) => (names.has(name) ? name : undefined));
      const baseMs = Number(samples.baseNs / 1_000_000n);
      const rows: WatchedSample[] = [];
      for (let row = 0; row < samples.length; row++) {
        const signal = wanted[samples.signal[row] ?? -1];
        if (signal === undefined) continue;
        const atMs = baseMs + (samples.offsetNs[row] ?? 0) / 1e6;
        const isGood = samples.quality[row] === Quality.good;
        rows.push({ atMs, signal, value: isGood ? (samples.value[row] ?? null) : null });
      }
      const ofMachine = pieces.get(machineId) ?? [];
      pieces.set(machineId, ofMachine);
      const last = ofMachine.at(-1);
      if (last?.epoch === header.epoch) last.samples.push(...rows);
      else ofMachine.push({ epoch: header.epoch, samples: rows });
    },
    observations: (findings) =>
      new Map(
        [...pieces].map(([machineId, ofMachine]) => {
          const end = closing(machineId, findings);
          // With every piece: a fault that came again in a later one must not be overtaken by a proof in this one.
          const seen = ofMachine.map((piece) => ({ ...piece, ...end }));
          return [machineId, seen];
        }),
      ),
  };
}

/** A fault that was not seen to be true for longer than this is no longer known to last. */
const seenWithinMs = 12_000;

/**
 * Open findings that the newest data confirm. A control unit without active codes may send no DM1 at all, which ends no
 * episode: what was unplugged yesterday is open still, and says nothing of today's repair.
 */
function lasting({ findings, seenAt, newestAt }: MachineState): Finding[] {
  const nowMs = Date.parse(newestAt ?? "");
  return findings.filter(
    ({ findingId, isLatched }) =>
      !isLatched && nowMs - Date.parse(seenAt[findingId] ?? "") <= seenWithinMs,
  );
}

/** An unknown trouble code is told from others by its subject. */
const faultOf = ({ failureMode, subject }: Finding): string =>
  subject === "" ? failureMode : `${failureMode}:${subject}`;
