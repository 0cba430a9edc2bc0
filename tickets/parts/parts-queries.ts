import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Priority } from "../vocabulary.ts";
import { type PageOf, type PageRequest, pageOf, parseCursor } from "./cursors.ts";
import type { Part, Tier } from "./part.ts";
import { planClass, planningPolicy, stockingEchelon } from "./part-classes.ts";
import type { PartsTables } from "./parts-tables.ts";
import { loadSnapshot } from "./source-line.ts";
import { rankSources, type Source, type SourcingSnapshot } from "./sourcing.ts";
import type { PartsRequest } from "./stock.ts";
import { available } from "./stock-item.ts";
import { requirePart } from "./stock-levels.ts";
import { type Reader, stockTablesOf } from "./stock-locations.ts";
import type { PartPlace, PartView, PartWithPlaces } from "./stock-views.ts";

export interface PartQuery extends PageRequest {
  /** Part of the number, the name in either language, or the specification. */
  readonly search?: string | undefined;
  readonly category?: string | undefined;
  /** Numbers that `search` finds too, such as those fitted in a type of machine. */
  readonly also?: ReadonlySet<string> | undefined;
}

/** Parts of the master in the order of their numbers. */
export async function pageOfParts(
  reader: Reader,
  { search, category, also, limit, after }: PartQuery,
): Promise<PageOf<PartView>> {
  const rows = await reader
    .tables<PartsTables>()
    .selectFrom("parts")
    .selectAll()
    .where("part_no", ">", after === undefined ? "" : parseCursor(after)[0])
    .orderBy("part_no")
    .execute();
  // The master is small and its texts are JSON, which no SQL that both databases share can search.
  const found = rows
    .map(({ body }) => JSON.parse(body) as Part)
    .filter((part) => category === undefined || part.category === category)
    .filter(
      (part) =>
        search === undefined || also?.has(part.partNo) || matches(part, search.toLowerCase()),
    );
  const page = pageOf(found, limit, { toItem: (part) => part, keysOf: ({ partNo }) => [partNo] });
  return { ...page, items: await toPartViews(reader, page.items) };
}

const matches = ({ partNo, name, spec = "" }: Part, text: string): boolean =>
  [partNo, name.en, name["zh-CN"], spec].some((word) => word.toLowerCase().includes(text));

/** @throws CodedError PART_UNKNOWN */
export async function partView(reader: Reader, partNo: string): Promise<PartView> {
  const [view] = await toPartViews(reader, [await requirePart(reader, partNo)]);
  if (!view) throw new CodedError("PART_UNKNOWN", `the parts master has no part ${partNo}`);
  return view;
}

async function toPartViews(reader: Reader, parts: readonly Part[]): Promise<PartView[]> {
  const numbers = parts.map(({ partNo }) => partNo);
  const rows =
    numbers.length === 0
      ? []
      : await stockTablesOf(reader)
          .selectFrom("stock_levels")
          .select((column) => [
            "part_no",
            column.fn.sum<number>("on_hand").as("on_hand"),
            column.fn.sum<number>("reserved").as("reserved"),
          ])
          .where("part_no", "in", numbers)
          .groupBy("part_no")
          .execute();
  const levels = new Map(rows.map((row) => [row.part_no, row]));
  return parts.map((part) => ({
    ...part,
    planningPolicy: planningPolicy(part),
    planClass: planClass(part),
    stockingEchelon: stockingEchelon(part),
    onHand: Number(levels.get(part.partNo)?.on_hand ?? 0),
    reserved: Number(levels.get(part.partNo)?.reserved ?? 0),
  }));
}

/** For whom parts are looked for. */
export interface PlacesFor {
  /** Stock location: of the station in charge. */
  readonly destinationId: string;
  readonly engineerId?: string | undefined;
  readonly tier: Tier;
  readonly priority: Priority;
  readonly neededBy?: string | undefined;
  readonly nowMs: number;
}

/** Where each part could come from, best first: what dispatch and the work order show. Reserves nothing. */
export async function partsWithPlace(
  reader: Reader,
  whom: PlacesFor,
  wanted: readonly PartsRequest[],
): Promise<PartWithPlaces[]> {
  const parts: PartWithPlaces[] = [];
  for (const request of wanted) parts.push(await placesOf(reader, whom, request));
  return parts;
}

async function placesOf(
  reader: Reader,
  whom: PlacesFor,
  { partNo, quantity }: PartsRequest,
): Promise<PartWithPlaces> {
  const { destinationId, engineerId, tier, priority, neededBy, nowMs } = whom;
  const snapshot = await loadSnapshot(reader, partNo, destinationId);
  const createdAt = new Date(nowMs).toISOString();
  const { ranked, isRisk } = rankSources(
    {
      partNo,
      quantity,
      destinationId,
      engineerId,
      neededBy,
      nowMs,
      claim: { tier, priority, isKeyCustomer: false, createdAt },
    },
    // Nobody loses a part because somebody looks.
    { ...snapshot, reservations: [] },
  );
  const part = snapshot.parts.get(partNo);
  return {
    partNo,
    name: part?.name ?? { en: partNo, "zh-CN": partNo },
    quantity,
    unitPriceFen: part?.unitPriceFen ?? 0,
    leadTimeDays: part?.leadTimeDays ?? 0,
    alternates: part?.alternates ?? [],
    isRisk,
    places: ranked.map((source) => toPlace(source, snapshot, tier)),
  };
}

function toPlace(source: Source, snapshot: SourcingSnapshot, tier: Tier): PartPlace {
  const { partNo, isAlternate, kind, locationId, etaMs, transfers } = source;
  const item = snapshot.items.find((one) => one.partNo === partNo && one.locationId === locationId);
  const location = snapshot.locations.find((one) => one.locationId === locationId);
  return {
    partNo,
    isAlternate,
    kind,
    ...(location ? { locationId: location.locationId, locationName: location.name } : {}),
    ...(item ? { bin: item.bin } : {}),
    free: item ? available(item, tier) : 0,
    etaAt: new Date(etaMs).toISOString(),
    transfers,
  };
}

/** What lies on an engineer's vehicle and is free, by part number; empty when he has none. For dispatch. */
export async function partsOnBoard(
  reader: Reader,
  engineerIds: readonly string[],
): Promise<Map<string, Map<string, number>>> {
  if (engineerIds.length === 0) return new Map();
  const rows = await stockTablesOf(reader)
    .selectFrom("stock_levels")
    .innerJoin("stock_locations", "stock_locations.location_id", "stock_levels.location_id")
    .select(["engineer_id", "part_no", "on_hand", "reserved"])
    .where("engineer_id", "in", engineerIds)
    .where("kind", "=", "vehicle")
    .execute();
  const onBoard = new Map<string, Map<string, number>>();
  for (const { engineer_id, part_no, on_hand, reserved } of rows) {
    const parts = onBoard.get(engineer_id ?? "") ?? new Map<string, number>();
    parts.set(part_no, (parts.get(part_no) ?? 0) + on_hand - reserved);
    onBoard.set(engineer_id ?? "", parts);
  }
  return onBoard;
}
