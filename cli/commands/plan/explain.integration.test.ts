import { dirname } from "node:path";
import { overrideKind } from "@firebreak/tickets/organisation/file-kinds.ts";
import { insertFile } from "@firebreak/tickets/organisation/file-store.ts";
import { openWorld, type World } from "@firebreak/tickets/world.fixture.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { create } from "../plan.ts";

describe("firebreak plan explain --data", () => {
  let world: World;
  const out: string[] = [];
  beforeEach(async () => {
    world = await openWorld();
    out.length = 0;
    vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await world.close();
  });

  test("reads a hub's own regions and what headquarters changed, while the hub has its database open", async () => {
    const override = {
      overrideId: "OV-1",
      planId: "trailer-concrete-pump",
      regionId: "south",
      calendarMonths: [2, 4],
      reason: "dust",
    };
    const other = { ...override, overrideId: "OV-2", planId: "concrete-pump-truck" };
    await world.db.transaction(async (tx) => {
      await insertFile(tx, overrideKind, override);
      await insertFile(tx, overrideKind, other);
    });
    const args = ["explain", "trailer-concrete-pump", "--region", "south", "--data"];
    await create().parseAsync([...args, dirname(world.path)], { from: "user" });
    const text = out.join("");
    expect(text).toContain(`known from the hub in ${dirname(world.path)}`);
    expect(text).toMatch(
      /inspected in months after handover +1, 2, 4 +<- region south, headquarters' override OV-1\n/,
    );
    expect(text).not.toContain("OV-2");
  });
});
