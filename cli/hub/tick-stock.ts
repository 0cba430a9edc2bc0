import type { Logger } from "@firebreak/kit/logger.ts";
import type { StockDesk } from "@firebreak/tickets/parts/stock-desk.ts";

const everyMs = 60_000;

/** Lets stock fill up and asks for unused parts, every minute. Returns the way to stop. */
export function tickStockOften(stock: Pick<StockDesk, "tick">, log: Logger): () => void {
  let isBusy = false;
  const run = async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      await stock.tick();
    } catch (error) {
      log.error({ err: error }, "stock was not looked at");
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void run(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
