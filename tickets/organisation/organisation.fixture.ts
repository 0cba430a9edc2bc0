import type { OpenDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { afterEach, beforeEach } from "vitest";
import { openWorld, type World } from "../world.fixture.ts";
import { noteMoveOnTickets } from "./note-move.ts";
import { createOrganisationDesk, type OrganisationDesk } from "./organisation-desk.ts";
import type { MachineMove } from "./put-machine.ts";

interface Organisation {
  readonly world: World;
  readonly desk: OrganisationDesk;
  /** The machines that went to another customer or site so far. */
  readonly moves: readonly MachineMove[];
}

/** For the tests of one suite: a world with its organisation for each; `current` is that of the running test. */
export function testedOrganisation(open: OpenDatabase): { readonly current: Organisation } {
  let current: Organisation;
  beforeEach(async () => {
    const world = await openWorld(await open());
    const moves: MachineMove[] = [];
    const desk = createOrganisationDesk({
      db: world.db,
      clock: world.clock,
      onMoved: async (work, move) => {
        moves.push(move);
        await noteMoveOnTickets(world.service.begin(work.tx, work.actor), move);
      },
    });
    current = { world, desk, moves };
  });
  afterEach(() => current.world.close());
  return {
    get current() {
      return current;
    },
  };
}
