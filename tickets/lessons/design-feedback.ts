import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { type Static, Type } from "typebox";
import { enqueueNotices } from "../channels/notice.ts";
import type { KpiTables } from "../kpi/kpi-tables.ts";
import { installedBaseStates } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import { type LessonsConfig, lessonsDefaults } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { effectOf, spreadOf } from "./spread.ts";

type Reader = Pick<Database | Transaction, "tables">;

const body = {
  machineIds: Type.Array(Type.String(), { description: "that had the fault when it was noticed" }),
  note: Type.Optional(Type.String({ maxLength: 4000, description: "what the designers answer" })),
  changedAt: Type.Optional(
    Type.String({ description: "instant from which machines have the new design" }),
  ),
};
const Body = Type.Object(body, closed);
type Body = Static<typeof Body>;

const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);

/** One fault that many machines of a model have: the designers' matter (MR-8). */
export const DesignFeedbackItem = Type.Object(
  {
    itemId: Type.String(),
    product: Type.String(),
    model: Type.String({ description: "empty while the machines' files name none" }),
    faultCode: Type.String(),
    state: literals(["open", "answered"]),
    openedAt: Instant,
    ...body,
    effect: Type.Optional(
      Type.Object(
        { before: NumberOrNull, after: NumberOrNull, change: NumberOrNull },
        { ...closed, description: "failures per 1000 machines in equal times, and the change" },
      ),
    ),
  },
  closed,
);
export type DesignFeedbackItem = Static<typeof DesignFeedbackItem>;

const DAY_MS = 24 * 3600 * 1000;

/** Opens an item when the fault of a new ticket has spread; once, while one is open or was answered not long ago. */
export async function noteSpread(
  work: ServiceWork,
  { ticketId, faultCode }: Pick<Ticket, "ticketId" | "faultCode">,
  config: LessonsConfig = lessonsDefaults,
): Promise<void> {
  if (faultCode === undefined || faultCode === UNCATALOGUED) return;
  const own = await work.tx
    .tables<KpiTables>()
    .selectFrom("ticket_kpis")
    .select(["product", "model"])
    .where("ticket_id", "=", ticketId)
    .executeTakeFirst();
  if (!own) return;
  const kind = { product: own.product, model: own.model, faultCode };
  const since = new Date(work.nowMs - config.spreadDays * DAY_MS).toISOString();
  // First, because it is one row, and the cases of a fault that has spread are many.
  if (await wasOpenedSince(work.tx, kind, since)) return;
  const machineIds = spreadOf(await casesOf(work.tx, kind, { from: since }), work.nowMs, config);
  if (!machineIds) return;
  const value: Body = { machineIds: [...machineIds] };
  await work.tx
    .tables<LessonsTables>()
    .insertInto("design_feedback")
    .values({
      item_id: work.ids.rowId(),
      plan_id: kind.product,
      model: kind.model,
      fault_code: faultCode,
      state: "open",
      open_key: keyOf(kind),
      at: work.at,
      body: JSON.stringify(value),
    })
    .execute();
  await enqueueNotices(work, [
    {
      kind: "design-feedback",
      audience: { to: "role", role: "rnd" },
      priority: "general",
      facts: { faultCode, machines: machineIds.length },
    },
  ]);
}

const UNCATALOGUED = "uncatalogued";

interface FaultOfModel {
  readonly product: string;
  readonly model: string;
  readonly faultCode: string;
}

const keyOf = ({ product, model, faultCode }: FaultOfModel): string =>
  JSON.stringify([product, model, faultCode]);

