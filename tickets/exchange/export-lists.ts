import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { KpiGroup } from "../kpi/kpi-query.ts";
import { createKpiService } from "../kpi/kpi-service.ts";
import { stockTablesOf } from "../parts/stock-locations.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import { conditionsOf, type TicketFilter, withRegions } from "../ticket-filter.ts";
import { headerOf, rowFrom } from "./columns.ts";
import { tooManyRows } from "./csv.ts";
import { exchangeConfig } from "./exchange-config.ts";
import { type ImportName, importKinds, importNames } from "./imports.ts";
import type { Cell } from "./table.ts";

export const exportNames = [...importNames, "tickets", "movements", "kpis"] as const;
export type ExportName = (typeof exportNames)[number];

export interface ExportQuery {
  readonly list: ExportName;
  /** Instants; tickets opened, movements booked, figures of the time from `from` to before `to`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Of figures. */
  readonly groupBy?: KpiGroup | undefined;
  /** Of tickets: those that the same filter lists. */
  readonly filter?: TicketFilter | undefined;
  /** Personal columns stay empty for who may not see these people. */
  readonly sees: { readonly engineers: boolean; readonly contacts: boolean };
}

/** Header and rows of a list. @throws ExchangeError EXCHANGE_TOO_LARGE */
export async function exportRows(
  db: Database,
  clock: Clock,
  query: ExportQuery,
): Promise<Cell[][]> {
  const rows = await rowsOf(db, clock, query);
  if (rows.length > exchangeConfig.maxRows + 1) throw tooManyRows(exchangeConfig.maxRows);
  return rows;
}

function rowsOf(db: Database, clock: Clock, query: ExportQuery): Promise<Cell[][]> {
  const { list } = query;
  if (list === "tickets") return ticketRows(db, query);
  if (list === "movements") return movementRows(db, query);
  if (list === "kpis") return kpiRows(db, clock, query);
  return storedRows(db, list, query);
}

/** As an import of the same list reads it. */
async function storedRows(
  db: Database,
  list: ImportName,
  { sees }: ExportQuery,
): Promise<Cell[][]> {
  const { columns, personal, values } = importKinds[list];
  const hidden = personal && !sees[personal.of] ? personal.keys : [];
  const blank = Object.fromEntries(hidden.map((key) => [key, undefined]));
  const rows = (await values(db)).map((row) => rowFrom(columns, { ...row, ...blank }));
  return [Object.values(columns).map(headerOf), ...rows];
}

const ticketHeader = [
  "工单编号 / Ticket",
  "类型 / Kind",
  "优先级 / Priority",
  "状态 / State",
  "标题 / Title",
  "Title (en)",
  "触发来源 / Trigger",
  "渠道 / Channel",
  "设备编号 / Machine id",
  "客户编号 / Customer id",
  "工地编号 / Site id",
  "片区编号 / Region id",
  "服务站编号 / Station id",
  "工程师编号 / Engineer id",
  "故障编码 / Fault code",
  "结果 / Outcome",
  "出勤次数 / Visits",
  "重开次数 / Reopened",
  "收费 / Billable",
  "创建时间 / Created",
  "关闭时间 / Closed",
];

type StoredTicket = Omit<Ticket, "timeline">;

async function ticketRows(db: Database, wanted: ExportQuery): Promise<Cell[][]> {
  const { from, to } = wanted;
  const filter = await withRegions(db, wanted.filter ?? {});
  let query = db
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("body")
    .where((where) => where.and(conditionsOf(where, filter)))
    .orderBy("created_at")
    .orderBy("ticket_id")
    .limit(exchangeConfig.maxRows + 1);
  if (from !== undefined) query = query.where("created_at", ">=", from);
  if (to !== undefined) query = query.where("created_at", "<", to);
  const rows = await query.execute();
  return [ticketHeader, ...rows.map(({ body }) => ticketRow(JSON.parse(body) as StoredTicket))];
}

const ticketRow = (ticket: StoredTicket): Cell[] => [
  ticket.ticketId,
  ticket.kind,
  ticket.priority,
  ticket.state,
  ticket.title["zh-CN"],
  ticket.title.en,
  ticket.trigger,
  ticket.channel,
  ticket.machineId ?? null,
  ticket.customerId ?? null,
  ticket.siteId ?? null,
  ticket.regionId,
  ticket.stationId,
  ticket.assignment?.engineerId ?? null,
  ticket.faultCode ?? null,
  ticket.outcome ?? null,
  ticket.visits,
  ticket.reopenCount,
  ticket.billable ? "是" : "否",
  ticket.createdAt,
  ticket.closedAt ?? null,
];

async function movementRows(db: Database, { from, to }: ExportQuery): Promise<Cell[][]> {
  let query = stockTablesOf(db)
    .selectFrom("stock_ledger")
    .selectAll()
    .orderBy("at")
    .orderBy("movement_id")
    .limit(exchangeConfig.maxRows + 1);
  if (from !== undefined) query = query.where("at", ">=", from);
  if (to !== undefined) query = query.where("at", "<", to);
  const header = [
    "变动编号 / Movement",
    "时间 / At",
    "类型 / Kind",
    "配件编号 / Part number",
    "库位编号 / Location id",
    "数量变化 / On hand",
    "件数 / Pieces",
    "对方库位 / Counterpart",
    "工单编号 / Ticket",
    "原因 / Reason",
    "操作人 / Actor",
  ];
  const rows = (await query.execute()).map((row): Cell[] => [
    row.movement_id,
    row.at,
    row.kind,
    row.part_no,
    row.location_id,
    Number(row.quantity),
    Number(row.amount),
    row.counterpart_id,
    row.ticket_id,
    row.reason,
    row.actor,
  ]);
  return [header, ...rows];
}

/** The last twelve months when no time is named. */
const YEAR_MS = 365 * 86_400_000;

async function kpiRows(db: Database, clock: Clock, query: ExportQuery): Promise<Cell[][]> {
  const nowMs = clock.nowMs();
  const { groupBy = "month" } = query;
  const from = query.from ?? new Date(nowMs - YEAR_MS).toISOString();
  const to = query.to ?? new Date(nowMs).toISOString();
  const { total, groups } = await createKpiService({ db, clock }).kpis({ from, to, groupBy });
  const rows = [
    ...groups.map(({ key, kpis }) => ({ group: key, ...flat(kpis) })),
    { group: "total", ...flat(total) },
  ];
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [
    keys,
    ...rows.map((row) => keys.map((key) => (row as Record<string, Cell>)[key] ?? null)),
  ];
}

/** `{ response: { p90Ms: 1 } }` as `{ "response.p90Ms": 1 }`. */
function flat(values: object, above = ""): Record<string, Cell> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      typeof value === "object" && value !== null
        ? Object.entries(flat(value, `${above}${key}.`))
        : [[`${above}${key}`, value as Cell]],
    ),
  );
}
