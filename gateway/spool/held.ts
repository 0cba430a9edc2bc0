import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { Offer } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { SpoolBooks } from "./spool-books.ts";

/** What a gateway says it has at the start of a session. */
export function offerOf(books: SpoolBooks, storeId: string | null): Offer {
  const { index } = books;
  const held = books.epochs.map(() => new NumberRanges());
  for (let ordinal = index.first; ordinal < index.end; ordinal++)
    if (index.isHeld(ordinal)) held[index.epoch(ordinal)]?.add(index.number(ordinal));
  const epochs = books.epochs.flatMap((book, at) => {
    if (book === undefined) return [];
    const machines = Object.fromEntries(
      [...book.machines].map(([id, { produced, suppressed }]) => [id, { produced, suppressed }]),
    );
    return [{ epoch: book.epoch, next: book.next, held: held[at]?.toJSON() ?? [], machines }];
  });
  return { protocol: 1, storeId, epochs };
}

/** Every dictionary that a batch of this machine in the spool names. */
export function heldDictionaries(books: SpoolBooks, machineId: string): SignalDictionary[] {
  const { index } = books;
  const machine = books.machineNumber(machineId);
  const used = new Set<number>();
  for (let ordinal = index.first; ordinal < index.end; ordinal++)
    if (index.isHeld(ordinal) && index.machine(ordinal) === machine)
      used.add(index.dictionary(ordinal));
  return [...used].flatMap((at) => books.dictionaries[at] ?? []);
}

/** Machines of batches that are still in the spool. */
export function heldMachines(books: SpoolBooks): string[] {
  const { index } = books;
  const used = new Set<number>();
  for (let ordinal = index.first; ordinal < index.end; ordinal++)
    if (index.isHeld(ordinal)) used.add(index.machine(ordinal));
  return [...used].flatMap((at) => books.machines[at] ?? []);
}

/** The batches of a machine that have content, the newest first, as long as they are of the current epoch. */
export function* newestOfCurrentEpoch(books: SpoolBooks, machineId: string): Generator<number> {
  const { index } = books;
  const machine = books.machineNumber(machineId);
  for (let ordinal = index.end - 1; ordinal >= index.first; ordinal--) {
    if (index.machine(ordinal) !== machine || index.isTombstone(ordinal)) continue;
    if (index.epoch(ordinal) !== books.current) return;
    yield ordinal;
  }
}

export function newestOf(samples: SampleColumns): bigint | undefined {
  if (samples.length === 0) return undefined;
  let newest = samples.offsetNs[0] ?? 0;
  for (let row = 1; row < samples.length; row++)
    newest = Math.max(newest, samples.offsetNs[row] ?? 0);
  return samples.baseNs + BigInt(newest);
}
