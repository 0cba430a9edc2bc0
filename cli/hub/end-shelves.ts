import type { Logger } from "@firebreak/kit/logger.ts";
import type { ShelvingDesk } from "@firebreak/tickets/shelving/shelving-desk.ts";
import { type Recurring, recurring } from "./recurring.ts";

/** As often as tickets do what is due. */
const everyMs = 5_000;

/** Ends what people have shelved when its time is over, every few seconds. */
export function endShelvesOften(shelving: Pick<ShelvingDesk, "tick">, log: Logger): Recurring {
  const run = async () => {
    try {
      for (const { error, ...of } of await shelving.tick())
        log.error({ err: error, ...of }, "what was shelved did not come back, it is tried again");
    } catch (error) {
      log.error({ err: error }, "what is shelved was not looked at");
    }
  };
  return recurring({ everyMs, run });
}
