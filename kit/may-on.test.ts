import { describe, expect, test } from "vitest";
import { type Asking, isNarrowed, mayOn, type Subject } from "./may-on.ts";
import { may, type Permission, permissions, type Role, roles } from "./roles.ts";

const places = {
  engineerId: "E-1",
  stationId: "changsha",
  regionId: "hunan",
  customerId: "C-1",
} as const;
const asking = (role: Role, more: Partial<Asking> = {}): Asking => ({
  role,
  actor: "u-1",
  ...places,
  ...more,
});
const own: Subject = {
  stationId: "changsha",
  regionIds: ["china", "hunan", "changsha-east"],
  engineerIds: ["E-1"],
  customerId: "C-1",
};
const foreign: Subject = {
  stationId: "wuhan",
  regionIds: ["china", "hubei"],
  engineerIds: ["E-2"],
  customerId: "C-2",
};

/** What each role may do to its own and not to what is somebody else's; every other permission knows no bounds. */
const bounded: Partial<Record<Role, readonly Permission[]>> = {
  engineer: ["tickets.read"],
  station_manager: ["tickets.dispatch", "tickets.work", "parts.approve"],
  region_manager: ["tickets.dispatch", "tickets.work", "parts.approve", "transfers.approve"],
};

describe("mayOn", () => {
  test.each(roles)("%s: own things by the matrix, things of others within bounds only", (role) => {
    for (const permission of permissions) {
      const isHeld = may(role, permission);
      const isBounded = bounded[role]?.includes(permission) ?? false;
      expect([permission, mayOn(asking(role), permission, own)]).toEqual([permission, isHeld]);
      expect([permission, mayOn(asking(role), permission, foreign)]).toEqual([
        permission,
        isHeld && !isBounded,
      ]);
      expect([permission, mayOn(asking(role), permission, {})]).toEqual([
        permission,
        isHeld && !isBounded,
      ]);
    }
  });

  test("a customer is bound in everything, whatever the matrix may give one day", () => {
    for (const permission of permissions) {
      expect(isNarrowed(asking("customer"), permission)).toBe(true);
      expect(mayOn(asking("customer"), permission, own)).toBe(false);
    }
  });

  test("an engineer without an id of the staff list is known by the user name", () => {
    const who = asking("engineer", { engineerId: undefined });
    expect(mayOn(who, "tickets.read", { engineerIds: ["u-1"] })).toBe(true);
    expect(mayOn(who, "tickets.read", own)).toBe(false);
  });

  test("a manager of no place is one of the whole organisation", () => {
    const who = asking("region_manager", { regionId: undefined });
    expect(isNarrowed(who, "transfers.approve")).toBe(false);
    expect(mayOn(who, "transfers.approve", foreign)).toBe(true);
    expect(mayOn(asking("station_manager"), "transfers.approve", own)).toBe(false);
  });

  test("the region tree counts, not the region alone", () => {
    const of = (regionId: string) =>
      mayOn(asking("region_manager", { regionId }), "parts.approve", own);
    expect([of("china"), of("hunan"), of("hubei")]).toEqual([true, true, false]);
  });
});
