import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Reader } from "../organisation/file-store.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Part } from "./part.ts";
import { requirePart } from "./stock-levels.ts";

const masterOf = (reader: Reader) => reader.tables<{ parts: { part_no: string; body: string } }>();

/** Writes a part of the master, new or over what was there. */
export async function putPart({ tx }: Pick<ServiceWork, "tx">, part: Part): Promise<void> {
  const body = JSON.stringify(part);
  await masterOf(tx)
    .insertInto("parts")
    .values({ part_no: part.partNo, body })
    .onConflict((conflict) => conflict.column("part_no").doUpdateSet({ body }))
    .execute();
}

/** @throws CodedError PART_EXISTS, PART_ALTERNATE */
export async function addPart(work: ServiceWork, part: Part): Promise<void> {
  if ((await knownOf(work.tx, [part.partNo])).size > 0)
    throw new CodedError("PART_EXISTS", `there is a part ${part.partNo}`);
  await requireAlternates(work.tx, part);
  await putPart(work, part);
}

/**
 * Changes what the master says of a part; stock, reservations and ledger stay as they are.
 * @throws CodedError PART_UNKNOWN, PART_ALTERNATE
 */
export async function changePart(work: ServiceWork, part: Part): Promise<void> {
  await requirePart(work.tx, part.partNo);
  await requireAlternates(work.tx, part);
  await putPart(work, part);
}

async function requireAlternates(reader: Reader, { partNo, alternates = [] }: Part): Promise<void> {
  const known = await knownOf(reader, alternates);
  const wrong = alternates.find((other) => other === partNo || !known.has(other));
  if (wrong !== undefined)
    throw new CodedError("PART_ALTERNATE", `${wrong} is no other part of the master`);
}

async function knownOf(reader: Reader, numbers: readonly string[]): Promise<ReadonlySet<string>> {
  if (numbers.length === 0) return new Set();
  const rows = await masterOf(reader)
    .selectFrom("parts")
    .select("part_no")
    .where("part_no", "in", [...numbers])
    .execute();
  return new Set(rows.map((row) => row.part_no));
}
