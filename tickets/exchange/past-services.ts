import { type Static, Type } from "typebox";
import { Day, LongText, MachineId, OrganisationId, ShortText } from "../organisation/fields.ts";
import type { Reader } from "../organisation/file-store.ts";
import { closed } from "../vocabulary.ts";
import type { ExchangeTables } from "./exchange-tables.ts";

/** One service of a machine before there were tickets here. */
export const PastService = Type.Object(
  {
    recordNo: OrganisationId,
    machineId: MachineId,
    /** Who had the machine then; only he and we may see it. */
    customerId: Type.Optional(OrganisationId),
    servedOn: Day,
    kind: Type.Enum(["repair", "inspection"] as const),
    symptom: Type.Optional(LongText),
    cause: Type.Optional(LongText),
    solution: Type.Optional(LongText),
    parts: Type.Array(
      Type.Object(
        { partNo: ShortText, quantity: Type.Integer({ minimum: 1, maximum: 10_000 }) },
        closed,
      ),
      { maxItems: 100 },
    ),
    engineerId: Type.Optional(OrganisationId),
    operatingHours: Type.Optional(Type.Number({ minimum: 0 })),
    costFen: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  closed,
);
export type PastService = Static<typeof PastService>;

export interface PastServiceQuery {
  readonly machineId: string;
  /** Left out by our own people; a customer sees what was done while the machine was his. */
  readonly customerId?: string;
  readonly limit?: number;
}

/** Newest first. */
export async function loadPastServices(
  reader: Reader,
  { machineId, customerId, limit = 100 }: PastServiceQuery,
): Promise<PastService[]> {
  let query = reader
    .tables<ExchangeTables>()
    .selectFrom("past_services")
    .select("body")
    .where("machine_id", "=", machineId)
    .orderBy("served_on", "desc")
    .orderBy("record_no")
    .limit(limit);
  if (customerId !== undefined) query = query.where("customer_id", "=", customerId);
  return (await query.execute()).map(({ body }) => JSON.parse(body) as PastService);
}
