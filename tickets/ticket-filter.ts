import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import { loadRegions } from "./organisation/load-organisation.ts";
import { regionsBelow } from "./organisation/region.ts";
import type { TicketTables } from "./tables.ts";
import type { Reader } from "./ticket-store.ts";
import { type Priority, priorities, type TicketKind, type TicketState } from "./vocabulary.ts";

/** Which tickets; what is left out does not matter. */
export interface TicketFilter {
  readonly machine?: string;
  /** Open is every state before closed, cancelled or merged. */
  readonly state?: "open" | "closed" | TicketState;
  readonly kind?: TicketKind | "work";
  readonly priority?: Priority;
  readonly trigger?: string;
  /** With all that lies below it. */
  readonly region?: string;
  /** Filled in from `region`. */
  readonly regionIds?: readonly string[];
  readonly station?: string;
  /** `none`: nobody is assigned. */
  readonly engineer?: string;
  readonly customer?: string;
  /** ISO instant. */
  readonly dueBefore?: string;
  /** In number, title, machine, fault or component. */
  readonly text?: string;
}

/** The same filter with the regions below its region named. */
export async function withRegions<Filter extends TicketFilter>(
  reader: Reader,
  filter: Filter,
): Promise<Filter> {
  const { region } = filter;
  if (region === undefined) return filter;
  return { ...filter, regionIds: [region, ...regionsBelow(await loadRegions(reader), region)] };
}

type Where = ExpressionBuilder<TicketTables, "tickets">;

/** The conditions of a filter; columns only, no stored JSON is looked into. */
export function conditionsOf(where: Where, filter: TicketFilter): Expression<SqlBool>[] {
  const { machine, kind, priority, trigger, regionIds, station, customer, dueBefore, text } =
    filter;
  return [
    ...stateConditions(where, filter.state),
    ...(machine === undefined ? [] : [where("machine_id", "=", machine)]),
    ...kindConditions(where, kind),
    ...(priority === undefined ? [] : [where("priority_rank", "=", priorities.indexOf(priority))]),
    ...(trigger === undefined ? [] : [where("ticket_trigger", "=", trigger)]),
    ...(regionIds === undefined ? [] : [where("region_id", "in", [...regionIds])]),
    ...(station === undefined ? [] : [where("station_id", "=", station)]),
    ...engineerConditions(where, filter.engineer),
    ...(customer === undefined ? [] : [where("customer_id", "=", customer)]),
    ...(dueBefore === undefined ? [] : [where("due_at", "<", dueBefore)]),
    ...(text === undefined
      ? []
      : [where("search", "like", `%${text.toLowerCase().replace(/[%_\\]/g, "")}%`)]),
  ];
}

function stateConditions(where: Where, state: TicketFilter["state"]): Expression<SqlBool>[] {
  if (state === undefined) return [];
  if (state === "open") return [where("is_open", "=", 1)];
  // `closed` in a list means: over, in whatever way.
  return state === "closed" ? [where("is_open", "=", 0)] : [where("state", "=", state)];
}

function kindConditions(where: Where, kind: TicketFilter["kind"]): Expression<SqlBool>[] {
  if (kind === undefined) return [];
  return kind === "work" ? [where("kind", "!=", "parts")] : [where("kind", "=", kind)];
}

function engineerConditions(where: Where, engineer: string | undefined): Expression<SqlBool>[] {
  if (engineer === undefined) return [];
  return engineer === "none"
    ? [where("engineer_id", "is", null)]
    : [where("engineer_id", "=", engineer)];
}
