/** What somebody may do. A route names one; which people hold it says `matrix`. */
export const permissions = [
  "machines.read",
  "machines.record",
  "operations.read",
  "gateways.configure",
  "tickets.read",
  "tickets.intake",
  "tickets.dispatch",
  "tickets.work",
  "tickets.close",
  "tickets.cancelSafety",
  "stock.read",
  "stock.write",
  "parts.request",
  "parts.approve",
  "transfers.approve",
  "plans.read",
  "plans.draft",
  "plans.approve",
  "plans.releaseCore",
  "organisation.read",
  "organisation.write",
  "people.read",
  "people.erase",
  "feedback.read",
  "followup.write",
  "kpi.read",
  "lessons.read",
  "lessons.write",
  "channels.read",
  "channels.write",
  "audit.read",
  "users.write",
  "exchange.import",
  "exchange.export",
] as const;
export type Permission = (typeof permissions)[number];

/** People of the service organisation, and `viewer`: a screen on the wall, a program that only looks. */
export const roles = [
  "admin",
  "hq_service",
  "region_manager",
  "station_manager",
  "dispatcher",
  "back_office",
  "engineer",
  "parts_manager",
  "parts_planner",
  "analyst",
  "rnd",
  "customer",
  "viewer",
] as const;
export type Role = (typeof roles)[number];

/** Where somebody belongs; it narrows what the role may do to the own work, station, region or machines. */
export interface Affiliation {
  readonly engineerId?: string | undefined;
  readonly stationId?: string | undefined;
  readonly regionId?: string | undefined;
  readonly customerId?: string | undefined;
}

/** These four fields of anything, without those that are not there. */
export function affiliationOf(who: Affiliation): Affiliation {
  const { engineerId, stationId, regionId, customerId } = who;
  const all = Object.entries({ engineerId, stationId, regionId, customerId });
  return Object.fromEntries(all.filter(([, id]) => id !== undefined));
}

export const isRole = (text: unknown): text is Role => roles.some((role) => role === text);

const looking = ["machines.read", "tickets.read", "stock.read", "organisation.read"] as const;
const measuring = ["kpi.read", "lessons.read", "plans.read"] as const;
const hqOnly: readonly Permission[] = ["users.write"];

/**
 * Who may do what.
 *
 * - A rating goes straight to headquarters (FB-2): only `feedback.read` shows it, stations and engineers see it as a
 *   number among others through `kpi.read`. It is written by the customer's own link or by a follow-up agent
 *   (`followup.write`), never by the engineer, the station or the region that is being rated.
 * - Closing follows the follow-up call, so those who did the work do not close it.
 * - Cancelling a safety-related ticket needs headquarters (`tickets.cancelSafety`).
 * - A parts request is approved by level: see `approvalLevelOf`. A transfer leaves a station's hands, so it takes a
 *   parts manager, the region or headquarters.
 * - A region drafts plans and may release what needs no approval; headquarters approves, and only it releases core parts.
 *   What a service plan promises to a region or segment is changed by who approves plans, too.
 * - `rnd` writes the catalogue and proposes rules (`lessons.write`); `analyst` sees everything measured, and no names.
 * - What gateways do is set by headquarters (`gateways.configure`): one text reaches every machine.
 * - `machines.record` asks a machine for its raw frames and reads them: they cost its data budget and may hold its VIN.
 * - `people.read` shows names, telephone numbers and addresses; without it a person is an id.
 * - A customer follows the own ticket by its code and needs no permission for that.
 */
const matrix = {
  admin: permissions,
  hq_service: permissions.filter((permission) => !hqOnly.includes(permission)),
  region_manager: [
    ...looking,
    ...measuring,
    "people.read",
    "machines.record",
    "tickets.intake",
    "tickets.dispatch",
    "tickets.work",
    "stock.write",
    "parts.request",
    "parts.approve",
    "transfers.approve",
    "plans.draft",
    "organisation.write",
    "exchange.import",
    "exchange.export",
  ],
  station_manager: [
    ...looking,
    ...measuring,
    "people.read",
    "machines.record",
    "tickets.intake",
    "tickets.dispatch",
    "tickets.work",
    "stock.write",
    "parts.request",
    "parts.approve",
    "exchange.export",
  ],
  dispatcher: [
    ...looking,
    ...measuring,
    "operations.read",
    "people.read",
    "machines.record",
    "tickets.intake",
    "tickets.dispatch",
    "tickets.work",
    "tickets.close",
    "parts.request",
    "followup.write",
    "channels.read",
    "exchange.export",
  ],
  back_office: [...looking, "people.read", "tickets.intake", "parts.request"],
  engineer: [
    ...looking,
    "kpi.read",
    "lessons.read",
    "people.read",
    "machines.record",
    "tickets.intake",
    "tickets.work",
    "parts.request",
  ],
  parts_manager: [
    ...looking,
    ...measuring,
    "stock.write",
    "parts.request",
    "parts.approve",
    "transfers.approve",
    "plans.draft",
    "exchange.import",
    "exchange.export",
  ],
  parts_planner: [
    ...looking,
    ...measuring,
    "stock.write",
    "parts.request",
    "plans.draft",
    "exchange.import",
    "exchange.export",
  ],
  analyst: [...looking, ...measuring, "operations.read", "feedback.read", "exchange.export"],
  rnd: [...looking, "machines.record", "kpi.read", "lessons.read", "lessons.write"],
  customer: [],
  viewer: [...looking, ...measuring, "operations.read"],
} as const satisfies Record<Role, readonly Permission[]>;

/** What a role may do, in the order of `permissions`. */
export const permissionsOf = (role: Role): readonly Permission[] =>
  permissions.filter((permission) => may(role, permission));

export function may(role: Role, permission: Permission): boolean {
  const held: readonly Permission[] = matrix[role];
  return held.includes(permission);
}

/** How far a role's word reaches when parts are requested; a request of a higher level waits for somebody above. */
export const approvalLevels = ["station", "region", "hq"] as const;
export type ApprovalLevel = (typeof approvalLevels)[number];

/** Undefined: this role approves no parts. */
export function approvalLevelOf(role: Role): ApprovalLevel | undefined {
  if (!may(role, "parts.approve")) return undefined;
  if (role === "admin" || role === "hq_service") return "hq";
  return role === "station_manager" ? "station" : "region";
}
