import type { HubCaller } from "./hub-caller.ts";

/** What the interface tells of one part everywhere. */
export interface PartBook {
  /** On hand in all places, and sent from one but not received in the other. */
  readonly pieces: number;
  /** Places where it does not add up, with why. */
  readonly wrong: readonly string[];
}

interface Level {
  readonly locationId: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly inTransitIn: number;
}
interface Move {
  readonly locationId: string;
  readonly quantity: number;
}

/** @see SK-1, SK-2, SK-3 of the domain: reserved within on hand, on hand the sum of the ledger, nothing lost under way */
export async function readPartBook(
  caller: Pick<HubCaller, "ask">,
  partNo: string,
): Promise<PartBook> {
  const levels = itemsOf<Level>(await caller.ask("get", `stock?part=${partNo}`));
  const moves = itemsOf<Move>(await caller.ask("get", `stock/${partNo}/ledger`));
  const wrong = levels.flatMap(({ locationId, onHand, reserved }) => {
    const sum = moves
      .filter((move) => move.locationId === locationId)
      .reduce((all, { quantity }) => all + quantity, 0);
    return [
      ...(sum === onHand ? [] : [`${locationId}: ${onHand} on hand, the ledger says ${sum}`]),
      ...(reserved >= 0 && reserved <= onHand ? [] : [`${locationId}: ${reserved} reserved`]),
    ];
  });
  const pieces = levels.reduce((sum, { onHand, inTransitIn }) => sum + onHand + inTransitIn, 0);
  return { pieces, wrong };
}

/** Without a page of answers there is nothing that could add up, which is told. */
const itemsOf = <Item>({ answer }: { readonly answer: unknown }): readonly Item[] =>
  (answer as { readonly items?: readonly Item[] } | null)?.items ?? [];
