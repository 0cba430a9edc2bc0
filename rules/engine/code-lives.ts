import type { DtcChange, DtcState, Lamps } from "@firebreak/wire/machine-event.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import type { Evidence, OnsetValue } from "../finding.ts";
import { isoOfNs } from "./iso-time.ts";
import type { MachineMemory } from "./machine-memory.ts";

/** What the gateway has told of one trouble code; times are ISO 8601 UTC of the machine's clock. */
export interface CodeLife {
  readonly network?: number;
  readonly sa: number;
  readonly spn: number;
  readonly fmi: number;
  readonly oc: number;
  readonly cm: 0 | 1;
  readonly lamps: Lamps;
  readonly state: DtcState;
  readonly first: string;
  readonly last: string;
  readonly messages: number;
  /** As it began; empty where that was not seen. */
  readonly onset: readonly OnsetValue[];
}

/** Bounds what is kept of one machine; snapshots are the larger part and only the newest are kept. */
const maxLives = 64;
const maxSnapshots = 16;
const maxOnsetValues = 16;

const keyOf = (sa: number, { spn, fmi }: { spn: number; fmi: number }, network = 0): string =>
  `${network}/${sa}-${spn}-${fmi}`;

/** Takes in one step of a trouble code's life. It judges nothing: that is the business of the rules. */
export function noteChange(memory: MachineMemory, change: DtcChange, slots: Int16Array): void {
  const { lives } = memory;
  const { network, sa, dtc, lamps, state, messages } = change;
  const key = keyOf(sa, dtc, network);
  const before = lives.get(key);
  const onset = change.snapshot.length > 0 ? onsetOf(memory, change, slots) : before?.onset;
  lives.delete(key);
  lives.set(key, {
    ...(network === undefined ? {} : { network }),
    sa,
    ...dtc,
    lamps,
    state,
    first: isoOfNs(change.firstNs),
    last: isoOfNs(change.lastNs),
    messages,
    onset: onset ?? [],
  });
  bound(lives);
}

function bound(lives: Map<string, CodeLife>): void {
  for (const key of lives.keys()) {
    if (lives.size <= maxLives) break;
    lives.delete(key);
  }
  const withOnset = [...lives].filter(([, { onset }]) => onset.length > 0);
  for (const [key, life] of withOnset.slice(0, -maxSnapshots))
    lives.set(key, { ...life, onset: [] });
}

function onsetOf({ compiled }: MachineMemory, change: DtcChange, slots: Int16Array): OnsetValue[] {
  const signals = Object.entries(compiled.plan.acquisition.signals);
  return change.snapshot.slice(0, maxOnsetValues).flatMap(({ signal, value, quality, ageMs }) => {
    const [name, definition] = signals[slots[signal] ?? -1] ?? [];
    if (name === undefined || definition === undefined) return [];
    return [
      {
        signal: name,
        unit: definition.unit,
        value: quality === Quality.good ? value : null,
        quality: qualityName(quality),
        ageSeconds: ageMs / 1000,
      },
    ];
  });
}

/** A piece of evidence with what is known of its trouble code's life; any other piece as it is. */
export function withLife({ lives }: MachineMemory, piece: Evidence): Evidence {
  if (piece.kind !== "dtc") return piece;
  const life = lives.get(keyOf(piece.sa, piece, piece.network));
  if (life === undefined) return piece;
  const { first, messages, onset } = life;
  const [, last = piece.to] = [life.last, piece.to].toSorted();
  return {
    ...piece,
    life: { first, last, messages },
    ...(onset.length === 0 ? {} : { onset: [...onset] }),
  };
}
