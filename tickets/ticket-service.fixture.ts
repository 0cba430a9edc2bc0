import type { OpenDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { afterEach, beforeEach, expect } from "vitest";
import type { PartsTables } from "./parts/parts-tables.ts";
import { dispatcher } from "./tickets.fixture.ts";
import { expectConsistent, openWorld, type World } from "./world.fixture.ts";

/** For the tests of one suite: a world of its own for each, which must be consistent at its end, and short ways into it. */
export function testedService(open: OpenDatabase) {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(await open());
  });
  afterEach(async () => {
    await expectConsistent(world.db);
    await world.close();
  });

  let commands = 0;
  /** The head of a command: whose, for which ticket. */
  const order = (ticketId: string, commandId = `c-${commands++}`) => ({
    ticketId,
    actor: dispatcher,
    commandId,
  });
  const tickets = async (query = {}) => (await world.service.page({ limit: 200, ...query })).items;
  const work = async () => (await tickets()).filter(({ kind }) => kind !== "parts");
  /** The one ticket there is besides its parts. */
  const only = async () => {
    const [ticket, ...others] = await work();
    expect(others).toEqual([]);
    if (!ticket) throw new TypeError("no ticket");
    return ticket;
  };
  const finish = async (ticketId: string, partsUsed?: string[]) => {
    await world.service.acknowledge(order(ticketId));
    return world.service.close({
      ...order(ticketId),
      outcome: "fixed",
      note: "replaced",
      ...(partsUsed ? { partsUsed } : {}),
    });
  };
  /** Rows of location, on hand, reserved. */
  const stockOf = async (partNo: string) => {
    const rows = await world.db
      .tables<PartsTables>()
      .selectFrom("stock_levels")
      .select(["location_id", "on_hand", "reserved"])
      .where("part_no", "=", partNo)
      .orderBy("location_id")
      .execute();
    return rows.map(({ location_id, on_hand, reserved }) => [location_id, on_hand, reserved]);
  };
  return {
    /** That of the running test. */
    get world(): World {
      return world;
    },
    order,
    tickets,
    work,
    only,
    finish,
    stockOf,
  };
}
