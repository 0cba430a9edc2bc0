import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { type GatewayIdentity, openGatewayIdentity } from "./identity/gateway-identity.ts";
import type { LinkAccess } from "./publish/mqtt-link.ts";
import { createRoute, type Route } from "./publish/route.ts";

/** Where the hub is, and by what right this gateway comes in. */
export interface HubAccess extends LinkAccess {
  /** mqtt://host:port or mqtts://host:port, the preferred one first. */
  readonly urls: readonly string[];
  /** Folder of the certificate that a claim was exchanged for. */
  readonly identityFolder?: string;
}

/** The way to the hub. `identity` is there when the gateway has a certificate of its own. */
export interface HubWay {
  readonly route: Route;
  readonly identity: GatewayIdentity | undefined;
}

/** @throws CodedError BAD_IDENTITY */
export function openHubWay(
  access: HubAccess,
  context: {
    readonly spoolFolder: string;
    readonly clock: Clock;
    readonly log: Logger;
    readonly onRenewed: () => void;
    readonly certificateLookMs?: number;
    readonly lookup?: (host: string) => Promise<readonly string[]>;
  },
): HubWay {
  const { urls, identityFolder, ...given } = access;
  const { spoolFolder, clock, log, onRenewed, lookup, certificateLookMs: lookMs } = context;
  const identity =
    identityFolder === undefined
      ? undefined
      : openGatewayIdentity({
          folder: identityFolder,
          urls,
          clock,
          log: log.child({ component: "identity" }),
          onRenewed,
          ...(lookMs === undefined ? {} : { lookMs }),
        });
  const route = createRoute({
    urls,
    ...(lookup === undefined ? {} : { lookup }),
    memoryFile: join(spoolFolder, "last-address.json"),
    access: () => (identity ? { ...given, tls: identity.tls() } : given),
  });
  return {
    identity,
    route: {
      ...route,
      worked() {
        route.worked();
        identity?.worked();
      },
    },
  };
}
