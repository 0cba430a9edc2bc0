import { type Tier, tiers } from "./part.ts";
import type { StockBand } from "./stock-policy.ts";

/** What is kept back for machines of a tier; pieces. */
export type RingFence = Readonly<Record<Tier, number>>;

/** One part at one place; pieces. */
export interface StockItem extends StockBand {
  readonly partNo: string;
  readonly locationId: string;
  readonly bin: string;
  readonly onHand: number;
  readonly reserved: number;
  /** On the way to here. */
  readonly inTransitIn: number;
  readonly ringFenced: RingFence;
  /** As the parts plan wants it. */
  readonly plannedQty: number;
}

type Levels = Pick<StockItem, "onHand" | "reserved" | "ringFenced">;

/** SK-5: on hand, less what is reserved, less what is fenced for other tiers; never negative. Pure. */
export function available({ onHand, reserved, ringFenced }: Levels, tier: Tier): number {
  const fenced = tiers.reduce((sum, other) => sum + (other === tier ? 0 : ringFenced[other]), 0);
  return Math.max(0, onHand - reserved - fenced);
}

/** SK-6: what a station may give away to others without falling below its own minimum. Pure. */
export const surplus = (item: Levels & Pick<StockItem, "min">, tier: Tier): number =>
  Math.max(0, Math.min(available(item, tier), item.onHand - item.reserved - item.min));
