import { isNarrowed, mayOn, type Subject } from "@firebreak/kit/may-on.ts";
import type { Permission } from "@firebreak/kit/roles.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { FastifyRequest, RouteOptions } from "fastify";
import { HttpError } from "../api/error-reply.ts";
import type { ServerPorts } from "../ports.ts";
import type { Access, Principal } from "./guard.ts";

/** What the address names whose owner matters to whoever asks. */
export type RouteScope = "ticket" | "machine" | "transfer" | "engineer";

/** Permissions that know no owner, and why. A route that names something and needs another one must have a scope. */
const unscoped: Partial<Record<Permission, string>> = {
  "machines.read": "telemetry holds no personal data and is compared across the fleet",
  "operations.read": "gateways belong to whoever runs the hub",
  "machines.record": "whoever looks for a fault may listen, wherever the machine is",
  "tickets.read": "the board and the history of a machine are shared by all who send and work",
  "tickets.intake": "a customer may call anybody",
  "tickets.close": "held by headquarters and dispatchers, who work for all",
  "stock.read": "parts are looked for everywhere",
  "stock.write": "whoever stands at the shelf books, also for a neighbour",
  "parts.request":
    "parts are asked for by whoever sees that they are needed, and approved by place",
  "plans.read": "plans are compared across regions",
  "plans.draft": "the plan itself says whose it is, and is checked there",
  "plans.approve": "headquarters approves for all",
  "organisation.read": "without names, which need people.read",
  "organisation.write": "machines and customers move between regions",
  "people.erase": "headquarters erases for all",
  "feedback.read": "headquarters and analysts read all ratings",
  "followup.write": "headquarters and dispatchers call for all",
  "kpi.read": "figures of places are compared",
  "lessons.read": "what one place learns serves all",
  "lessons.write": "the catalogue is one for all",
  "channels.read": "targets belong to no place",
  "channels.write": "targets belong to no place",
  "gateways.configure": "headquarters sets up gateways for all",
  "users.write": "administrators alone",
  "exchange.import": "a file may be about all places",
  "exchange.export": "lists are exported as they are read",
};

const byTicket: readonly Permission[] = ["tickets.dispatch", "tickets.work", "parts.approve"];

/** Whose owner is looked at before a route is carried out. Pure. */
export function scopeOf(url: string, access: Access | undefined): RouteScope | undefined {
  if (access === undefined || access === "self" || access === "anybody") return undefined;
  if (url.includes("/transfers/:transferId"))
    return access === "transfers.approve" ? "transfer" : undefined;
  if (url.endsWith("/engineers/:engineerId/presence")) return "engineer";
  if (url.includes("/machines/:machineId") && access === "tickets.dispatch") return "machine";
  if (!url.includes("/tickets/:ticketId")) return undefined;
  // It holds whom to call and where: it is for whoever does the work.
  if (url.endsWith("/work-order")) return "ticket";
  return byTicket.includes(access) ? "ticket" : undefined;
}

/** Why the owner does not matter; undefined where nobody has thought about it. Pure. */
export function whyUnscoped(url: string, access: Access | undefined): string | undefined {
  if (access === "anybody") return "a code or a number in the address is what opens it";
  if (access === "self") return "about the one who asks";
  if (!url.includes(":")) return "names nothing";
  return access === undefined ? undefined : unscoped[access];
}

/** Refuses a route that names something and neither has a scope nor a reason for having none. */
export function declareScope({ url, config, method }: RouteOptions): void {
  const access = config?.access;
  if (scopeOf(url, access) === undefined && whyUnscoped(url, access) === undefined)
    throw new TypeError(`${method} ${url} has no scope and no reason for having none`);
}

type Lookups = Pick<ServerPorts, "tickets" | "stock" | "organisation">;

/** @throws HttpError NOT_ALLOWED when it belongs to somebody else; CodedError when it is not known */
export async function checkScope(
  request: FastifyRequest,
  principal: Principal,
  ports: Lookups,
): Promise<void> {
  const { config, url = "" } = request.routeOptions;
  const scope = scopeOf(url, config.access);
  if (scope === undefined) return;
  const permission = config.access as Permission;
  if (!isNarrowed(principal, permission)) return;
  const subject = await subjectOf(scope, request.params as Record<string, string>, ports);
  if (!mayOn(principal, permission, subject))
    throw new HttpError("NOT_ALLOWED", "this belongs to another station, region or engineer");
}

async function subjectOf(
  scope: RouteScope,
  { ticketId = "", transferId = "", engineerId = "", machineId = "" }: Record<string, string>,
  ports: Lookups,
): Promise<Subject> {
  switch (scope) {
    case "ticket":
      return subjectOfTicket(await ports.tickets.get(ticketId), ports);
    case "machine":
      return subjectOfMachine(machineId, ports);
    case "transfer":
      return subjectOfTransfer(transferId, ports);
    case "engineer":
      return subjectOfEngineer(engineerId, ports);
  }
}

export async function subjectOfTicket(ticket: Ticket, ports: Lookups): Promise<Subject> {
  const { stationId, regionId, customerId, assignment, visitLog } = ticket;
  const engineers = visitLog.map(({ engineerId }) => engineerId);
  return {
    stationId,
    customerId,
    engineerIds: assignment ? [assignment.engineerId, ...engineers] : engineers,
    regionIds: await regionsAbove(regionId, ports),
  };
}

async function subjectOfMachine(
  machineId: string,
  { organisation }: Pick<Lookups, "organisation">,
): Promise<Subject> {
  const { station, customer, regionPath } = await organisation.machine(machineId);
  return {
    stationId: station.stationId,
    regionIds: regionPath.map(({ regionId }) => regionId),
    ...(customer ? { customerId: customer.customerId } : {}),
  };
}

/** A transfer leaves the hands of the place that gives. */
async function subjectOfTransfer(transferId: string, ports: Lookups): Promise<Subject> {
  const { fromId } = await ports.stock.transfer(transferId);
  const from = (await ports.stock.locations()).find(({ locationId }) => locationId === fromId);
  return {
    stationId: from?.stationId ?? fromId,
    regionIds: await regionsAbove(from?.regionId ?? "", ports),
  };
}

async function subjectOfEngineer(engineerId: string, ports: Lookups): Promise<Subject> {
  const { stationId } = (await ports.organisation.get("engineers", engineerId)).file;
  const station = await ports.organisation.get("stations", stationId).catch(() => undefined);
  return {
    stationId,
    engineerIds: [engineerId],
    regionIds: await regionsAbove(station?.file.regionId ?? "", ports),
  };
}

/** The region and all above it. */
async function regionsAbove(
  regionId: string,
  { organisation }: Pick<Lookups, "organisation">,
): Promise<string[]> {
  const ids: string[] = [];
  let next: string | undefined = regionId === "" ? undefined : regionId;
  while (next !== undefined && !ids.includes(next)) {
    ids.push(next);
    const found = await organisation.get("regions", next).catch(() => undefined);
    next = found?.file.parentId;
  }
  return ids;
}