/** Tickets of one fault on machines of one model. `to`: excluded. */
async function casesOf(
  reader: Reader,
  { product, model, faultCode }: FaultOfModel,
  { from, to }: { readonly from: string; readonly to?: string },
) {
  let query = reader
    .tables<KpiTables>()
    .selectFrom("ticket_kpis")
    .select(["machine_id", "ticket_id", "created_at"])
    .where("fault_code", "=", faultCode)
    .where("model", "=", model)
    .where("product", "=", product)
    .where("work_tickets", "=", 1)
    // What is foretold has not failed, and that a part wears out when its life is over is no flaw of its design.
    .where("trigger", "!=", "predicted_failure")
    .where("created_at", ">=", from);
  if (to !== undefined) query = query.where("created_at", "<", to);
  return (await query.execute()).flatMap((row) =>
    row.machine_id === null
      ? []
      : [{ machineId: row.machine_id, ticketId: row.ticket_id, createdAt: row.created_at }],
  );
}

async function wasOpenedSince(reader: Reader, kind: FaultOfModel, since: string) {
  const row = await reader
    .tables<LessonsTables>()
    .selectFrom("design_feedback")
    .select("item_id")
    .where("plan_id", "=", kind.product)
    .where("model", "=", kind.model)
    .where("fault_code", "=", kind.faultCode)
    .where((eb) => eb.or([eb("open_key", "is not", null), eb("at", ">=", since)]))
    .executeTakeFirst();
  return row !== undefined;
}

/** Newest first, each with what a change of design has brought so far (O-23). */
export async function listDesignFeedback(
  reader: Reader,
  nowMs: number,
): Promise<DesignFeedbackItem[]> {
  const rows = await reader
    .tables<LessonsTables>()
    .selectFrom("design_feedback")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("item_id")
    .limit(200)
    .execute();
  const items: DesignFeedbackItem[] = [];
  for (const row of rows) {
    const kind = { product: row.plan_id, model: row.model, faultCode: row.fault_code };
    const value = JSON.parse(row.body) as Body;
    const { changedAt } = value;
    const effect = changedAt && (await loadEffect(reader, kind, { changedAt, nowMs }));
    items.push({
      itemId: row.item_id,
      ...kind,
      state: row.state as DesignFeedbackItem["state"],
      openedAt: row.at,
      ...value,
      ...(effect ? { effect } : {}),
    });
  }
  return items;
}

/** The longest time before and after a change that is compared. */
const EFFECT_DAYS = 180;

async function loadEffect(
  reader: Reader,
  kind: FaultOfModel,
  { changedAt, nowMs }: { readonly changedAt: string; readonly nowMs: number },
) {
  const changedMs = Date.parse(changedAt);
  const spanMs = Math.min(nowMs - changedMs, EFFECT_DAYS * DAY_MS);
  if (spanMs <= 0) return undefined;
  const at = (ms: number) => new Date(ms).toISOString();
  const machines = await countMachines(reader, kind);
  const failures = async (fromMs: number) =>
    (await casesOf(reader, kind, { from: at(fromMs), to: at(fromMs + spanMs) })).length;
  return effectOf(
    { failures: await failures(changedMs - spanMs), machines },
    { failures: await failures(changedMs), machines },
  );
}

async function countMachines(reader: Reader, { product, model }: FaultOfModel): Promise<number> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("machine_files")
    .select("body")
    .where("product_type", "=", product)
    .where("state", "in", [...installedBaseStates])
    .execute();
  return rows.filter(({ body: text }) => (JSON.parse(text).model ?? "") === model).length;
}

/**
 * The designers' answer; with `changedAt` the effect is shown from then on. It may be given again.
 * @throws CodedError LESSON_UNKNOWN
 */
export async function answerDesignFeedback(
  { tx }: ServiceWork,
  itemId: string,
  answer: { readonly note: string; readonly changedAt?: string | undefined },
): Promise<void> {
  const tables = tx.tables<LessonsTables>();
  const row = await tables
    .selectFrom("design_feedback")
    .select("body")
    .where("item_id", "=", itemId)
    .executeTakeFirst();
  if (!row) throw new CodedError("LESSON_UNKNOWN", `there is no design feedback ${itemId}`);
  const value = { ...(JSON.parse(row.body) as Body), ...answer };
  await tables
    .updateTable("design_feedback")
    .set({ state: "answered", open_key: null, body: JSON.stringify(value) })
    .where("item_id", "=", itemId)
    .execute();
}
