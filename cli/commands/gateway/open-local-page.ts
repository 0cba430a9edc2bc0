import type { LocalConfig } from "@firebreak/gateway/gateway-settings.ts";
import { Inspector } from "@firebreak/gateway/local/inspector.ts";
import { type LocalPage, startLocalPage } from "@firebreak/gateway/local/local-page.ts";
import type { Gateway } from "@firebreak/gateway/main.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";

/** The page for the installer; that it cannot be had never keeps a gateway from its work. */
export async function openLocalPage(
  gateway: () => Gateway,
  local: LocalConfig,
  log: Logger,
): Promise<LocalPage | undefined> {
  const inspector = new Inspector({ gateway, clock: systemClock });
  const options = { inspector, ...local, clock: systemClock };
  try {
    return await startLocalPage({ ...options, log: log.child({ component: "local" }) });
  } catch (error) {
    log.warn({ ...local, code: errorCode(error) }, "no local page: address or port not to be had");
    return undefined;
  }
}
