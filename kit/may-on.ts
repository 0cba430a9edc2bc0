import { type Affiliation, may, type Permission, permissions, type Role } from "./roles.ts";

/** What an order or a reading is about, as far as it says who it belongs to. */
export interface Subject {
  readonly stationId?: string | undefined;
  /** Its region and all above it. */
  readonly regionIds?: readonly string[] | undefined;
  /** Whoever has or had the work. */
  readonly engineerIds?: readonly string[] | undefined;
  readonly customerId?: string | undefined;
}

/** Who asks; `actor` stands for the engineer where no `engineerId` was given. */
export interface Asking extends Affiliation {
  readonly role: Role;
  readonly actor: string;
}

interface Narrowing {
  readonly to: "customer" | "engineer" | "station" | "region";
  readonly of: readonly Permission[];
}

/**
 * Where a role's word ends. Roles that are not named work for the whole organisation: dispatchers send across regions,
 * parts come from anywhere, headquarters and analysts see all.
 *
 * - An engineer's orders (`tickets.work`) are checked against the ticket as it is when the order is carried out.
 * - A manager without a station or region of their own is one of the whole organisation.
 */
const narrowings: Partial<Record<Role, Narrowing>> = {
  customer: { to: "customer", of: permissions },
  engineer: { to: "engineer", of: ["tickets.read"] },
  station_manager: {
    to: "station",
    of: ["tickets.dispatch", "tickets.work", "parts.approve"],
  },
  region_manager: {
    to: "region",
    of: ["tickets.dispatch", "tickets.work", "parts.approve", "transfers.approve"],
  },
};

/** Whether it matters what it is about; else nothing has to be looked up. Pure. */
export function isNarrowed(who: Asking, permission: Permission): boolean {
  const narrowing = narrowings[who.role];
  if (!narrowing?.of.includes(permission)) return false;
  if (narrowing.to === "station") return who.stationId !== undefined;
  return narrowing.to !== "region" || who.regionId !== undefined;
}

/** Whether somebody may do a thing to this very subject. Pure. */
export function mayOn(who: Asking, permission: Permission, subject: Subject): boolean {
  if (!may(who.role, permission)) return false;
  if (!isNarrowed(who, permission)) return true;
  switch (narrowings[who.role]?.to) {
    case "customer":
      return who.customerId !== undefined && subject.customerId === who.customerId;
    case "engineer":
      return subject.engineerIds?.includes(who.engineerId ?? who.actor) ?? false;
    case "station":
      return subject.stationId === who.stationId;
    case "region":
      return subject.regionIds?.includes(who.regionId ?? "") ?? false;
    default:
      return false;
  }
}
