import { describe, expect, test } from "vitest";
import {
  approvalLevelOf,
  isRole,
  may,
  permissions,
  permissionsOf,
  type Role,
  roles,
} from "./roles.ts";

const holders = (permission: (typeof permissions)[number]): Role[] =>
  roles.filter((role) => may(role, permission));

describe("the matrix", () => {
  test("everything is held by the administrator, and by nobody more than headquarters but for users", () => {
    expect(permissionsOf("admin")).toEqual(permissions);
    expect(permissions.filter((one) => !may("hq_service", one))).toEqual(["users.write"]);
  });

  test.each([
    {
      name: "FB-2: a rating is read at headquarters only",
      permission: "feedback.read",
      by: ["admin", "hq_service", "analyst"],
    },
    {
      name: "FB-2: a rating is written down by a follow-up agent only",
      permission: "followup.write",
      by: ["admin", "hq_service", "dispatcher"],
    },
    {
      name: "a safety-related ticket is cancelled by headquarters only",
      permission: "tickets.cancelSafety",
      by: ["admin", "hq_service"],
    },
    {
      name: "a plan is approved by headquarters",
      permission: "plans.approve",
      by: ["admin", "hq_service"],
    },
    {
      name: "a region cannot release a plan of core parts",
      permission: "plans.releaseCore",
      by: ["admin", "hq_service"],
    },
    {
      name: "those who did the work do not close it",
      permission: "tickets.close",
      by: ["admin", "hq_service", "dispatcher"],
    },
    {
      name: "personal data is erased by headquarters",
      permission: "people.erase",
      by: ["admin", "hq_service"],
    },
    {
      name: "the audit log is read by headquarters",
      permission: "audit.read",
      by: ["admin", "hq_service"],
    },
  ] as const)("$name", ({ permission, by }) => {
    expect(holders(permission)).toEqual(by);
  });

  test("a customer needs no permission, and a viewer changes nothing and sees no names", () => {
    expect(permissionsOf("customer")).toEqual([]);
    expect(permissionsOf("viewer").filter((one) => !one.endsWith(".read"))).toEqual([]);
    expect(may("viewer", "people.read")).toBe(false);
  });

  test("parts are approved by level", () => {
    const levels = roles.map((role) => [role, approvalLevelOf(role)]);
    expect(Object.fromEntries(levels.filter(([, level]) => level))).toEqual({
      admin: "hq",
      hq_service: "hq",
      region_manager: "region",
      parts_manager: "region",
      station_manager: "station",
    });
  });

  test("knows its roles", () => {
    expect(isRole("rnd")).toBe(true);
    expect(isRole("root")).toBe(false);
  });
});
