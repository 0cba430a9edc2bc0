import type { Logger } from "@firebreak/kit/logger.ts";
import type { StockDesk } from "@firebreak/tickets/parts/stock-desk.ts";
import { type Recurring, recurring } from "./recurring.ts";

const everyMs = 60_000;

/** Lets stock fill up and asks for unused parts, every minute. */
export function tickStockOften(stock: Pick<StockDesk, "tick">, log: Logger): Recurring {
  const run = async () => {
    try {
      await stock.tick();
    } catch (error) {
      log.error({ err: error }, "stock was not looked at");
    }
  };
  return recurring({ everyMs, run });
}
