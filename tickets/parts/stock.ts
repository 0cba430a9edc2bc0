import type { Transaction } from "@firebreak/kit/database.ts";
import type { PredictedPart } from "../ticket-facts.ts";
import type { Part } from "./part.ts";
import type { PartsLine } from "./parts-line.ts";
import type { PartsTables } from "./parts-tables.ts";

export interface PartsRequest {
  readonly partNo: string;
  readonly quantity: number;
}

async function findPart(tx: Transaction, partNo: string): Promise<Part | undefined> {
  const row = await tx
    .tables<PartsTables>()
    .selectFrom("parts")
    .select("body")
    .where("part_no", "=", partNo)
    .executeTakeFirst();
  return row && (JSON.parse(row.body) as Part);
}

/** The same parts with their names in the parts master; a number it does not know stays without one. */
export async function nameParts(
  tx: Transaction,
  parts: readonly PredictedPart[],
): Promise<PredictedPart[]> {
  const named: PredictedPart[] = [];
  for (const part of parts) {
    const name = (await findPart(tx, part.partNo))?.name;
    named.push(name === undefined ? part : { ...part, name });
  }
  return named;
}

/** What is asked for, in words and figures of the parts master; a number it does not know is its own name. */
export async function describeLine(
  tx: Transaction,
  { partNo, quantity }: PartsRequest,
): Promise<PartsLine> {
  const part = await findPart(tx, partNo);
  return {
    partNo,
    name: part?.name ?? { en: partNo, "zh-CN": partNo },
    quantity,
    unitPriceFen: part?.unitPriceFen ?? 0,
    leadTimeDays: part?.leadTimeDays ?? 0,
    state: "requested",
  };
}
