import { packNumbers, unpackNumbers } from "./cells.ts";
import type { MachineMemory } from "./machine-memory.ts";

/** What a machine's derived signals are reckoned from, as text. By name, as the rest of a snapshot. */
export interface DerivedSnapshot {
  /** Newest values of derived signals and of what they are reckoned from. */
  readonly values: Record<string, number>;
  /** Numbers of each operator: bytes of doubles, little endian, as base64. */
  readonly operators: Record<string, { version: string; numbers: string; isDue: boolean }>;
  readonly dueSinceNs: number;
}

export function writeDerived({ compiled, derived }: MachineMemory): DerivedSnapshot {
  const { numbers, valueOfSlot, isDue, dueSinceNs } = derived;
  const names = Object.keys(compiled.plan.acquisition.signals);
  const values = names.flatMap((name, slot): [string, number][] => {
    const value = valueOfSlot[slot] ?? Number.NaN;
    return Number.isNaN(value) ? [] : [[name, value]];
  });
  const operators = compiled.derivation.all.map(({ name, version, at, size }, index) => {
    const own = packNumbers(numbers.subarray(at, at + size));
    return [name, { version, numbers: own, isDue: isDue[index] === 1 }];
  });
  return {
    values: Object.fromEntries(values),
    operators: Object.fromEntries(operators),
    dueSinceNs,
  };
}

/** Takes back what is still reckoned in the same way; the rest begins afresh. */
export function readDerived(
  { compiled, derived, newestOfSlot }: MachineMemory,
  { values, operators, dueSinceNs }: DerivedSnapshot,
): void {
  const { all } = compiled.derivation;
  for (const [slot, name] of Object.keys(compiled.plan.acquisition.signals).entries())
    derived.valueOfSlot[slot] = values[name] ?? Number.NaN;
  for (const [index, { name, version, slot, at, size }] of all.entries()) {
    const stored = operators[name];
    if (stored?.version !== version) {
      derived.valueOfSlot[slot] = Number.NaN;
      newestOfSlot[slot] = Number.NaN;
      continue;
    }
    unpackNumbers(stored.numbers, derived.numbers.subarray(at, at + size));
    derived.isDue[index] = stored.isDue ? 1 : 0;
  }
  derived.dueSinceNs = dueSinceNs;
}
