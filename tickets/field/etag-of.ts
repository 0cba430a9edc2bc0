import { createHash } from "node:crypto";
import type { SmartWorkOrder } from "./work-order.ts";

/** The same for a work order that says the same. When a part could be there moves with the time and says nothing new. */
export function etagOf({ parts, ...order }: SmartWorkOrder): string {
  const lasting = parts.map(({ places, ...part }) => ({
    ...part,
    places: places.map(({ etaAt: _etaAt, ...place }) => place),
  }));
  const text = JSON.stringify({ ...order, parts: lasting });
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
