import type { Lamps } from "@firebreak/wire/machine-event.ts";
import type { Finding } from "../finding.ts";
import type { CodeLife } from "./code-lives.ts";
import { type ContextState, contextState } from "./contexts.ts";
import { isoOfNs } from "./iso-time.ts";
import type { MachineMemory } from "./machine-memory.ts";

/** A trouble code as its control unit last reported it. */
export interface ActiveCode {
  /** Absent: the machine's main network; from 128 on `sa` is a CANopen node and `spn` its error code. */
  readonly network?: number;
  readonly sa: number;
  readonly spn: number;
  readonly fmi: number;
  /** Occurrence count; null when not available. */
  readonly oc: number | null;
  readonly lamps: Lamps;
  /** `unknown` once the control unit has been silent for too long. */
  readonly state: "active" | "unknown";
  /** Time of the last DM1 that named it. */
  readonly at: string;
}

/** What the rules know of one machine now. Times are the machine's own, ISO 8601 UTC. */
export interface MachineState {
  readonly planRef: string;
  readonly epoch: string;
  /** Newest time of anything; null before the first sample of the epoch. */
  readonly newestAt: string | null;
  readonly contexts: readonly { readonly id: string; readonly state: ContextState }[];
  /** Open findings, as they were last told; those of rules on trial apart. */
  readonly findings: readonly Finding[];
  readonly onTrial: readonly Finding[];
  /** When an open finding was last seen to be true, by its id; absent: not in this epoch yet. */
  readonly seenAt: Readonly<Record<string, string>>;
  readonly codes: readonly ActiveCode[];
  /** What the gateway told of each trouble code, the newest last: those that are gone too. */
  readonly lives: readonly CodeLife[];
  /** Rules switched off for this machine because they threw. */
  readonly faults: readonly { readonly ruleId: string; readonly message: string }[];
  /** What came too late to be judged. */
  readonly late: { readonly samples: number; readonly events: number; readonly batches: number };
}

/** Silence of a source address after which its codes are unknown, where the plan has no rule that says it. */
const defaultSilenceNs = 5e9;
const ocNotAvailable = 127;

export function toMachineState(memory: MachineMemory): MachineState {
  const { compiled, newestNs, originNs } = memory;
  const episodes = [...memory.episodes.values()];
  return {
    planRef: compiled.ref,
    epoch: memory.epoch,
    newestAt: Number.isNaN(newestNs) ? null : isoOfNs(originNs + BigInt(Math.round(newestNs))),
    contexts: compiled.contexts.map(({ id }, index) => ({
      id,
      state: contextState(memory, index),
    })),
    findings: episodes.map(({ finding }) => finding).filter(({ mode }) => mode !== "shadow"),
    onTrial: episodes.map(({ finding }) => finding).filter(({ mode }) => mode === "shadow"),
    seenAt: Object.fromEntries(
      episodes.flatMap(({ finding, seenNs }) =>
        Number.isNaN(seenNs)
          ? []
          : [[finding.findingId, isoOfNs(originNs + BigInt(Math.round(seenNs)))]],
      ),
    ),
    codes: codesOf(memory),
    lives: [...memory.lives.values()],
    faults: Array.from(memory.faults, ([ruleId, message]) => ({ ruleId, message })),
    late: { ...memory.late },
  };
}

function codesOf({ compiled, dm1, newestNs, originNs }: MachineMemory): ActiveCode[] {
  const rule = compiled.plan.rules.rules.find((one) => one.kind === "active-dtc");
  const silenceNs = rule?.kind === "active-dtc" ? rule.silenceSeconds * 1e9 : defaultSilenceNs;
  return [...dm1.values()].flatMap(({ timeNs, said }) =>
    said.dtcs.map(({ spn, fmi, oc }) => ({
      ...(said.network === undefined ? {} : { network: said.network }),
      sa: said.sa,
      spn,
      fmi,
      oc: oc === ocNotAvailable ? null : oc,
      lamps: said.lamps,
      state: newestNs - timeNs > silenceNs ? ("unknown" as const) : ("active" as const),
      at: isoOfNs(originNs + BigInt(Math.round(timeNs))),
    })),
  );
}
